"""Nearest passages of a catalogue: all vectors compared, from a flat file, and Chroma where a language has outgrown that."""
