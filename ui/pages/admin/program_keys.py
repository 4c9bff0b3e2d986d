"""Keys of programs that ask `setu serve`: making one, which is shown once, those there are, and revoking one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.auth.accounts import checked_groups
from kb.auth.api_keys import ApiKey, ApiKeys
from kb.auth.roles import ROLES, Role
from kb.errors import AccessError, AccountsError
from ui.auth.authentication import door
from ui.components.collection_names import names
from ui.components.i18n import Strings
from ui.components.markup import html, label, table_html
from ui.pages.chat.history import local, zone

_KNOWN: Final = ("name", "taken", "group", "role", "collections", "until", "grant")
"""What can be wrong with a key that is to be made, each with a sentence of its own."""


def program_keys(kb: KnowledgeBase, words: Strings) -> None:
    """Draw the keys that the reader administers, the form that makes one, and revoking one; the table shows at once what was done."""
    keys = door().keys.seen_by(kb.reader)
    st.html(f'<p class="setu-facts">{html(words("keys.about"))}</p>')
    listed = st.container()
    _make(kb, keys, words)
    if found := keys.all():
        _revoke(kb, keys, found, words)
    with listed:
        _listed(kb, keys.all(), words)


def _listed(kb: KnowledgeBase, found: tuple[ApiKey, ...], words: Strings) -> None:
    if not found:
        st.info(words("keys.none"))
        return
    at = zone(st.context.timezone)
    named = names(kb, words)

    def moment(value: datetime | None, otherwise: str) -> str:
        return html(words.date(local(value, at).date()) if value is not None else words(otherwise))

    heads = [words(f"keys.{key}") for key in ("name", "role", "groups", "collections", "until", "used")]
    rows = [
        (
            html(one.name),
            html(words(f"signin.role_{one.role}")),
            html(words("admin.every") if one.groups is None else " · ".join(sorted(one.groups)) or words("admin.groups_none")),
            html(_kept_to(one, named, words)),
            moment(one.until, "keys.never_expires"),
            moment(one.used, "keys.never_used"),
        )
        for one in found
    ]
    st.html(table_html(words.count("keys.count", len(rows)), heads, rows))


def _make(kb: KnowledgeBase, keys: ApiKeys, words: Strings) -> None:
    key, of_all = f"key-{words.language}", kb.reader.groups is None
    at = zone(st.context.timezone)
    tomorrow = datetime.now(at).date() + timedelta(days=1)
    named = names(kb, words)
    with st.form(key, clear_on_submit=True):
        st.html(f'<h3 class="setu-heading">{html(words("keys.make"))}</h3>')
        name = st.text_input(words("keys.name"), key=f"{key}-name", help=words("admin.name_help"), autocomplete="off")
        role: Role = st.selectbox(
            words("keys.role"),
            ROLES,
            format_func=lambda one: f"{words(f'signin.role_{one}')}: {words(f'admin.may_{one}')}",
            key=f"{key}-role",
        )
        every = of_all and st.checkbox(words("admin.every_group"), key=f"{key}-every")
        known = {*kb.groups(), *(group for one in keys.all() for group in one.groups or ())}
        groups = st.multiselect(
            words("keys.groups"),
            sorted(known if of_all else known & (kb.reader.groups or frozenset())),
            key=f"{key}-groups",
            accept_new_options=of_all,
            help=words("admin.groups_help"),
            placeholder=words("admin.groups_none"),
        )
        kept = st.multiselect(
            words("keys.collections"),
            sorted(named),
            format_func=lambda one: named[one],
            key=f"{key}-collections",
            help=words("keys.collections_help"),
            placeholder=words("keys.every_collection"),
        )
        day = st.date_input(words("keys.until"), value=None, min_value=tomorrow, key=f"{key}-until", help=words("keys.until_help"))
        sent = st.form_submit_button(words("keys.make"), type="primary", icon=":material/key:")
    if not sent:
        return
    until = datetime.combine(day, time.max, at) if day is not None else None
    try:
        kb.reader.still("admin")
        made, token = keys.create(name, role, None if every else checked_groups(groups), kept or None, until)
    except AccountsError as error:
        st.error(label(_why(error, words)))
        return
    except AccessError as error:
        st.error(label(str(error)))
        return
    kb.recorded("key_made", f"{made.name}: {made.role}")
    st.warning(label(words("keys.once", name=made.name)), icon=":material/key:")
    st.code(token, language=None)


def _revoke(kb: KnowledgeBase, keys: ApiKeys, found: tuple[ApiKey, ...], words: Strings) -> None:
    with st.container(border=True):
        st.html(f'<h3 class="setu-heading">{html(words("keys.revoke"))}</h3>')
        named = {one.id: one.name for one in found}
        chosen = st.selectbox(
            words("keys.name"),
            list(named),
            format_func=lambda one: named.get(one, ""),
            key=f"revoke-{words.language}",
            index=None,
            placeholder=words("admin.choose"),
        )
        if chosen not in named:
            return
        with st.popover(words("keys.revoke"), icon=":material/key_off:"):
            st.html(f'<p class="setu-note">{html(words("keys.revoke_sure", name=named[chosen]))}</p>')
            revoked = st.button(words("keys.revoke_yes"), key="revoke-key", type="primary")
    if not revoked:
        return
    try:
        kb.reader.still("admin")
        gone = keys.revoke(chosen)
    except AccountsError as error:
        st.error(label(words("keys.wrong_unknown") if error.code == "unknown" else _why(error, words)))
        return
    except AccessError as error:
        st.error(label(str(error)))
        return
    kb.recorded("key_revoked", gone.name)
    st.success(label(words("keys.revoked", name=gone.name)))


def _kept_to(one: ApiKey, named: dict[int, str], words: Strings) -> str:
    if one.collections is None:
        return words("keys.every_collection")
    return " · ".join(named.get(kept, f"#{kept}") for kept in sorted(one.collections))


def _why(error: AccountsError, words: Strings) -> str:
    if error.code in _KNOWN:
        return words(f"keys.wrong_{error.code}")
    return words("admin.wrong_busy") if error.code == "busy" else words("signin.failed").replace("`", "")
