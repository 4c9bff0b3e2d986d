"""What is quoted: which stretches of the passages answer, where they begin and end, which words are the fact, and the citation."""
