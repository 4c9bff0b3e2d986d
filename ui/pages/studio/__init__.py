"""The trainers' studio: modules are made of the papers, looked at line by line, edited, kept up to date and taken away as files."""
