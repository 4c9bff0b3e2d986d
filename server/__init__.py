"""Setu for other programs: one web application over the knowledge base of a home."""
