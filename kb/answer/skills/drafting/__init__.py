"""Letters, notes, agendas and press notes, and the translation of a clause by its parallel text."""
