"""Text becomes vectors and tokens."""
