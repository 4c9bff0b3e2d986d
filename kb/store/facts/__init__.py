"""What is known of documents: facts and people's corrections of them, relations between papers, stories printed twice."""
