"""Whether somebody whose page is open is still who they were, and may still do what they could: asked at every write.

What a browser shows of itself is taken down when the page is drawn, so that it can be asked anew later, and in any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from kb import KnowledgeBase
from kb.access import ANYONE, Reader, Role
from kb.accounts import is_provided
from kb.errors import AccessError, AccountsError, UnknownDocumentError
from ui.door import Door, Mode, Why, vouched
from ui.i18n import Strings
from ui.markup import label


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
