"""Authentication: who is let in, by an OpenID provider, a password or, on this machine alone, without either; asked again at every write.

Nothing is drawn here: `ui.auth.sign_in` does that for the pages, `ui.auth.sign_in_routes` for the address ``/signin``. What a browser
shows of itself is taken down when the page is drawn, so that it can be asked later, and in any thread, whether somebody is still who they
were and may still do what they could.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

from kb import KnowledgeBase, Settings, event_log
from kb.auth.account_store import AccountStore
from kb.auth.accounts import ALL, Accounts, checked_groups, is_provided, provider_identity
from kb.auth.roles import ANYONE, ROLES, Reader, Role
from kb.auth.sign_in import SignIn
from kb.errors import AccessError, AccountsError, KnowledgeBaseError, UnknownDocumentError
from lang.languages import Language
from ui.components.i18n import Strings
from ui.components.markup import label

Mode: TypeAlias = Literal["oidc", "password", "open"]
Why: TypeAlias = Literal["elsewhere", "closed", "signed_out", "unknown", "disabled", "unverified"]
"""Why somebody is not let in: the page is open on this machine only, or not at all; nobody is signed in; the provider vouches for somebody
whom nobody here knows, who is disabled, or whose address it has not verified."""

COOKIE: Final = "setu_session"
log = logging.getLogger(__name__)


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

    def mode(self) -> Mode:
        """How people come in now: an OpenID provider goes before passwords, and either before none.

        Raises:
            AccountsError: the accounts, or the file of the providers, cannot be used.
        """
        signs_in = self.accounts.exist()
        if providers():
            return "oidc"
        return "password" if signs_in else "open"


@st.cache_resource(show_spinner=False, on_release=KnowledgeBase.close)
def knowledge_base() -> KnowledgeBase:
    """The one knowledge base of this server process."""
    os.umask(0o077)  # what the pages write (uploads, runs) is the home's, and its owner's alone
    settings = Settings.load()
    event_log.start(settings)
    return KnowledgeBase.open(settings)


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


def vouched(user: Mapping[str, Any], known: Door) -> Reader | Why:
    """The person for whom an OpenID provider vouches, or why they are not let in.

    They are who issuer and subject say (``iss``, ``sub``), whatever they are called. Their account decides on role and groups; without one
    the claims that the settings name, else the default role.

    Args:
        user: the claims; ``iat`` is when they were made.
        known: the door.

    Raises:
        AccountsError: the file of accounts cannot be used.
    """
    settings = known.settings
    name, issuer, subject = (user.get(claim) for claim in (settings.oidc_name_claim, "iss", "sub"))
    if not all(isinstance(one, str) and one.strip() for one in (name, issuer, subject)):
        return "unknown"
    name, identity = str(name), provider_identity(str(issuer), str(subject))
    if settings.oidc_name_claim == "email" and user.get("email_verified") is False:
        return "unverified"
    made = user.get("iat")
    since = datetime.fromtimestamp(made, UTC) if isinstance(made, int | float) else None
    if since is None or time.time() - since.timestamp() > settings.session_hours * 3600:
        return "signed_out"
    try:
        account = known.signin.vouched(identity, name, since)
    except AccountsError as error:
        if error.code == "disabled":
            return "disabled"
        if error.code == "signed_out":
            return "signed_out"
        raise
    if account is not None:
        return known.accounts.reader(account)
    role = _best_role(user.get(settings.oidc_role_claim)) if settings.oidc_role_claim else None
    role = role or settings.oidc_default_role
    if role is None:
        return "unknown"
    return known.accounts.overseeing(Reader(name.strip().casefold(), role, _claimed_groups(user, settings), id=identity))


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


def _best_role(claimed: object) -> Role | None:
    held = {str(one).strip().casefold() for one in claimed} if isinstance(claimed, list | tuple) else {str(claimed).strip().casefold()}
    return next((role for role in reversed(ROLES) if role in held), None)


def _claimed_groups(user: Mapping[str, Any], settings: Settings) -> frozenset[str] | None:
    claimed = user.get(settings.oidc_groups_claim) if settings.oidc_groups_claim else None
    listed = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list | tuple) else []
    if ALL in listed:
        return None
    found = set[str]()
    for one in listed:
        try:
            found |= checked_groups([str(one)]) or set()
        except AccountsError:
            log.warning("A group that the OpenID provider names cannot be a group of Setu; it is passed over.")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser shows: the token of its session, what an OpenID provider says of it, and whether it may be on another machine."""

    token: str | None
    claims: Mapping[str, Any]
    elsewhere: bool

    def reader(self, mode: Mode, known: Door) -> Reader | Why:
        """Who that is now, or why they are not let in. Raises `AccountsError`."""
        if mode == "oidc":
            return vouched(self.claims, known) if self.claims else "signed_out"
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
