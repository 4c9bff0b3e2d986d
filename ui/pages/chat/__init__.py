"""The conversation: questions, answers as they come, feedback on them, and the history of conversations."""
