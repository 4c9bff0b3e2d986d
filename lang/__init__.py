"""What a text holds, in four languages: sentences, words, names, dates, amounts. Knows no files, no store, no models."""
