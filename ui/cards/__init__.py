"""The page of agreement cards, and the card as a Word document."""
