"""Processes that read files and draw pages for the main program, each of which may crash without harm."""
