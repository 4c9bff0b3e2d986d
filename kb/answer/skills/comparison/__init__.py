"""Papers side by side, matter by matter, and what differs between them."""
