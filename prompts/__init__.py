"""The phrases we say to people, and the prompts for language models, per language."""
