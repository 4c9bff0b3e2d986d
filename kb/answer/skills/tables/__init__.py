"""Papers listed, put into tables and side by side."""
