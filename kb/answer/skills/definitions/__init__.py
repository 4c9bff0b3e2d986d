"""What a term means, from where papers define it."""
