"""The two windows: the chat page and the terminal."""
