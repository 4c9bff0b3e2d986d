"""What is measured: search, follow-up questions, answers, refusals, disagreeing sources, verification, tasks of officials."""
