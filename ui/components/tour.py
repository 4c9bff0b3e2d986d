"""The first-run tour: three steps over the box for questions. It goes on by itself when a person does what a step speaks of.

Whether it has been seen is remembered in the browser, for each person who signs in there.
"""

from __future__ import annotations

import time
from typing import Final

import streamlit as st

from kb.auth.roles import Reader
from ui import assets
from ui.components.i18n import Strings

STEPS: Final = ("ask", "open", "take")
_ASKED_FOR: Final = "setu_tour"


def tour(reader: Reader, words: Strings) -> None:
    """Draw the tour over the box for questions; it shows itself where it has not been seen, or was asked for."""
    with st.bottom:
        assets.component("tour")(
            key="setu-tour",
            data={
                "steps": [
                    {
                        "number": words("tour.number", n=number, total=len(STEPS)),
                        "title": words(f"tour.{step}.title"),
                        "text": words(f"tour.{step}.text"),
                    }
                    for number, step in enumerate(STEPS, start=1)
                ],
                **{key: words(f"tour.{key}") for key in ("next", "back", "done", "skip")},
                "who": reader.id,
                "asked": st.session_state.get(_ASKED_FOR, 0.0),
            },
        )


def tour_button(words: Strings) -> None:
    """Draw the way back to the tour."""
    st.button(words("tour.again"), key="tour-again", type="tertiary", icon=":material/tour:", on_click=_ask_for, width="stretch")


def _ask_for() -> None:
    st.session_state[_ASKED_FOR] = time.time()
