"""Who may sign in: ``users.toml`` in the home, mode 600, which `setu users` and the page of administration change.

Each person has a role and access groups; a password, or none where an OpenID provider says who they are, in which case the name is
the e-mail address that the provider gives.
"""

from __future__ import annotations

import json
import os
import stat
import threading
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import regex
from filelock import Timeout

from kb import passwords
from kb.access import ROLES, Reader, Role
from kb.atomic import atomic_write
from kb.errors import AccountsError
from kb.private import private_folder, private_lock

USERS: Final = "users.toml"
ALL: Final = "*"
"""The group that stands for every group."""
MOST_NAME: Final = 64
_NAME = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*")
_GROUP = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*")
_KEYS: Final = {"role", "groups", "password", "created", "since", "disabled"}
_WAIT_S: Final = 10.0
_HEAD: Final = "# Who may sign in to Setu. Change it with `setu users`; only the owner may read it (mode 600).\n"


@dataclass(frozen=True, slots=True)
class Account:
    """A person. ``groups`` None sees every document; ``password`` is a hash of `kb.passwords`, "" where an OpenID provider vouches.

    What was signed in before ``since`` counts no more: it moves with the password, with disabling and with signing out everywhere.
    """

    name: str
    role: Role
    groups: frozenset[str] | None
    password: str
    created: datetime
    since: datetime
    disabled: bool = False

    @property
    def reader(self) -> Reader:
        """The person as the knowledge base knows them."""
        return Reader(self.name, self.role, self.groups)


class Accounts:
    """The people of a home. May be shared between threads; what another process writes is seen at the next look."""

    def __init__(
        self, home: Path, cost: passwords.Cost = passwords.COST, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.file = home / USERS
        self._lock = private_lock(home / "users.lock")
        self._cost = cost
        self._clock = clock
        self._guard = threading.Lock()
        self._read: tuple[tuple[int, ...], dict[str, Account]] | None = None
        self._nobody = passwords.nobodys(cost)

    def exist(self) -> bool:
        """Whether there is a file of accounts, be it damaged or empty."""
        return os.path.lexists(self.file)

    def all(self) -> tuple[Account, ...]:
        """Everybody, by name.

        Raises:
            AccountsError: the file is damaged, or others may read it.
        """
        return tuple(sorted(self._people().values(), key=lambda one: one.name.casefold()))

    def find(self, name: str) -> Account | None:
        """The account of a name, however it is capitalised. Raises `AccountsError` as `all` does."""
        return self._people().get(_key(name))

    def get(self, name: str) -> Account:
        """The account of a name. Raises `AccountsError`, also when there is none."""
        found = self.find(name)
        if found is None:
            raise AccountsError(f"There is no account {name!r}. `setu users list` lists those there are.", "unknown")
        return found

    def verified(self, name: str, password: str) -> Account | None:
        """The enabled account whose name and password these are. It takes as long for a name that there is not."""
        found = self.find(name)
        right = passwords.matches(password, found.password if found is not None and found.password else self._nobody)
        return found if found is not None and right and found.password and not found.disabled else None

    def add(self, name: str, role: Role, groups: frozenset[str] | None = frozenset(), password: str = "") -> Account:
        """Make an account. Raises `AccountsError`: the name is taken or none, a group is none, the password is weak."""
        name = regex.sub(r"\s+", " ", name.strip())
        if len(name) > MOST_NAME or not _NAME.fullmatch(name):
            raise AccountsError(
                f"{name!r} cannot be a name: it takes 1 to {MOST_NAME} letters, digits and . _ @ + -, without spaces.", "name"
            )
        now = self._clock()
        account = Account(name, _role(role), checked_groups(groups), self._hash(password, name) if password else "", now, now)

        def change(people: dict[str, Account]) -> None:
            if _key(name) in people:
                raise AccountsError(f"There is an account {name!r} already. Change it, or take another name.", "taken")
            people[_key(name)] = account

        self._change(change)
        return account

    def change(self, name: str, *, role: Role | None = None, groups: Iterable[str] | None = None, disabled: bool | None = None) -> Account:
        """Change what is given; ``groups`` may hold `ALL`. Raises `AccountsError`: no such account, or no admin would be left."""

        def changed(old: Account) -> Account:
            new = old
            if role is not None:
                new = replace(new, role=_role(role))
            if groups is not None:
                new = replace(new, groups=checked_groups(None if ALL in (held := frozenset(groups)) else held))
            if disabled is not None and disabled != old.disabled:
                new = replace(new, disabled=disabled, since=self._clock())
            return new

        return self._one(name, changed)

    def set_password(self, name: str, password: str) -> Account:
        """Give a new password; whoever is signed in with the old one is so no more. Raises `AccountsError`."""
        kept = self._hash(password, name)
        return self._one(name, lambda old: replace(old, password=kept, since=self._clock()))

    def sign_out(self, name: str) -> Account:
        """Have everything that was signed in under the name until now count no more. Raises `AccountsError`."""
        return self._one(name, lambda old: replace(old, since=self._clock()))

    def remove(self, name: str) -> None:
        """Remove an account. Raises `AccountsError`: there is none, or it is the last admin's."""
        account = self.get(name)

        def change(people: dict[str, Account]) -> None:
            people.pop(_key(account.name), None)

        self._change(change)

    def _hash(self, password: str, name: str) -> str:
        weak = passwords.weakness(password, name)
        if weak is not None:
            raise AccountsError(f"{_WEAK[weak]} Take another.", weak)
        return passwords.hashed(password, self._cost)

    def _one(self, name: str, changed: Callable[[Account], Account]) -> Account:
        key = _key(self.get(name).name)

        def change(people: dict[str, Account]) -> None:
            if key in people:
                people[key] = changed(people[key])

        return self._change(change)[key]

    def _change(self, change: Callable[[dict[str, Account]], None]) -> dict[str, Account]:
        private_folder(self.file.parent)
        try:
            with self._lock.acquire(timeout=_WAIT_S):
                people = dict(self._people())
                had = _admins(people)
                change(people)
                if had and not _admins(people):
                    raise AccountsError("Nobody would be left who may manage people. Make somebody else admin first.", "last_admin")
                write_private(self.file, _HEAD + "".join(_entry(one) for one in sorted(people.values(), key=lambda one: one.name)))
                return people
        except Timeout as error:
            raise AccountsError(f"Another process is changing {self.file}. Try again in a moment.", "busy") from error

    def _people(self) -> dict[str, Account]:
        try:
            found = self.file.stat()
        except FileNotFoundError:
            if os.path.lexists(self.file):
                raise AccountsError(f"{self.file} is a link to a file that is not there. Put the file back, or remove the link.") from None
            return {}
        state = (found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode)
        with self._guard:
            if self._read is None or self._read[0] != state:
                self._read = (state, _load(self.file, found.st_mode))
            return self._read[1]


def checked_groups(groups: Iterable[str] | None) -> frozenset[str] | None:
    """Names of access groups, in one form. Raises `AccountsError` for one that is none."""
    if groups is None:
        return None
    found = frozenset(" ".join(group.split()) for group in groups)
    wrong = sorted(group for group in found if len(group) > MOST_NAME or not _GROUP.fullmatch(group))
    if wrong:
        raise AccountsError(
            f"{wrong[0]!r} cannot be a group: it takes 1 to {MOST_NAME} letters, digits, spaces and . _ -, or {ALL} alone for all.", "group"
        )
    return found


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, wholly or not at all."""
    atomic_write(file, text.encode())


_WEAK: Final[Mapping[passwords.Weakness, str]] = {
    "short": f"The password is too short: it needs at least {passwords.SHORTEST} characters.",
    "long": f"The password is too long: it may have at most {passwords.LONGEST} characters.",
    "easy": "The password is too easy to guess: it holds the name, or the same few characters.",
}


def _key(name: str) -> str:
    return name.strip().casefold()


def _admins(people: Mapping[str, Account]) -> int:
    return sum(one.role == "admin" and not one.disabled for one in people.values())


def _role(role: str) -> Role:
    for known in ROLES:
        if role == known:
            return known
    raise AccountsError(f"{role!r} is no role. Roles: {', '.join(ROLES)}.", "role")


def _entry(one: Account) -> str:
    # JSON's strings and lists are TOML's as well; no name or hash holds the one character (DEL) in which they differ.
    def said(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    groups = [ALL] if one.groups is None else sorted(one.groups)
    return (
        f"\n[people.{said(one.name)}]\nrole = {said(one.role)}\ngroups = {said(groups)}\npassword = {said(one.password)}\n"
        f"created = {one.created.isoformat()}\nsince = {one.since.isoformat()}\ndisabled = {said(one.disabled)}\n"
    )


def _load(file: Path, mode: int) -> dict[str, Account]:
    if stat.S_IMODE(mode) & 0o077:
        raise AccountsError(f"The file of accounts {file} may be read by others (mode {stat.S_IMODE(mode):03o}). Run: chmod 600 {file}")
    remedy = "Put it right by hand, or take the file of a backup; `setu users check` says when it is sound."
    try:
        held = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise AccountsError(f"The file of accounts {file} cannot be read: {error.strerror}. Give it to the user Setu runs as.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AccountsError(f"The file of accounts {file} is not valid TOML: {error}. {remedy}") from error
    people: dict[str, Account] = {}
    try:
        if set(held) - {"people"}:
            raise ValueError(f"it holds {', '.join(sorted(set(held) - {'people'}))}, which is not known")
        for name, entry in held.get("people", {}).items():
            if _key(name) in people:
                raise ValueError(f"{name} is in it twice")
            people[_key(name)] = _account(name, entry)
    except (ValueError, KeyError, TypeError, AttributeError, AccountsError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else error
        raise AccountsError(f"The file of accounts {file} is damaged: {said}. {remedy}") from error
    return people


def _account(name: str, entry: Mapping[str, Any]) -> Account:
    if set(entry) - _KEYS:
        raise ValueError(f"{name} has {', '.join(sorted(set(entry) - _KEYS))}, which is not known")
    groups, kept, disabled = entry["groups"], entry.get("password", ""), entry.get("disabled", False)
    created = entry.get("created", datetime.min.replace(tzinfo=UTC))
    since = entry.get("since", created)
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise ValueError(f"groups of {name} are no list of names")
    if kept and not (isinstance(kept, str) and passwords.well_formed(kept)):
        raise ValueError(f"the password of {name} is no hash of Setu's")
    if not isinstance(disabled, bool) or not all(isinstance(at, datetime) and at.tzinfo for at in (created, since)):
        raise ValueError(f"disabled, created or since of {name} is of the wrong kind")
    allowed = checked_groups(None if ALL in groups else groups)
    return Account(name, _role(entry["role"]), allowed, kept, created, since, disabled)
