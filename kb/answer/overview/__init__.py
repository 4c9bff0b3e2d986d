"""What a paper is at a glance, and questions that may be asked of it or asked next."""
