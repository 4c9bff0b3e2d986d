"""Which papers are spoken of, a text in several languages once, and on what."""
