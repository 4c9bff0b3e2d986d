"""Text becomes vectors and tokens: the bundled multilingual-e5-small, other models, cross-encoders, caches."""
