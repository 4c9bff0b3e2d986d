"""Raw pages become a document whose blocks know their language and place, and whose facts have offsets."""
