"""Work that is done by workers, on whatever machine, in the order of its urgency: a queue in the database of a base on a server."""
