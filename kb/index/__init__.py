"""Keywords, names, glossary terms and vectors, indexed; nothing here knows the catalogue."""
