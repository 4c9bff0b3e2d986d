"""Is a document read right? Text, OCR, boxes of quotes, structure, facts, near-duplicates, against what people read there."""
