"""The words of a stretch that are what a question asks for: a day, an amount, a name, the items of a list, a clause, who signed."""
