"""Answers that a language model writes and the papers must bear out.

evidence.py   passages → keyed evidence, defused        parse.py    the model's output → drafts, as they come
chat.py       what ``SETU_LLM`` names; knows LangChain  ground.py   a draft → quotes located in their source
stream.py     tries, backoff, time, tokens              write.py    the whole: evidence → statements with a verdict
pens.py       the writer, made once                     plain.py    plain text out of whatever was written
"""
