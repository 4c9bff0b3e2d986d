"""The terminal: ``setu``, what its commands share, and the checks of a machine."""
