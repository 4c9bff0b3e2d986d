"""The commands of ``setu``, one module for each or for a few that belong together."""
