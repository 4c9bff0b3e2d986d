"""How often one person may ask, and how much they may add: the one place where it is counted."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kb import event_log
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import label

MINUTE_S: Final = 60.0
HOUR_S: Final = 3600.0
READER_KEY: Final = "setu_reader"
"""Where the session of the page holds the id of who signed in (`ui.auth.sign_in`)."""


MOST_WAITING: Final = 5
"""Jobs of the library, and likewise modules in the making, that one person may have unfinished: one at work and the others waiting."""


class TooManyError(Exception):
    """A person has as many unfinished jobs of a kind as they may have: `MOST_WAITING`."""


class Limiter:
    """Counts what each visitor did in the last minute, or another window of so many seconds. May be shared between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, window: float = MINUTE_S) -> None:
        self._clock = clock
        self._window = window
        self._lock = threading.Lock()
        self._asked: dict[str, deque[float]] = {}

    def wait(self, visitor: str, most: int, count: int = 1) -> float:
        """Count what is asked for, and return 0; or, when that makes more than ``most`` in the window, the seconds until it may be.

        More than ``most`` at once is refused until nothing else is counted, and never counted.
        """
        if most <= 0:
            return 0.0
        now = self._clock()
        with self._lock:
            self._forget(now)
            asked = self._asked.get(visitor, deque[float]())
            over = len(asked) + count - most
            if over > 0:
                return asked[min(over, len(asked)) - 1] + self._window - now if asked else self._window
            self._asked[visitor] = asked
            asked.extend([now] * count)
            return 0.0

    def _forget(self, now: float) -> None:
        for visitor, asked in list(self._asked.items()):
            while asked and now - asked[0] >= self._window:
                asked.popleft()
            if not asked:
                del self._asked[visitor]


@st.cache_resource(show_spinner=False)
def limiter() -> Limiter:
    """The one limiter of questions of this server process."""
    return Limiter()


@st.cache_resource(show_spinner=False)
def upload_limiter() -> Limiter:
    """The one limiter of files that are added, of this server process."""
    return Limiter(window=HOUR_S)


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
