"""Who an agreement is between: by the formulas of openings, and by a model of the names in it that may be parties."""
