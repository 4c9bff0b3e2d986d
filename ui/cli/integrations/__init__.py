"""Commands for programs of others."""
