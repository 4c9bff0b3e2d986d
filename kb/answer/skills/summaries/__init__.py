"""What a paper says in a few points."""
