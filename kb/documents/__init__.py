"""The documents of a knowledge base as one reader has them: taken in, changed, withdrawn."""
