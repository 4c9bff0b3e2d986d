"""A change to a kept module, as a button or form makes it: done before the page is drawn, and told where it was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from training import keep
from training.errors import UnknownLineError, UnknownModuleError
from training.records import Module
from ui.i18n import Strings
from ui.markup import label

Act: TypeAlias = Callable[[Module], Module]

_TOLD: Final = "studio_told"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a change: ``at`` is the id of what was changed, "" for the module."""

    at: str
    said: str
    well: bool = True


def change(kb: KnowledgeBase, module_id: str, act: Act, words: Strings, *, at: str = "", done: str = "") -> None:
    """Change what is kept, and have ``done`` told. What hindered it is told as a sentence, and what is kept stays as it was."""
    try:
        keep.change(kb, module_id, act)
    except UnknownModuleError:
        tell(Told("", words("studio.gone"), well=False))
    except UnknownLineError:
        tell(Told("", words("studio.line_gone"), well=False))
    except (KnowledgeBaseError, OSError) as error:
        tell(Told(at, words("studio.not_kept", reason=str(error)), well=False))
    else:
        if done:
            tell(Told(at, done))


def tell(told: Told) -> None:
    """Have something told when the page is drawn next."""
    st.session_state[_TOLD] = told


def told_view(at: str = "") -> None:
    """Draw what is to be told at this place, once."""
    told: Told | None = st.session_state.get(_TOLD)
    if told is None or told.at != at:
        return
    del st.session_state[_TOLD]
    if told.well and told.at:
        st.info(label(told.said))  # kept, but what the line is worth now is said by its own mark
    elif told.well:
        st.success(label(told.said), icon=":material/check:")
    else:
        st.error(label(told.said))
