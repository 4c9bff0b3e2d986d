"""What the lines of a paper are, told by linear models over their vectors: duties, and what its dates and lengths of time say of it."""
