"""Readers of Word, PowerPoint and Excel files, and of older office formats through LibreOffice."""
