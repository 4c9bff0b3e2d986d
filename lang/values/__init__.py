"""Numbers, days, lengths of time and quantities as they are written in four languages."""
