"""What is set, and whether all is well. Nothing is changed here: settings are files of the machine (`setu settings`)."""

from __future__ import annotations

from typing import Final

import streamlit as st

from kb.access import Reader
from kb.errors import KnowledgeBaseError
from kb.settings import Settings
from kb.settings_list import listed
from ui.admin.table import table_html
from ui.health import look
from ui.i18n import Strings
from ui.markup import html, label

LIMITS: Final = (
    "questions_per_minute", "uploads_per_hour", "max_file_mb", "max_pages", "max_parts", "max_characters", "max_rows",
    "max_question_chars", "session_hours", "llm_tokens", "llm_seconds",
)  # fmt: skip
SIGNS: Final = {"ok": "✓", "warning": "▲", "failed": "✗"}


def settings(inforce: Settings, words: Strings) -> None:
    """Draw the limits, and every setting with where its value comes from; secrets are hidden."""
    st.html(f'<p class="setu-facts">{html(words("admin.settings_about"))}</p>')
    try:
        found = {one.name: one for one in listed(inforce)}
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    heads = [words("admin.setting"), words("admin.value"), words("admin.origin"), words("admin.meaning")]
    for caption, chosen in (
        (words("admin.limits"), [found[name] for name in LIMITS]),
        (words("admin.others"), [one for name, one in found.items() if name not in LIMITS]),
    ):
        rows = [
            (
                f"<code>{html(one.name)}</code>",
                f"<code>{html('–' if one.value is None else str(one.value))}</code>",
                html(words(f"admin.origin_{one.origin}")),
                f'<span lang="en">{html(one.about)}</span>',
            )
            for one in chosen
        ]
        st.html(table_html(caption, heads, rows))


def health(inforce: Settings, reader: Reader, words: Strings) -> None:
    """Look at the machine and the store as `setu health` does, and draw what was found; counted is what the reader sees."""
    st.html(f'<p class="setu-facts">{html(words("admin.health_about"))}</p>')
    st.button(words("admin.look_again"), key="look-again", icon=":material/refresh:")
    with st.status(words("admin.looking")) as told:
        found = list(look(inforce, groups=reader.groups))
        bad = [one for one in found if one.outcome != "ok"]
        said = words("admin.all_well") if not bad else words.count("admin.not_well", len(bad))
        told.update(label=said, state="error" if any(one.outcome == "failed" for one in bad) else "complete")
    rows = [
        (
            f"<code>{html(one.name)}</code>",
            f'<span class="setu-admin-{one.outcome}"><span aria-hidden="true">{SIGNS[one.outcome]}</span> '
            f"{html(words(f'admin.outcome_{one.outcome}'))}</span>",
            f'<span lang="en">{html(one.detail)}{html(" — " + one.remedy) if one.remedy else ""}</span>',
        )
        for one in found
    ]
    st.html(table_html(words("admin.checks"), [words("admin.check"), words("admin.outcome"), words("admin.detail")], rows))
