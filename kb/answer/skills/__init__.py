"""What is done with a question, one module each; looking up is what is left (`kb.answer.ask`)."""
