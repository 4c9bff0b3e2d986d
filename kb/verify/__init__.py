"""Checks that a shown quote and statement are what the stored sources say."""
