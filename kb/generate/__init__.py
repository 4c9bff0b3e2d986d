"""Answers that a language model writes and the papers must bear out.

chat_model.py   what ``SETU_LLM`` names; knows LangChain    draft_parser.py  the model's output → drafts, as they come
streaming.py    tries, backoff, time, tokens                grounding.py     passages under keys; a draft → statements, quoted
writer.py       the whole: evidence → statements            paraphrase.py    quotes in other words or another language
"""
