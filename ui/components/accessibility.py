"""What a page owes to whoever uses it without a mouse or with a screen reader.

It says its language and remembers which was chosen, gives Streamlit's own controls names in that language, leads the focus to a
source when it is opened and back to where it was opened from, and shows an answer from its top.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from ui import assets
from ui.components import query_params
from ui.components.i18n import LANGUAGE_COOKIE, Strings

NAMES: Final[Mapping[str, str]] = {
    "Sidebar": "sidebar",
    "Collapse sidebar": "collapse",
    "Expand sidebar": "expand",
    "Open": "open",
    "Close": "close",
    "Dismiss": "close",
    "Clear value": "clear",
    "Clear all": "clear_all",
    "Remove {}": "remove",
    "Selected values": "chosen",
    "No results": "none",
    "Choose an option": "choose",
    "Choose options": "choose",
    "Choose date": "date",
    "Choose date, {}": "calendar",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": "calendar_keys",
    "Previous month": "month_before",
    "Next month": "month_after",
    "Next": "month_after",
    "year, {}": "year",
    "month, {}": "month",
    "day, {}": "day",
    "Send message": "send",
    "Help for {}": "help",
    "file upload": "files",
    "Drag and drop a file here": "drop_file",
    "Drag and drop files here": "drop_files",
    "{} per file": "limit",
    "Show password text": "show_password",
    "Hide password text": "hide_password",
    "Press Enter to apply": "enter",
    "Press Ctrl+Enter to apply": "enter",
    "Press ⌘+Enter to apply": "enter",
    "Press Enter to submit form": "submit",
    "Press Ctrl+Enter to submit form": "submit",
    "Press ⌘+Enter to submit form": "submit",
    "Increment": "more",
    "Decrement": "less",
    "Fullscreen": "full",
    "Close fullscreen": "full_end",
    "Copy to clipboard": "copy",
    "Running...": "running",
    "Stop script": "stop",
    "Skip to main content": "main",
}
"""What Streamlit (1.67) calls its own controls, in English in whatever language, and which string of ours says it."""


def manners(words: Strings) -> None:
    """Tell the browser the language of the page and what is opened; draws nothing."""
    said = {english: words(f"manners.{key}", what="{}") for english, key in NAMES.items()}
    with st.container(key="manners"):
        assets.component("accessibility")(
            key="setu-manners",
            data={
                "language": words.language,
                "chosen": query_params.chosen_language(),
                "cookie": LANGUAGE_COOKIE,
                "names": {english: ours for english, ours in said.items() if "{}" not in english},
                "patterns": [[*english.split("{}"), ours] for english, ours in said.items() if "{}" in english],
                "today": words("manners.today"),
                "opened": str(query_params.opened() or ""),
            },
        )
