"""Letters, notes, agendas and press notes, and the parallel text of a clause."""
