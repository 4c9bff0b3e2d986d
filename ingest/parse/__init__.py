"""Readers of plain formats, archives and mail, and what all readers share: file types, lines, tables."""
