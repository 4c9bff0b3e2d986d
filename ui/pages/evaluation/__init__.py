"""The evaluation page: saved runs as tables and plots, two of them side by side, and the small set run from here."""
