"""Passwords: made, judged and kept as salted Argon2id (RFC 9106), never as themselves.

What an older Setu kept as scrypt (RFC 7914), ``scrypt:N:r:p:salt:digest``, still matches; `outdated` says that it is to be hashed anew, as
it says of a hash that cost another amount than one does now.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import regex

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Weakness: TypeAlias = Literal["short", "long", "easy"]

SHORTEST: Final = 10
LONGEST: Final = 200
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHING = threading.BoundedSemaphore(2)
"""Each hash takes 64 MB; strangers may ask for many at once."""
_ARGON2 = regex.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,2}),p=([0-9]{1,2})"
    r"\$[A-Za-z0-9+/]{21}[AQgw]\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"  # the last letter of 16 bytes, and of 32
)
_DEAREST: Final = 2**20
"""The most memory of a hash, in KiB; what somebody wrote by hand could ask for any."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hash costs: KiB of memory, how often it is gone over, and by how many threads; as RFC 9106 advises for little memory."""

    memory: int = 65_536
    times: int = 3
    threads: int = 4


COST: Final = Cost()


def hashed(password: str, cost: Cost = COST) -> str:
    """A password as it is kept, under a new salt."""
    with _HASHING:
        return _hasher(cost).hash(_typed(password))


def nobodys(cost: Cost = COST) -> str:
    """What is kept of no password: to compare one with it takes as long as with that of a person, and to make it takes no time."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory},t={cost.times},p={cost.threads}${salt}${digest}"


NOBODYS_SCRYPT: Final = f"scrypt:32768:8:3:{base64.b64encode(bytes(16)).decode()}:"
"""As `nobodys`, in the older form; no password matches it."""


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept; compared in constant time. Raises `ValueError` when ``kept`` is no hash of ours."""
    if is_scrypt(kept):
        return _matches_scrypt(password, kept)
    if not well_formed(kept):
        raise ValueError("no hash of Setu")
    from argon2.exceptions import VerifyMismatchError

    try:
        with _HASHING:
            return _hasher(COST).verify(kept, _typed(password))
    except VerifyMismatchError:
        return False


def is_scrypt(kept: str) -> bool:
    """Whether a hash is in the form of an older Setu."""
    return kept.startswith("scrypt:")


def outdated(kept: str, cost: Cost = COST) -> bool:
    """Whether a hash is of another form or cost than one that is made now."""
    found = _ARGON2.fullmatch(kept)
    return found is None or tuple(map(int, found.groups())) != (cost.memory, cost.times, cost.threads)


def well_formed(kept: str) -> bool:
    """Whether a text is a hash of ours."""
    found = _ARGON2.fullmatch(kept)
    if found is not None:
        memory, times, threads = map(int, found.groups())
        return times > 0 < threads and 8 * threads <= memory <= _DEAREST
    try:
        _read_scrypt(kept)
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


def _hasher(cost: Cost) -> PasswordHasher:
    from argon2 import PasswordHasher  # loaded by who signs in, not by every command

    return PasswordHasher(cost.times, cost.memory, cost.threads)


def _typed(password: str) -> bytes:
    # NFKC: one keyboard sends a letter and its sign, or a full-width digit, where another sends one character.
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST]).encode("utf-8", "surrogatepass")


def _read_scrypt(kept: str) -> tuple[int, int, int, bytes, bytes]:
    kind, cost, blocks, times, salt, digest = kept.split(":")
    n, r, p = int(cost), int(blocks), int(times)
    if kind != "scrypt" or not (2**4 <= n <= 2**20 and n & (n - 1) == 0 and 1 <= r <= 32 and 1 <= p <= 16):
        raise ValueError("no hash of Setu")
    return n, r, p, base64.b64decode(salt, validate=True), base64.b64decode(digest, validate=True)


def _matches_scrypt(password: str, kept: str) -> bool:
    n, r, p, salt, digest = _read_scrypt(kept)
    # HMAC, on which scrypt rests, fills a short key up with NUL, so that one at the end would not count.
    typed = _typed(password.replace("\0", "\N{SYMBOL FOR NULL}"))
    with _HASHING:
        found = hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * r * (n + p), dklen=32)
    return hmac.compare_digest(found, digest)
