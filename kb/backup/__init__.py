"""Backups: made, checked, restored."""
