"""The page of administration: its parts, from people and sources to health, one at a time, named in the address.

People: who may sign in, in which role, and what they see. Settings are only shown: they are files of the machine (`setu settings`); all
but the language model and the template and logo for slides, which are chosen here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import streamlit as st

from kb import KnowledgeBase
from kb.auth.accounts import ALL, Account, Accounts, checked_groups
from kb.auth.passwords import generated
from kb.auth.roles import ROLES, Reader, Role
from kb.errors import AccessError, AccountsError, KnowledgeBaseError
from kb.settings import Settings
from kb.settings_list import listed
from ui.auth.authentication import Mode, door
from ui.cli.health_checks import look
from ui.components.i18n import Strings
from ui.components.markup import html, label, table_html
from ui.components.query_params import Param, one_of
from ui.pages.admin.audit_log import happened
from ui.pages.admin.job_queue import job_queue
from ui.pages.admin.language_model import language_model
from ui.pages.admin.paper_sources import paper_sources
from ui.pages.admin.program_keys import program_keys
from ui.pages.admin.slide_template import slide_template

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


def people(kb: KnowledgeBase, words: Strings) -> None:
    """Draw whom the reader administers, and the forms that change them. What a form does shows in the table above it at once.

    Who may do what is decided where it is written (`kb.auth.account_records`); here only what cannot be is not offered.
    """
    mode, accounts = door().mode(), door().accounts.seen_by(kb.reader)
    st.html(f'<p class="setu-facts">{html(words(f"admin.mode_{mode}"))}</p>')
    listed = st.container()
    add, change = st.columns(2, gap="large")
    with add:
        _add(kb, accounts, mode, words)
    everybody = accounts.all()
    if everybody:
        with change:
            _change(kb, accounts, mode, everybody, words)
    with listed:
        if kb.reader.groups is not None:
            st.html(f'<p class="setu-facts">{html(words("admin.people_of_groups"))}</p>')
        _listed(accounts.all(), words)


def _listed(everybody: tuple[Account, ...], words: Strings) -> None:
    if not everybody:
        st.info(words("admin.nobody"))
        return
    heads = [words(f"admin.{key}") for key in ("name", "role", "groups", "way", "state")]
    rows = [
        (
            html(one.name),
            html(words(f"signin.role_{one.role}")),
            html(_groups_of(one, words)),
            html(words("admin.way_password" if one.password else "admin.way_provider")),
            html(words("admin.state_disabled" if one.disabled else "admin.state_active")),
        )
        for one in everybody
    ]
    st.html(table_html(words.count("admin.people", len(rows)), heads, rows))


def _add(kb: KnowledgeBase, accounts: Accounts, mode: Mode, words: Strings) -> None:
    first = not accounts.exist() and mode == "open"
    with st.form(f"add-{words.language}", clear_on_submit=True):
        st.html(f'<h3 class="setu-heading">{html(words("admin.add"))}</h3>')
        if first:
            st.html(f'<p class="setu-note">{html(words("admin.add_first"))}</p>')
        name = st.text_input(words("admin.name"), key=f"add-name-{words.language}", help=words("admin.name_help"), autocomplete="off")
        role = _role_field("admin" if first else "viewer", f"add-{words.language}", words, fixed=first)
        every, groups = _groups_field(kb, accounts, None if first else frozenset(), f"add-{words.language}", words)
        vouched = mode == "oidc" and st.checkbox(words("admin.without_password"), value=True, key=f"add-vouched-{words.language}")
        sent = st.form_submit_button(words("admin.add"), type="primary", icon=":material/person_add:")
    if not sent:
        return
    password = "" if vouched else generated()
    try:
        kb.reader.still("admin")
        made = accounts.add(name, role, None if every else checked_groups(groups), password)
    except AccountsError as error:
        st.error(label(_why(error, words)))
        return
    except AccessError as error:
        st.error(label(str(error)))
        return
    kb.recorded("person_added", f"{made.name}: {made.role}")
    st.success(label(words("admin.added", name=made.name)))
    _once(password, made.name, words)


def _change(kb: KnowledgeBase, accounts: Accounts, mode: Mode, everybody: tuple[Account, ...], words: Strings) -> None:
    named = [one.name for one in everybody if kb.reader.groups is None or one.id != kb.reader.id]
    with st.container(border=True):
        st.html(f'<h3 class="setu-heading">{html(words("admin.change"))}</h3>')
        name = st.selectbox(words("admin.name"), named, key=f"change-{words.language}", index=None, placeholder=words("admin.choose"))
        one = next((one for one in everybody if one.name == name), None)
        if one is None:
            return
        # A key for each state of the account, so that the fields show what is in force and not what was chosen for somebody else.
        key = f"change-{words.language}-{one.name}-{one.role}-{one.disabled}-{sorted(one.groups or [ALL])}"
        with st.form(key, border=False):
            role = _role_field(one.role, key, words)
            every, groups = _groups_field(kb, accounts, one.groups, key, words)
            disabled = st.checkbox(words("admin.disable"), value=one.disabled, key=f"{key}-disabled", help=words("admin.disable_help"))
            sent = st.form_submit_button(words("admin.save"), type="primary")
        with st.container(horizontal=True):
            password = mode != "oidc" and st.button(words("admin.new_password"), key="new-password", icon=":material/key:")
            out = st.button(words("admin.sign_out"), key="sign-out-person", icon=":material/logout:")
        with st.popover(words("admin.remove"), icon=":material/person_remove:"):
            st.html(f'<p class="setu-note">{html(words("admin.remove_sure", name=one.name))}</p>')
            forgotten = st.checkbox(words("admin.forget"), key=f"forget-{one.id}")
            removed = st.button(words("admin.remove_yes"), key="remove-person", type="primary")
        try:
            if sent or password or out or removed:
                kb.reader.still("admin")
            if sent:
                made = accounts.change(one.name, role=role, groups=[ALL] if every else groups, disabled=disabled)
                kb.recorded("person_changed", f"{made.name}: {made.role}{', disabled' if made.disabled else ''}")
                st.success(label(words("admin.saved", name=one.name)))
            elif password:
                new = generated()
                accounts.set_password(one.name, new)
                kb.recorded("password_given", one.name)
                _once(new, one.name, words)
            elif out:
                accounts.sign_out(one.name)
                kb.recorded("person_signed_out", one.name)
                st.success(label(words("admin.signed_out", name=one.name)))
            elif removed:
                accounts.remove(one.name)
                kb.recorded("person_removed", one.name)
                if forgotten:
                    kb.people.forget(one.id)
                    kb.recorded("person_forgotten", f"{one.name} ({one.id})")
                st.success(label(words("admin.removed", name=one.name)))
        except AccountsError as error:
            st.error(label(_why(error, words)))
        except AccessError as error:
            st.error(label(str(error)))


def _role_field(value: Role, key: str, words: Strings, *, fixed: bool = False) -> Role:
    return st.selectbox(
        words("admin.role"),
        ROLES,
        index=ROLES.index(value),
        format_func=lambda role: f"{words(f'signin.role_{role}')}: {words(f'admin.may_{role}')}",
        key=f"{key}-role",
        disabled=fixed,
    )


def _groups_field(kb: KnowledgeBase, accounts: Accounts, value: frozenset[str] | None, key: str, words: Strings) -> tuple[bool, list[str]]:
    of_all = kb.reader.groups is None
    every = of_all and st.checkbox(words("admin.every_group"), value=value is None, key=f"{key}-every")
    known = {*kb.groups(), *(group for one in accounts.all() for group in one.groups or ())}
    chosen = st.multiselect(
        words("admin.groups"),
        sorted(known),
        default=sorted(value or ()),
        key=f"{key}-groups",
        accept_new_options=of_all,
        help=words("admin.groups_help"),
        placeholder=words("admin.groups_none"),
    )
    return every, chosen


def _groups_of(one: Account, words: Strings) -> str:
    return words("admin.every") if one.groups is None else " · ".join(sorted(one.groups)) or words("admin.groups_none")


def _once(password: str, name: str, words: Strings) -> None:
    if password:
        st.warning(label(words("admin.password_once", name=name)), icon=":material/key:")
        st.code(password, language=None)


def _why(error: AccountsError, words: Strings) -> str:
    known = ("name", "taken", "group", "last_admin", "busy", "unknown", "outside", "own", "grant")
    return words(f"admin.wrong_{error.code}") if error.code in known else words("signin.failed").replace("`", "")


Part: TypeAlias = Literal["people", "keys", "happened", "settings", "sources", "model", "slides", "health"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
PART: Final[Param[Part]] = one_of("part", PARTS, "people")
STYLE: Final = Path(__file__).parent / "style.css"


def admin_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page. Whoever is no admin sees a sentence, however they came here."""
    if not reader.may("admin"):
        st.warning(words("admin.forbidden"))
        return
    st.html(STYLE)
    with st.container(key="admin"):
        st.html(f'<h2 class="setu-admin-title">{html(words("admin.title"))}</h2>')
        part = _chosen(words)
        if part == "people":
            people(kb, words)
        elif part == "keys":
            program_keys(kb, words)
        elif part == "happened":
            happened(kb, words)
        elif part == "settings":
            settings(kb.settings, words)
        elif part == "sources":
            paper_sources(kb, words)
        elif part == "model":
            language_model(kb, words)
        elif part == "slides":
            slide_template(kb, words)
        else:
            health(kb.settings, reader, words)
            job_queue(kb, words)


def _chosen(words: Strings) -> Part:
    part = PART.get()
    key = f"admin-part-{words.language}"

    def switched() -> None:
        if st.session_state[key]:
            PART.put(st.session_state[key])

    st.segmented_control(
        words("admin.part"),
        PARTS,
        default=part,
        format_func=lambda one: words(f"admin.part_{one}"),
        key=key,
        on_change=switched,
        required=True,
        label_visibility="collapsed",
    )
    return part
