"""Pages read from their picture with Tesseract: image preprocessing, reading order, confidence, word boxes."""
