"""A training module as a file: Word, PDF, Markdown, slides, table, quiz formats."""
