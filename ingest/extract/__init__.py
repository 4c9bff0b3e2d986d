"""What a document says of itself: title, kind, parties, signatories, dates, terms, each with its offsets."""
