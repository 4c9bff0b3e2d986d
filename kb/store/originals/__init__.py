"""Where the files that were taken in are kept: a folder, the database of a base on a server, or an object store."""
