"""What happened: the audit log, filtered, and as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Any, Final

import streamlit as st

from kb import KnowledgeBase
from kb.store.user_data.audit_log import Entry
from ui.components.i18n import Strings
from ui.components.markup import html, table_html
from ui.components.query_params import Param, counted, day, word
from ui.export.spreadsheets import audit_csv
from ui.pages.chat.history import local, zone

ACTIONS: Final = (
    "signed_in", "signed_out", "sign_in_failed", "password_changed", "asked", "uploaded", "corrected", "handled", "groups_changed",
    "collections_changed", "deleted", "withdrawn", "reindexed", "exported", "person_added", "person_changed", "password_given",
    "person_signed_out", "person_removed", "person_forgotten", "person_handed_over",
    "model_set", "model_off", "model_tested", "slides_changed", "key_made", "key_revoked", "webhook_added", "webhook_removed",
    "source_added", "source_changed", "source_removed",
)  # fmt: skip
STEP: Final = 100
MOST: Final = 100_000
"""Entries that a file holds."""
WHO, ACT = word("who"), word("act")
SINCE, UNTIL = day("since"), day("until")
STEPS: Final = counted("n", most=999)
NOBODY: Final = "-"
"""In the address, who is not signed in."""


def happened(kb: KnowledgeBase, words: Strings) -> None:
    """Draw the filters, which are in the address, the newest entries that fit, and the file with all of them."""
    st.html(f'<p class="setu-facts">{html(words("admin.happened_about"))}</p>')
    at = zone(st.context.timezone)
    with st.container(horizontal=True, vertical_alignment="bottom", key="happened"):
        people = {NOBODY: words("admin.nobody_signed_in")} | _people(kb)
        who = _choice(WHO, words("admin.who"), list(people), words, people)
        action = _choice(ACT, words("admin.action"), ACTIONS, words, {one: _said(one, words) for one in ACTIONS})
        first, last = _day(SINCE, words("admin.since"), words), _day(UNTIL, words("admin.until"), words)
    most = STEP * STEPS.get()
    listed = partial(
        kb.audit.list,
        since=_utc(first, at),
        until=_utc(last + timedelta(days=1), at) if last is not None and last < date.max else None,
        who="" if who == NOBODY else who,
        action=action,
        limit=MOST,
    )
    found = listed()
    st.html(f'<p class="setu-note" role="status">{html(words.count("admin.entries", len(found)))}</p>')
    if not found:
        return
    shown = found[:most]
    rows = [
        (
            html(f"{local(entry.at, at):%Y-%m-%d %H:%M}"),
            html(entry.who or words("admin.nobody_signed_in")),
            html(_said(entry.action, words)),
            html(entry.about),
        )
        for entry in shown
    ]
    heads = [words(f"admin.{key}") for key in ("when", "who", "action", "about")]
    st.html(table_html(words("admin.newest", n=len(shown)), heads, rows))
    with st.container(horizontal=True):
        if len(found) > most:
            st.button(words("admin.more"), key="happened-more", on_click=STEPS.put, args=(most // STEP + 1,))
        st.download_button(
            words("admin.download"),
            lambda: _file(kb, listed),
            "setu-audit.csv",
            "text/csv",
            key="happened-csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _file(kb: KnowledgeBase, listed: Callable[[], Sequence[Entry]]) -> str:
    found = listed()
    kb.exported(f"the audit log, {len(found)} entries", role="admin")
    return table_csv(found)


def table_csv(entries: Sequence[Entry]) -> str:
    """The entries as CSV, times in UTC, with the mark without which Excel does not read UTF-8."""
    return "\ufeff" + audit_csv(entries)


def _said(action: str, words: Strings) -> str:
    return words(f"admin.action_{action}") if action in ACTIONS else action


def _people(kb: KnowledgeBase) -> dict[str, str]:
    """Who did something, by id; of several who are called the same, with the end of the id."""
    found = sorted({(entry.who, entry.person) for entry in kb.audit.list(limit=5000) if entry.person})
    names = [name for name, _ in found]
    return {person: f"{name} · {person[-6:]}" if names.count(name) > 1 else name for name, person in found}


def _choice(param: Param[str | None], title: str, options: Sequence[str], words: Strings, named: dict[str, str]) -> str | None:
    asked = param.get()
    at = f"happened-{param.name}-{words.language}"
    listed = [*options, asked] if asked and asked not in options else list(options)
    return st.selectbox(
        title,
        listed,
        index=listed.index(asked) if asked else None,
        format_func=lambda one: named.get(one, one),
        key=at,
        on_change=_put,
        args=(param, at),
        placeholder=words("admin.any"),
        width=220,
    )


def _day(param: Param[date | None], title: str, words: Strings) -> date | None:
    at = f"happened-{param.name}-{words.language}"
    found: date | None = st.date_input(title, value=param.get(), key=at, on_change=_put, args=(param, at), format="YYYY-MM-DD", width=160)
    return found


def _put(param: Param[Any], at: str) -> None:
    param.put(st.session_state[at])
    STEPS.clear()


def _utc(day: date | None, at: tzinfo) -> datetime | None:
    """The beginning of a day where the reader is, as the log has times: UTC without a zone; the first or last moment there is at most."""
    if day is None:
        return None
    try:
        return datetime.combine(day, time(), at).astimezone(tz=UTC).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if day.year == date.min.year else datetime.max
