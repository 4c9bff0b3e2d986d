"""Who owes what by when, and what happened when."""
