"""Authentication: who is let in, by an OpenID provider, a password or, on this machine alone, without either; asked again at every write.

Nothing is drawn here: `ui.auth.sign_in` does that for the pages, `ui.auth.sign_in_routes` for the address ``/signin``. What a browser
shows of itself is taken down when the page is drawn, so that it can be asked later, and in any thread, whether somebody is still who they
were and may still do what they could.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

from kb import KnowledgeBase, Settings, event_log
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts, is_provided
from kb.auth.api_keys import ApiKeys
from kb.auth.openid.provider_claims import Unvouched, vouched
from kb.auth.roles import ANYONE, Reader, Role
from kb.auth.sign_in import SignIn
from kb.errors import AccessError, AccountsError, KnowledgeBaseError, UnknownDocumentError
from kb.telemetry import watching
from lang.languages import Language
from ui.components.i18n import Strings
from ui.components.markup import label
from ui.jobs.sync_jobs import start_schedule, stop_schedule

Mode: TypeAlias = Literal["oidc", "password", "open"]
Why: TypeAlias = Literal["elsewhere", "closed"] | Unvouched
"""Why somebody is not let in: the page is open on this machine only, or not at all; or nobody is signed in who may be."""

COOKIE: Final = "setu_session"


@dataclass(frozen=True, slots=True)
class Door:
    """The settings of this server, and its signing in."""

    settings: Settings
    signin: SignIn

    def close(self) -> None:
        """Close what is open of the accounts."""
        self.signin.close()

    @property
    def accounts(self) -> Accounts:
        """The people of the home."""
        return self.signin.accounts

    @property
    def keys(self) -> ApiKeys:
        """The keys of the home's programs."""
        return self.signin.keys

    def mode(self) -> Mode:
        """How people come in now: an OpenID provider goes before passwords, and either before none.

        Raises:
            AccountsError: the accounts, or the file of the providers, cannot be used.
        """
        signs_in = self.accounts.exist()
        if providers():
            return "oidc"
        return "password" if signs_in else "open"


def _let_go(kb: KnowledgeBase) -> None:
    stop_schedule(kb)
    _watching.pop(id(kb), lambda: None)()
    kb.close()


_watching: dict[int, Callable[[], None]] = {}
"""What ends the figures and traces of this server process, by the knowledge base that they were begun with."""


@st.cache_resource(show_spinner=False, on_release=_let_go)
def knowledge_base() -> KnowledgeBase:
    """The one knowledge base of this server process, which follows its sources on their schedule."""
    os.umask(0o077)  # what the pages write (uploads, runs) is the home's, and its owner's alone
    settings = Settings.load()
    event_log.start(settings)
    with ExitStack() as begun:
        begun.callback(watching.start(settings))
        kb = KnowledgeBase.open(settings)
        _watching[id(kb)] = begun.pop_all().close
    start_schedule(kb)
    return kb


@st.cache_resource(show_spinner=False, on_release=Door.close)
def door() -> Door:
    """The one door of this server process. Raises `SettingsError`."""
    settings = Settings.load()
    event_log.start(settings)
    return Door(settings, SignIn(AccountStore.of(settings), settings.session_hours, recorded))


def recorded(who: Reader, action: str, about: str) -> None:
    """Enter something of signing in into the audit log; where that cannot be written, nobody is kept out, and the log of Setu says so."""
    try:
        knowledge_base().audit.record(who, action, about)
    except (KnowledgeBaseError, OSError) as error:
        event_log.failure("audit", error)


def providers() -> tuple[str, ...]:
    """The names of the OpenID providers in ``.streamlit/secrets.toml``; "" is the one without name.

    Raises:
        AccountsError: the file is there and cannot be read: what it says of signing in must not go unheard.
    """
    if not st.secrets.load_if_toml_exists():
        there = [file for file in st.get_option("secrets.files") if Path(file).is_file()]
        if there:
            raise AccountsError(f"{there[0]} cannot be read or is not valid TOML. Correct it, or remove it, and start the chat again.")
        return ()
    if "auth" not in st.secrets:
        return ()
    auth = st.secrets["auth"]
    named = tuple(name for name, held in auth.items() if isinstance(held, Mapping) and "client_id" in held)
    return (*(("",) if "client_id" in auth else ()), *named)


def base_path() -> str:
    """The path under which the chat is served, without a slash at its end; "" at the root of a site."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def goal(address: str | None, language: Language | None = None) -> str:
    """Where to go after signing in: a path of this site with its query, never another site; in the language that was chosen."""
    value = address or "/"
    parts = urlsplit(value) if value.startswith("/") and not value.startswith(("//", "/\\")) and value.isprintable() else urlsplit("/")
    if parts.netloc or parts.scheme or "\\" in parts.path or parts.path.rstrip("/").endswith("/signin"):
        parts = urlsplit("/")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if language is not None:
        pairs = [*(pair for pair in pairs if pair[0] != "lang"), ("lang", language)]
    return parts.path + (f"?{urlencode(pairs)}" if pairs else "")


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser shows: the token of its session, what an OpenID provider says of it, and whether it may be on another machine."""

    token: str | None
    claims: Mapping[str, Any]
    elsewhere: bool

    def reader(self, mode: Mode, known: Door) -> Reader | Why:
        """Who that is now, or why they are not let in. Raises `AccountsError`."""
        if mode == "oidc":
            return vouched(self.claims, known.settings, known.signin) if self.claims else "signed_out"
        if mode == "password":
            return known.signin.reader(self.token) or "signed_out"
        if not known.settings.open_on_loopback:
            return "closed"
        return "elsewhere" if self.elsewhere else ANYONE


@dataclass(frozen=True, slots=True)
class Standing:
    """What a `Reader` of a page is asked at every write.

    ``entrusted`` is for work that goes on without a page: whoever signs out leaves it to be done, whoever lost the right to it does not.
    """

    visit: Visit
    known: Door
    words: Strings
    entrusted: bool = False

    def __call__(self, reader: Reader, role: Role) -> None:
        """Raise `AccessError`, in the language of the page, unless the reader still is who they were and may do what takes this role."""
        try:
            now = self._account(reader) if self.entrusted else self.visit.reader(self.known.mode(), self.known)
        except AccountsError as error:
            raise AccessError(self.words("signin.failed")) from error
        if not isinstance(now, Reader) or now.id != reader.id:
            raise AccessError(self.words("signin.ended_meanwhile"))
        if not now.may(role) or reader.within(now).groups != reader.groups:
            raise AccessError(self.words("signin.lesser_meanwhile"))

    def _account(self, reader: Reader) -> Reader | None:
        if not reader.id:
            return reader
        account = self.known.accounts.of(reader.id)
        if account is not None:
            return None if account.disabled else self.known.accounts.reader(account)
        # One whom only the provider knows has no account; what the provider would say now is known when they come again.
        return reader if is_provided(reader.id) and self.known.mode() == "oidc" else None


def entrusted(kb: KnowledgeBase) -> KnowledgeBase:
    """The same for work that goes on when the page is left."""
    standing = kb.reader.standing
    return kb.seen_by(replace(kb.reader, standing=replace(standing, entrusted=True))) if isinstance(standing, Standing) else kb


def original_of(kb: KnowledgeBase, document_id: int, version: int | None) -> Callable[[], bytes]:
    """What gives the kept file of a version that a page offers, to somebody who still may read and still sees it when they press."""

    def given() -> bytes:
        kb.reader.still("viewer")
        file = kb.original(document_id, version)
        if file is None:
            raise UnknownDocumentError(f"The file of document {document_id} is no longer kept. Open the document again.")
        return file.read_bytes()

    return given


def refused(reader: Reader, role: Role) -> bool:
    """Whether a page must leave undone what it was asked for just now and what takes this role; if so it says why."""
    try:
        reader.still(role)
    except AccessError as error:
        st.error(label(str(error)))
        return True
    return False
