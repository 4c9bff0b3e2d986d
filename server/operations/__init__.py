"""For whoever runs the server: whether it can answer, and what its requests cost."""
