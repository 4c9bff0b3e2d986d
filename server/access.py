"""Who asks: the one place in which a request becomes a reader of the knowledge base.

Every path is handed an `Asker`, and with it the knowledge base as this reader sees it; the whole one is out of its reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from kb import KnowledgeBase
from kb.auth.api_keys import PREFIX
from kb.auth.loopback import FORWARDED, from_elsewhere
from kb.auth.openid.bearer_tokens import BearerTokens, TokenError
from kb.auth.roles import ANYONE, Reader, Role
from server.problems import ProblemError, too_many
from server.serving import Serving, serving

CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="setu"'}
INVALID: Final = {"WWW-Authenticate": 'Bearer realm="setu", error="invalid_token"'}
"""As RFC 6750 has a client told whose token is none, so that it takes another."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: ``base`` as they see and may change it, ``name`` what they are called, ``key_id`` that of their key, None without one."""

    base: KnowledgeBase
    reader: Reader
    name: str
    key_id: str | None = None

    def needs(self, role: Role) -> None:
        """Raise a problem unless they may do what takes this role; it says nothing of what it would be done to."""
        if not self.reader.may(role):
            raise ProblemError(403, f"This takes the role {role}, and yours is {self.reader.role}. Ask an admin of this Setu for it.")

    @property
    def visitor(self) -> str:
        """Under what their questions and uploads are counted."""
        return f"person {self.reader.id}" if self.reader.id else "this machine"


def asker(request: Request) -> Asker:
    """Who sent a request.

    A key, or a token of the OpenID provider, decides where one is sent; without, only where nobody signs in, this machine is served.

    Raises:
        ProblemError: 401 for a key or token that is none, was revoked or has expired, and for none where people sign in; 403 for a token
            of somebody who is not let in, and for another machine, a forged header or a page of another site where nobody signs in.
        AccountsError: keys or accounts cannot be read, or the provider does not answer.
    """
    have = serving(request)
    token = _bearer(request)
    if token is None:
        return _without_key(request, have)
    if have.tokens is not None and not token.startswith(PREFIX):
        return _by_token(have.base, have.tokens, token)
    key = have.keys.find(token)
    if key is None:
        raise ProblemError(401, "This key is none, was revoked or has expired. Ask an admin of this Setu for another.", headers=INVALID)
    reader = have.keys.reader(key)
    view = have.base.seen_by(reader)
    return Asker(view if key.collections is None else view.within(sorted(key.collections)), view.reader, key.name, key.id)


def questioner(request: Request, who: Annotated[Asker, Depends(asker)]) -> Asker:
    """Who asks a question, which is counted: `Settings.questions_per_minute`. Raises a problem (429) when they have asked too often."""
    have = serving(request)
    most = have.settings.questions_per_minute
    if wait := have.questions.wait(who.visitor, most):
        raise too_many(wait, f"You may ask {most} questions a minute. Ask again when the time in Retry-After is over.")
    return who


def _bearer(request: Request) -> str | None:
    """The token that is sent; None where none is. Whatever else stands in the header is no key, and not nobody either."""
    sent = request.headers.getlist("authorization")
    if not sent:
        return None
    scheme, _, token = sent[0].partition(" ")
    if len(sent) > 1 or scheme.casefold() != "bearer" or not token.strip():
        raise ProblemError(401, "Send one key, as: Authorization: Bearer setu_…", headers=CHALLENGE)
    return token.strip()


def _by_token(base: KnowledgeBase, tokens: BearerTokens, token: str) -> Asker:
    try:
        reader = tokens.reader(token)
    except TokenError as error:
        raise ProblemError(403 if error.known else 401, str(error), headers={} if error.known else INVALID) from error
    view = base.seen_by(reader)
    return Asker(view, view.reader, reader.name)


def _without_key(request: Request, have: Serving) -> Asker:
    if have.accounts.exist() or have.providers():
        raise ProblemError(401, "Send a key, as: Authorization: Bearer setu_…; an admin of this Setu makes one.", headers=CHALLENGE)
    if not have.settings.open_on_loopback:
        raise ProblemError(401, "Without a key nobody is served here. Make one: setu keys create", headers=CHALLENGE)
    forwarded = [value for name in (*FORWARDED, "Forwarded") for value in request.headers.getlist(name)]
    client = request.client.host if request.client else None
    hosts = request.headers.getlist("host") or [""]
    elsewhere = any(from_elsewhere(have.listens, host, forwarded, client) for host in hosts)
    if elsewhere or _of_another_site(request):
        raise ProblemError(403, "Without a key only this machine is served. Send one, as: Authorization: Bearer setu_…")
    view = have.base.seen_by(ANYONE)
    return Asker(view, view.reader, "")


def _of_another_site(request: Request) -> bool:
    """Whether a page of another site made a browser send this."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return True
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
