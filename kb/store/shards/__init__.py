"""Search over several databases: the postings of documents spread over shards, by what every search finds what one database would find."""
