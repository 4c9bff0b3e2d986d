"""The phrases of the skills: a file for each, in all four languages."""
