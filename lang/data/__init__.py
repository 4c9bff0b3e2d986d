"""What differs between languages, as data: one file for each. What each table means is told in ``CONTRIBUTING.md``."""
