"""Answers that a language model writes and the papers must bear out.

chat_model.py    what ``SETU_LLM`` names; knows LangChain    draft_parser.py   the model's output → drafts, as they come
http_limits.py   what the model's server may do              grounding.py      passages under keys; a draft → statements, quoted
destinations.py  which host, and whether that is inside      writing_queue.py  whose turn it is at a busy model
streaming.py     tries, backoff, time, tokens                paraphrase.py     quotes in other words or another language
writer.py        evidence → statements                       model_choice.py   a model chosen, kept, switched off
written_answer.py  the whole: what may be read, whose turn it is, what it may cost; what was sent
model_trial.py   a model tried out
"""
