"""How slides of a training module look: Setu's own look or that of the office's template, and the room that text has on them."""
