"""Workers of a base on a server, and what waits for them."""
