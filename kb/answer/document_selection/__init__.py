"""Which documents a question means: by name, by likelihood, by kind and date, by topic; one text in several languages counts once."""
