"""What a paper is at a glance: the lines that tell it, and questions that it answers."""
