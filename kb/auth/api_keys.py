"""Keys of programs: a table of the database of accounts, which `setu keys` changes and whoever serves programs looks into.

A key is a random token of 256 bits behind `PREFIX`; the table holds its SHA-256 alone. It has a role and access groups as a person has, and
may be kept to collections. It is a `Reader` of its own: what it does is recorded under its id. An admin of access groups administers the
keys whose groups are all among their own, as they do people.
"""

from __future__ import annotations

import copy
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Row, select

from kb.auth.account_records import checked_groups, checked_name, checked_role, folded, from_utc, to_utc
from kb.auth.account_schema import api_keys
from kb.auth.account_store import AccountStore
from kb.auth.roles import Reader, Role
from kb.errors import AccessError, AccountsError

PREFIX: Final = "setu_"
"""How a key begins, so that people and scanners of leaked keys know it."""
_OF_KEYS: Final = "k-"
"""How the id of one begins."""
_NOTED_S: Final = 60.0
"""How exactly the last use is noted: whoever asks often writes once in so many seconds."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. ``groups`` None sees every group's documents, ``collections`` None those of every collection; times are UTC."""

    id: str
    name: str
    role: Role
    groups: frozenset[str] | None
    collections: frozenset[int] | None
    created: datetime
    until: datetime | None = None
    used: datetime | None = None


class ApiKeys:
    """The keys of a home. May be shared between threads; what another process writes is seen at the next look."""

    def __init__(self, where: Path | AccountStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = where if isinstance(where, AccountStore) else AccountStore(where)
        self._clock = clock
        self._by: Reader | None = None

    def seen_by(self, reader: Reader) -> Self:
        """The keys as somebody may see, make and revoke them: those that see no group's documents which they do not.

        Any other is not there. Who is no admin sees none, and making one raises `AccessError`.
        """
        view = copy.copy(self)
        view._by = reader
        return view

    def close(self) -> None:
        """Close every connection; whoever asks again opens it again."""
        self._store.close()

    def create(
        self,
        name: str,
        role: Role = "viewer",
        groups: Iterable[str] | None = (),
        collections: Iterable[int] | None = None,
        until: datetime | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key; returns it as it is kept, and the key itself, which is kept nowhere.

        Args:
            name: what the program is called; one name has one key.
            role: what it may do.
            groups: the access groups whose documents it sees beside those of no group; None sees every document.
            collections: the ids of those to which it is kept; None keeps it to none.
            until: when it expires.

        Raises:
            AccountsError: the name is taken or none, a group is none or (``code`` "grant") not that of whoever makes it, an admin would be
                kept to collections, or the key would have expired.
            AccessError: whoever makes it is no admin.
        """
        kept = frozenset(collections) if collections is not None else None
        if kept is not None and role == "admin":
            raise AccountsError("A key that is kept to collections cannot be an admin's. Give it the role editor.", "role")
        if kept is not None and not kept:
            raise AccountsError("A key that is kept to no collection at all sees nothing. Name one.", "collections")
        now, token = self._clock(), f"{PREFIX}{secrets.token_urlsafe(32)}"
        if until is not None and until <= now:
            raise AccountsError("The key would have expired already. Name a later day.", "until")
        made = ApiKey(
            f"{_OF_KEYS}{secrets.token_hex(12)}", checked_name(name), checked_role(role), checked_groups(groups), kept, now, until
        )
        if self._by is not None and not self._by.may("admin"):
            raise AccessError("Only an admin may make keys. Ask an admin of this Setu.")
        if not self._administers(made):
            raise AccountsError("You can give your own access groups only. Ask an admin of all groups for others.", "grant")
        with self._store.writing() as conn:
            if any(folded(one) == folded(made.name) for one in conn.scalars(select(api_keys.c.name))):
                raise AccountsError(f"There is a key {made.name!r} already. Revoke it, or take another name.", "taken")
            conn.execute(api_keys.insert().values({**_to_row(made), "digest": _digest(token)}))
        return made, token

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, by name, also those that have expired. Raises `AccountsError` when they cannot be read."""
        found = filter(self._administers, map(_from_row, self._store.rows(select(api_keys))))
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def revoke(self, name: str) -> ApiKey:
        """Have the key of a name, or an id, count no more from now on. Raises `AccountsError`: there is none."""
        found = next((one for one in self.all() if one.id == name or folded(one.name) == folded(name)), None)
        if found is None:
            raise AccountsError(f"There is no key {name!r}. `setu keys list` lists those there are.", "unknown")
        with self._store.writing() as conn:
            conn.execute(api_keys.delete().where(api_keys.c.id == found.id))
        return found

    def find(self, token: str) -> ApiKey | None:
        """The key that a token is, where it counts; its use is noted. Raises `AccountsError` when the keys cannot be read."""
        if not token.startswith(PREFIX):
            return None
        found = self._counting(api_keys.c.digest == _digest(token))
        if found is not None:
            self._note(found)
        return found

    def reader(self, key: ApiKey) -> Reader:
        """The program of a key as the knowledge base knows it; at every write it is asked whether the key still counts."""
        return Reader(key.name, key.role, key.groups, self.still, key.id, collections=key.collections)

    def _administers(self, key: ApiKey) -> bool:
        if self._by is None:
            return True
        groups = self._by.groups
        return self._by.may("admin") and (groups is None or (key.groups is not None and key.groups <= groups))

    def still(self, reader: Reader, role: Role) -> None:
        """Make sure that the key of a reader still counts for what takes this role. Raises `AccessError`."""
        now = self._counting(api_keys.c.id == reader.id)
        if now is None:
            raise AccessError("This key was revoked or has expired. Ask an admin of this Setu for another.")
        if not self.reader(now).may(role):
            raise AccessError(f"This takes the role {role}, and that of the key is {now.role}. Ask an admin of this Setu for another.")

    def _counting(self, which: Any) -> ApiKey | None:
        now = self._clock()
        found = map(_from_row, self._store.rows(select(api_keys).where(which)))
        return next((one for one in found if one.until is None or one.until > now), None)

    def _note(self, key: ApiKey) -> None:
        now = self._clock()
        if key.used is not None and timedelta(0) <= now - key.used < timedelta(seconds=_NOTED_S):
            return
        with suppress(AccountsError), self._store.writing() as conn:  # a busy database keeps no program out
            conn.execute(api_keys.update().where(api_keys.c.id == key.id).values(used=to_utc(now)))


def is_key(person: str) -> bool:
    """Whether an id is that of a key."""
    return person.startswith(_OF_KEYS)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _to_row(one: ApiKey) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "role": one.role, "created": to_utc(one.created),
        "groups": None if one.groups is None else json.dumps(sorted(one.groups), ensure_ascii=False),
        "collections": None if one.collections is None else json.dumps(sorted(one.collections)),
        "until": to_utc(one.until) if one.until is not None else None,
    }  # fmt: skip


def _from_row(row: Row[Any]) -> ApiKey:
    try:
        groups = checked_groups(None if row.groups is None else json.loads(row.groups))
        kept = None if row.collections is None else frozenset(map(int, json.loads(row.collections)))
        until, used = (from_utc(one) if one is not None else None for one in (row.until, row.used))
        return ApiKey(row.id, row.name, checked_role(row.role), groups, kept, from_utc(row.created), until, used)
    except (ValueError, TypeError, AttributeError, AccountsError) as error:
        raise AccountsError(f"The key {row.name!r} is damaged. Revoke it: setu keys revoke {row.id}") from error
