"""What is wanted: what was typed amiss, the intent, the kind of answer, the matter; decided once as a `Question`."""
