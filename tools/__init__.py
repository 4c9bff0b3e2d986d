"""Programs for those who work on Setu: load test and screenshots."""
