"""Saved runs as one HTML page of tables and plots."""
