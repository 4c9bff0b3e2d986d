"""Capacity-building material, agreement cards as files and the exchange map, made out of documents and answers."""
