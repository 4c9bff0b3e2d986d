"""How long it takes: search in growing corpora, whole answers in a large base."""
