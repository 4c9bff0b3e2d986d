"""How well a sentence answers a question, and whether anything does."""
