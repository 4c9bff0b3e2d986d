"""Agreement cards as files: a table for spreadsheets, a calendar."""
