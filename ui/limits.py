"""How often one visitor may ask: the one place where it is counted."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kb import logs
from ui import state
from ui.i18n import Strings
from ui.markup import label

MINUTE_S: Final = 60.0


class Limiter:
    """Counts what each visitor did in the last minute. May be shared between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, deque[float]] = {}

    def wait(self, visitor: str, most: int) -> float:
        """Count a question, and return 0; or, when ``most`` were asked within a minute, the seconds until the next one may be."""
        if most <= 0:
            return 0.0
        now = self._clock()
        with self._lock:
            self._forget(now)
            asked = self._asked.setdefault(visitor, deque())
            if len(asked) >= most:
                return asked[len(asked) - most] + MINUTE_S - now
            asked.append(now)
            return 0.0

    def _forget(self, now: float) -> None:
        for visitor, asked in list(self._asked.items()):
            while asked and now - asked[0] >= MINUTE_S:
                asked.popleft()
            if not asked:
                del self._asked[visitor]


@st.cache_resource(show_spinner=False)
def limiter() -> Limiter:
    """The one limiter of this server process."""
    return Limiter()


def admitted(question: str, most: int, words: Strings) -> bool:
    """Whether the visitor may ask now; if not, the page says when, and keeps the question."""
    wait = limiter().wait(visitor(), most)
    if not wait:
        return True
    logs.event("question", chars=len(question), outcome="too_many")
    st.warning(label(words("error.too_many", n=most, seconds=math.ceil(wait))))
    st.button(words("chat.again"), key="again-later", on_click=state.ask_next, args=(question,), icon=":material/refresh:")
    return False


def visitor() -> str:
    """Who is asking: the person who signed in, else the session of the page."""
    email = getattr(st.user, "email", None)
    context = get_script_run_ctx()
    return str(email or (context.session_id if context is not None else ""))
