"""The knowledge base: store, search, answer, verify."""
