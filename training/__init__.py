"""Capacity-building material, the agreement card and the exchange map, made out of documents and answers."""
