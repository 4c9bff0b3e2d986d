"""The pages: ``streamlit run app.py``. It only wires; the parts are in ``ui``.

Streamlit's server imports this module for ``app``, which adds the address ``/signin`` and its gate, and runs it for each look at a page.
"""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from ingest.errors import IngestError
from kb.errors import AccountsError, KnowledgeBaseError
from ui.auth.authentication import knowledge_base
from ui.auth.middleware import Gate, SecurityHeaders, server_error
from ui.auth.readiness_route import readiness_route
from ui.auth.sign_in import current
from ui.auth.sign_in_routes import routes
from ui.components import query_params
from ui.components.accessibility import manners
from ui.components.i18n import Strings, strings
from ui.components.markup import label
from ui.pages.navigation import PAGES, open_page

STYLE = Path(__file__).parent / "ui" / "style.css"


def page(words: Strings) -> None:
    """Draw everything, for somebody who may see it."""
    try:
        reader = current(words, [one.key for one in PAGES])
        if reader is None:
            return
        kb = knowledge_base()
        kb.documents()  # says at once what is wrong with the base
    except AccountsError as error:  # a stranger is not told which file of ours it is
        logging.getLogger("setu").warning("Nobody can sign in.", exc_info=error)
        st.error(label(words("signin.failed")).replace("\\`", "`"))
        return
    except (KnowledgeBaseError, IngestError, OSError) as error:
        logging.getLogger("setu").warning("The knowledge base could not be opened.", exc_info=error)
        st.error(f"{label(words('error.start', reason=error))}\n\n{words('error.retry', command='`setu doctor`')}")
        return
    open_page(kb, reader, words)


def main() -> None:
    """Set the page up; whatever happens, a person sees a sentence and the log has the details."""
    words = strings(query_params.interface_language())
    st.set_page_config(page_title=f"{words('app.title')} · सेतु", page_icon="🌉", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    try:
        manners(words)
        page(words)
    except Exception as error:
        logging.getLogger("setu").exception("Drawing the page failed.")
        reason = words("error.unexpected", kind=type(error).__name__)
        st.error(f"{label(words('error.failed', reason=reason))}\n\n{words('error.retry', command='`setu doctor`')}")


if __name__ == "__main__":
    main()
else:
    app = st.App(
        Path(__file__),
        routes=[*routes(), readiness_route()],
        middleware=[Middleware(SecurityHeaders), Middleware(Gate)],
        exception_handlers={Exception: server_error},
    )
