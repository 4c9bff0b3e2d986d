"""A file becomes pages of raw blocks; one module per family of formats."""
