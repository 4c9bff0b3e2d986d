"""Hits become an answer that quotes, or a refusal."""
