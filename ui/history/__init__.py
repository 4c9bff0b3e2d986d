"""Conversations that were had: the last ones beside the chat, and a page of all of them."""
