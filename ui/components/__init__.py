"""What several pages share: strings, markup, page state in the address, answers in words, sources, downloads."""
