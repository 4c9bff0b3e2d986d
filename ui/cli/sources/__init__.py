"""The commands of sources: ``setu sources``."""
