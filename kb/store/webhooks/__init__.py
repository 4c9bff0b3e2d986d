"""Webhooks as the catalogue keeps them: whom to tell, and what is still to be told."""
