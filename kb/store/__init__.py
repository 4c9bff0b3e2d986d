"""What is kept: the catalogue in SQL, and its projections for keywords and vectors."""
