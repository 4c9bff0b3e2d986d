"""How often one person may ask in the chat, and how much they may add: counted here for the pages, told by them."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kb import event_log
from kb.auth.throttle import HOUR_S, MINUTE_S, Limiter, limiter_of
from ui.auth.authentication import door
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import label

READER_KEY: Final = "setu_reader"
"""Where the session of the page holds the id of who signed in (`ui.auth.sign_in`)."""


@st.cache_resource(show_spinner=False)
def limiter() -> Limiter:
    """The one limiter of questions of this server process, or of all with a base on a server."""
    return limiter_of(door().signin.store, "questions")


@st.cache_resource(show_spinner=False)
def upload_limiter() -> Limiter:
    """The one limiter of files that are added, of this server process, or of all with a base on a server."""
    return limiter_of(door().signin.store, "uploads", HOUR_S)


def admitted(question: str, most: int, words: Strings) -> bool:
    """Whether the visitor may ask now; if not, the page says when, and keeps the question."""
    wait = limiter().wait(visitor(), most)
    if not wait:
        return True
    event_log.event("question", chars=len(question), outcome="too_many")
    st.warning(label(words("error.too_many", n=most, seconds=math.ceil(wait))))
    st.button(words("chat.again"), key="again-later", on_click=query_params.ask_next, args=(question,), icon=":material/refresh:")
    return False


def uploads_admitted(count: int, most: int, words: Strings) -> bool:
    """Whether the visitor may add so many files now; if not, the page says when."""
    wait = upload_limiter().wait(visitor(), most, count)
    if not wait:
        return True
    event_log.event("upload", files=count, outcome="too_many")
    if count > most:
        st.warning(label(words("signin.uploads_at_once", n=most, count=count)))
    else:
        st.warning(label(words("signin.uploads", n=most, minutes=math.ceil(wait / MINUTE_S))))
    return False


def visitor() -> str:
    """Who is asking: the person who signed in, in whatever browser, else the session of the page."""
    person = st.session_state.get(READER_KEY)
    context = get_script_run_ctx()
    return f"person {person}" if person else f"session {context.session_id if context is not None else ''}"
