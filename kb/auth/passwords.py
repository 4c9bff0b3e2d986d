"""Passwords: made, judged and kept as salted scrypt (RFC 7914), never as themselves.

A hash is one line, ``scrypt:N:r:p:salt:digest`` with the last two in base64, so that its cost can be raised without touching old ones.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Weakness: TypeAlias = Literal["short", "long", "easy"]

SHORTEST: Final = 10
LONGEST: Final = 200
_DIGEST = 32
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHING = threading.BoundedSemaphore(2)
"""Each hash takes 32 MB; strangers may ask for many at once."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hash costs: ``128 * n * r`` bytes of memory, ``p`` times over."""

    n: int = 2**15
    r: int = 8
    p: int = 3


COST: Final = Cost()


def hashed(password: str, cost: Cost = COST) -> str:
    """A password as it is kept, under a new salt."""
    salt = secrets.token_bytes(16)
    return _written(cost, salt, _scrypt(password, salt, cost))


def nobodys(cost: Cost = COST) -> str:
    """What is kept of no password: to compare one with it takes as long as with that of a person, and to make it takes no time."""
    return _written(cost, secrets.token_bytes(16), secrets.token_bytes(_DIGEST))


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept; compared in constant time. Raises `ValueError` when ``kept`` is no hash of ours."""
    cost, salt, digest = _read(kept)
    return hmac.compare_digest(_scrypt(password, salt, cost), digest)


def well_formed(kept: str) -> bool:
    """Whether a text is a hash of ours."""
    try:
        _read(kept)
    except ValueError:
        return False
    return True


def generated() -> str:
    """A new password that can be read out on the telephone: three groups of five, 74 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


def weakness(password: str, name: str) -> Weakness | None:
    """What is wrong with a new password: it is too short or too long, or holds the name or the same few characters."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if len(set(password)) < 4 or name.casefold().split("@", maxsplit=1)[0] in password.casefold():
        return "easy"
    return None


def _written(cost: Cost, salt: bytes, digest: bytes) -> str:
    return ":".join(["scrypt", str(cost.n), str(cost.r), str(cost.p), *(base64.b64encode(part).decode() for part in (salt, digest))])


def _read(kept: str) -> tuple[Cost, bytes, bytes]:
    kind, n, r, p, salt, digest = kept.split(":")
    cost = Cost(int(n), int(r), int(p))
    if kind != "scrypt" or not (2**4 <= cost.n <= 2**20 and cost.n & (cost.n - 1) == 0 and 1 <= cost.r <= 32 and 1 <= cost.p <= 16):
        raise ValueError("no hash of Setu")
    return cost, base64.b64decode(salt, validate=True), base64.b64decode(digest, validate=True)


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    # NFKC: one keyboard sends a letter and its sign, or a full-width digit, where another sends one character.
    # HMAC fills a short key up with NUL, so that one at the end would not count.
    typed = unicodedata.normalize("NFKC", password[: 4 * LONGEST].replace("\0", "\N{SYMBOL FOR NULL}")).encode("utf-8", "surrogatepass")
    with _HASHING:
        return hashlib.scrypt(typed, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=2 * 128 * cost.r * (cost.n + cost.p), dklen=_DIGEST)
