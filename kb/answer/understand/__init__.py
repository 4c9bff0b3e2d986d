"""What is wanted: the skill, the papers that are meant, the matter, and what was typed amiss."""
