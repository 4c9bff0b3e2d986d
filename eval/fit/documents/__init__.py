"""Fitting: what writes the weight files of reading papers, their kinds, lines, names and misread words."""
