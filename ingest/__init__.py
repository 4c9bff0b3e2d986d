"""A file becomes text we can trust: pages, blocks that know their place, chunks with offsets.

Nothing here knows Chroma, SQL or a model.
"""
