"""Does it work? Metrics, gold data, gates and reports."""
