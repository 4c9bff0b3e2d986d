"""PDF files: characters, lines, columns and blocks of the text layer; pages as pictures with quotes boxed."""
