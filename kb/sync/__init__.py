"""Sources that papers come from again and again: what is known of each, what would change, and following them."""
