"""Raw pages become a document: blocks that know their place, doubtful words marked, chunks."""
