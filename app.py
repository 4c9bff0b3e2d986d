"""The pages: ``streamlit run app.py``. It only wires; the parts are in ``ui``."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase, Settings, logs
from kb.access import ANYONE
from kb.errors import KnowledgeBaseError
from ui import state
from ui.i18n import Strings, strings
from ui.markup import label
from ui.pages import open_page

STYLE = Path(__file__).parent / "ui" / "style.css"


@st.cache_resource(show_spinner=False)
def knowledge_base() -> KnowledgeBase:
    """The one knowledge base of this server process."""
    settings = Settings.load()
    logs.start(settings)
    return KnowledgeBase.open(settings)


def page(words: Strings) -> None:
    """Draw everything."""
    try:
        kb = knowledge_base()
        kb.documents()  # says at once what is wrong with the base
    except (KnowledgeBaseError, IngestError, OSError) as error:
        logging.getLogger("setu").warning("The knowledge base could not be opened.", exc_info=error)
        st.error(f"{label(words('error.start', reason=error))}\n\n{words('error.retry', command='`setu doctor`')}")
        return
    open_page(kb, ANYONE, words)


def main() -> None:
    """Set the page up; whatever happens, a person sees a sentence and the log has the details."""
    words = strings(state.interface_language())
    st.set_page_config(page_title=f"{words('app.title')} · सेतु", page_icon="🌉", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    try:
        page(words)
    except Exception as error:
        logging.getLogger("setu").exception("Drawing the page failed.")
        reason = words("error.unexpected", kind=type(error).__name__)
        st.error(f"{label(words('error.failed', reason=reason))}\n\n{words('error.retry', command='`setu doctor`')}")


main()
