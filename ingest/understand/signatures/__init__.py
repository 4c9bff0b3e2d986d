"""Who signed a paper: by lines that say for whom each name stands, and by the names that the tagger tells where people sign."""
