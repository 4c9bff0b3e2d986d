"""Readers of HTML: saved web pages, news pages, books (EPUB), and the download of one page."""
