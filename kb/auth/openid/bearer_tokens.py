"""Bearer tokens: a token that an OpenID provider of the chat signed, by which a program asks as the person it was given for.

What counts is the provider's signature, by the keys that it publishes, and that the token was made by it, for this server or the chat, and
has not expired. What it says of the person is read as at the page's sign-in (`kb.auth.openid.provider_claims`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
import jwt

from kb.auth.openid.provider_claims import Unvouched, vouched
from kb.auth.roles import Reader, Role
from kb.auth.sign_in import SignIn
from kb.errors import AccessError, AccountsError
from kb.settings import Settings

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures of a private key alone: with a shared secret whoever checks a token could make one."""
DISCOVERY: Final = "/.well-known/openid-configuration"
MOST_CHARS: Final = 16_000
KEPT_S: Final = 3600.0
"""How long the keys of a provider are taken for its keys."""
AGAIN_S: Final = 30.0
"""How soon they are asked for again for a token that none of them signed, or where the provider did not answer."""
_LEEWAY_S: Final = 60
_TYPES: Final = ("jwt", "at+jwt", "application/at+jwt", "")
_MOST_BYTES: Final = 2**20
_WHY: Final[Mapping[Unvouched, str]] = {
    "signed_out": "The token was given too long ago, or its person was signed out since. Take another from the provider.",
    "unknown": "Nobody here knows the person of this token. Ask an admin of this Setu for an account.",
    "disabled": "The account of this token's person is disabled. Ask an admin of this Setu.",
    "unverified": "The provider has not verified the e-mail address of this token's person.",
}


class TokenError(AccessError):
    """A token lets nobody in; ``known`` where the token is good, and its person is not to be let in."""

    def __init__(self, message: str, *, known: bool = False) -> None:
        super().__init__(message)
        self.known = known


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider: the id that Setu has there, and where it describes itself."""

    client: str
    described: str

    @property
    def issuer(self) -> str:
        """Its address, at which it also gives tokens."""
        return self.described.removesuffix(DISCOVERY)


def providers_of(auth: Mapping[str, Any]) -> tuple[Provider, ...]:
    """The providers in the part ``auth`` of the chat's secrets: the one without name and the named ones."""
    held = [auth, *(one for one in auth.values() if isinstance(one, Mapping))]
    found = ((one.get("client_id"), one.get("server_metadata_url")) for one in held)
    return tuple(Provider(client, described) for client, described in found if isinstance(client, str) and isinstance(described, str))


@dataclass(frozen=True, slots=True)
class _Described:
    """What a provider published, and when it was asked; without keys where it did not answer."""

    at: float
    issuer: str = ""
    keys: tuple[Mapping[str, Any], ...] = ()


def fetched(address: str) -> dict[str, Any]:
    """A JSON object from an address of a provider. Raises `httpx.HTTPError` or `ValueError`."""
    with httpx.stream("GET", address, timeout=10, follow_redirects=False) as answer:
        answer.raise_for_status()
        data = b""
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > _MOST_BYTES:
                raise ValueError("The answer of the provider is too long.")
    found = httpx.Response(200, content=data).json()
    if not isinstance(found, dict):
        raise ValueError("The answer of the provider is no object.")
    return found


class BearerTokens:
    """Who the tokens of the providers stand for. May be shared between threads.

    Args:
        providers: those of the chat.
        settings: of the home; ``oidc_audience`` names for whom a token may be made, else it is the chat or an address of ``own``.
        signin: its door.
        own: the addresses of this server.
        fetch: gives the JSON at an address, as `fetched`.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        settings: Settings,
        signin: SignIn,
        own: Iterable[str] = (),
        fetch: Callable[[str], dict[str, Any]] = fetched,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.providers = tuple(providers)
        self._settings, self._signin, self._own = settings, signin, tuple(own)
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._known: dict[Provider, _Described] = {}

    def reader(self, token: str) -> Reader:
        """The person of a token; at every write it is asked whether they still are who they were.

        Raises:
            TokenError: it lets nobody in.
            AccountsError: the accounts cannot be used, or the provider does not answer.
        """
        claims = self._claims(token)
        found = self._vouched(claims)
        return replace(found, standing=lambda reader, role: self._still(claims, reader, role))

    def _vouched(self, claims: Mapping[str, Any]) -> Reader:
        found = vouched(claims, self._settings, self._signin)
        if not isinstance(found, Reader):
            raise TokenError(_WHY[found], known=found != "signed_out")
        return found

    def _still(self, claims: Mapping[str, Any], reader: Reader, role: Role) -> None:
        if time.time() > float(claims["exp"]) + _LEEWAY_S:
            raise TokenError("The token has expired. Take another from the provider.")
        now = self._vouched(claims)
        if now.id != reader.id or not now.may(role) or reader.within(now).groups != reader.groups:
            raise AccessError(f"This takes the role {role}, and you have it no more, or not where it counts. Ask an admin of this Setu.")

    def _claims(self, token: str) -> dict[str, Any]:
        """What a token says, once it is known to be the provider's, for us and in force."""
        if len(token) > MOST_CHARS:
            raise TokenError("This is no token of the provider.")
        try:
            head, said = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
            algorithm = str(head.get("alg"))
            if algorithm not in ALGORITHMS or str(head.get("typ", "")).casefold() not in _TYPES or "events" in said:
                raise TokenError("This is no token by which somebody may ask.")
            provider, key = self._key(said.get("iss"), head.get("kid"), algorithm)
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience(provider),
                issuer=said["iss"],
                leeway=_LEEWAY_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenError("The token has expired. Take another from the provider.") from error
        except jwt.InvalidAudienceError as error:
            raise TokenError("The token was made for another server. Ask the provider for one for this.") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenError("This is no token that the provider of this Setu signed.") from error

    def _audience(self, provider: Provider) -> list[str]:
        named = [one.strip() for one in self._settings.oidc_audience.split(",") if one.strip()]
        return named or [provider.client, *self._own]

    def _key(self, issuer: object, kid: object, algorithm: str) -> tuple[Provider, jwt.PyJWK]:
        """The provider that calls itself so, and the key of that id, which it may have begun to use just now."""
        for again in (False, True):
            for provider in self.providers:
                known = self._described(provider, again=again)
                if not known.issuer or known.issuer != issuer:
                    continue
                usable = [one for one in known.keys if one.get("use", "sig") == "sig" and one.get("alg", algorithm) == algorithm]
                found = [one for one in usable if one.get("kid") == kid] if kid is not None else usable
                if len(found) == 1:
                    return provider, jwt.PyJWK(dict(found[0]), algorithm)
        if not any(one.issuer for one in self._known.values()):
            raise AccountsError("The OpenID provider does not answer, so no token can be checked.")
        raise TokenError("This is no token that the provider of this Setu signed.")

    def _described(self, provider: Provider, *, again: bool) -> _Described:
        with self._lock:
            known, now = self._known.get(provider), self._clock()
            age = now - known.at if known is not None else KEPT_S
            if known is None or age >= KEPT_S or (age >= AGAIN_S and (again or not known.keys)):
                self._known[provider] = known = self._asked(provider, known, now)
            return known

    def _asked(self, provider: Provider, before: _Described | None, now: float) -> _Described:
        """What a provider publishes now; what it did before, where it does not answer: its keys are still its keys."""
        try:
            said = self._fetch(provider.described)
            issuer, where = said["issuer"], str(said["jwks_uri"])
            if not where.startswith("https://") and provider.described.startswith("https://"):
                raise ValueError("The keys of the provider would come in the clear.")
            keys = self._fetch(where)["keys"]
            return _Described(now, str(issuer), tuple(one for one in keys if isinstance(one, dict)))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
            return replace(before, at=now) if before is not None else _Described(now)
