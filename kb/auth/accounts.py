"""Who may sign in: a table of the database of accounts (`kb.auth.account_store`), which `setu users` and the page of administration change.

Each person has a role and access groups; a password, or none where an OpenID provider says who they are, in which case the name is
the e-mail address that the provider gives. What is kept of a person is kept under the id of their account, never under the name.
"""

from __future__ import annotations

import copy
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from sqlalchemy import ColumnElement, Connection, or_, select

from kb.auth import passwords
from kb.auth.account_records import (
    ALL,
    Account,
    administered,
    authorise,
    checked_groups,
    checked_name,
    checked_role,
    folded,
    from_row,
    to_row,
    within,
)
from kb.auth.account_schema import accounts
from kb.auth.account_store import AccountStore
from kb.auth.roles import Reader, Role
from kb.errors import AccountsError

__all__ = ["ALL", "Account", "Accounts", "checked_groups", "is_provided", "provider_identity"]

_PROVIDED: Final = "oidc-"


class Accounts:
    """The people of a home. May be shared between threads; what another process writes is seen at the next look.

    ``where`` is the home, or its database, which others use too.
    """

    def __init__(
        self,
        where: Path | AccountStore,
        cost: passwords.Cost = passwords.COST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = where if isinstance(where, AccountStore) else AccountStore(where)
        self.file = self._store.file
        self._cost = cost
        self._clock = clock
        self._nobody = passwords.nobodys(cost)
        self._by: Reader | None = None

    def seen_by(self, reader: Reader) -> Self:
        """The accounts as somebody may see and change them: those of the people they administer, and their own.

        Any other is not there, and a change that is not theirs to make is refused (`kb.auth.account_records.authorise`) when it is written.
        """
        view = copy.copy(self)
        view._by = reader
        return view

    def reader(self, account: Account) -> Reader:
        """The person of an account as the knowledge base knows them."""
        return self.overseeing(Reader(account.name, account.role, account.groups, id=account.id))

    def overseeing(self, reader: Reader) -> Reader:
        """A reader who knows whom they administer, where that is not everybody."""
        if reader.groups is None or not reader.may("admin"):
            return reader
        return replace(reader, people=administered(self._where(), reader.groups))

    def exist(self) -> bool:
        """Whether there are accounts, or were, so that people sign in. Raises `AccountsError` when that cannot be read."""
        return self._store.in_use()

    def check(self) -> None:
        """Look whether all of it is sound. Raises `AccountsError` that says what is not."""
        self._store.check()
        self._where()

    def close(self) -> None:
        """Close every connection; whoever asks again opens it again."""
        self._store.close()

    def all(self) -> tuple[Account, ...]:
        """Everybody, by name. Raises `AccountsError` when they cannot be read, or one is damaged."""
        return tuple(sorted(filter(self._sees, self._where()), key=lambda one: one.name.casefold()))

    def find(self, name: str) -> Account | None:
        """The account of a name, however it is capitalised. Raises `AccountsError` as `all` does."""
        return next(filter(self._sees, self._where(accounts.c.folded == folded(name))), None)

    def of(self, person: str) -> Account | None:
        """The account of an id, or of whom a provider vouched for. Raises `AccountsError` as `all` does."""
        found = self._where(or_(accounts.c.id == person, accounts.c.subject == person)) if person else ()
        return next(filter(self._sees, found), None)

    def get(self, name: str) -> Account:
        """The account of a name. Raises `AccountsError`, also when there is none."""
        found = self.find(name)
        if found is None:
            raise AccountsError(f"There is no account {name!r}. `setu users list` lists those there are.", "unknown")
        return found

    def verified(self, name: str, password: str) -> Account | None:
        """The enabled account whose name and password these are. It takes as long for a name that there is not."""
        found = self.find(name)
        kept = found.password if found is not None else ""
        right = passwords.matches(password, kept or self._nobody)
        if self._where(accounts.c.password.startswith("scrypt:")):
            # Both forms are reckoned with for every name, so that none can be told by how long it takes.
            passwords.matches(password, self._nobody if passwords.is_scrypt(kept) else passwords.NOBODYS_SCRYPT)
        if found is None or not right or not kept or found.disabled:
            return None
        return self._renewed(found, password) if passwords.outdated(kept, self._cost) else found

    def add(self, name: str, role: Role, groups: frozenset[str] | None = frozenset(), password: str = "") -> Account:
        """Make an account. Raises `AccountsError`: the name is taken or none, a group is none, the password is weak."""
        name, now, made = checked_name(name), self._clock(), f"p-{secrets.token_hex(12)}"
        kept = self._hash(password, name) if password else ""
        account = Account(name, checked_role(role), checked_groups(groups), kept, now, now, made)

        def change(people: dict[str, Account]) -> None:
            if folded(name) in people:
                raise AccountsError(f"There is an account {name!r} already. Change it, or take another name.", "taken")
            people[folded(name)] = account

        self._change(change)
        return account

    def change(self, name: str, *, role: Role | None = None, groups: Iterable[str] | None = None, disabled: bool | None = None) -> Account:
        """Change what is given; ``groups`` may hold `ALL`. Raises `AccountsError`: no such account, or no admin would be left."""

        def changed(old: Account) -> Account:
            new = old
            if role is not None:
                new = replace(new, role=checked_role(role))
            if groups is not None:
                new = replace(new, groups=checked_groups(None if ALL in (held := frozenset(groups)) else held))
            if disabled is not None and disabled != old.disabled:
                new = replace(new, disabled=disabled, since=self._after(old))
            return new

        return self._one(name, changed)

    def set_password(self, name: str, password: str) -> Account:
        """Give a new password; whoever is signed in with the old one is so no more. Raises `AccountsError`."""
        kept = self._hash(password, name)
        return self._one(name, lambda old: replace(old, password=kept, since=self._after(old)))

    def rename(self, name: str, new: str) -> Account:
        """Give an account another name; it stays the same person's. Raises `AccountsError`: the name is taken or none."""
        key, named = folded(self.get(name).name), checked_name(new)

        def change(people: dict[str, Account]) -> None:
            if folded(named) != key and folded(named) in people:
                raise AccountsError(f"There is an account {named!r} already. Take another name.", "taken")
            if key in people:
                people[folded(named)] = replace(people.pop(key), name=named)

        return self._change(change)[folded(named)]

    def bind(self, name: str, subject: str) -> Account:
        """Have an account be somebody's for whom a provider vouches, unless it is another's; "" lets go of them. Raises `AccountsError`."""
        return self._one(name, lambda old: old if subject and old.subject else replace(old, subject=subject))

    def identify(self) -> dict[str, str]:
        """The ids of all accounts by folded name. Raises `AccountsError` as `all` does."""
        return {folded(one.name): one.id for one in self._where()}

    def sign_out(self, name: str) -> Account:
        """Have everything that was signed in under the name until now count no more. Raises `AccountsError`."""
        return self._one(name, lambda old: replace(old, since=self._after(old)))

    def remove(self, name: str) -> None:
        """Remove an account. Raises `AccountsError`: there is none, or it is the last admin's."""
        account = self.get(name)

        def change(people: dict[str, Account]) -> None:
            people.pop(folded(account.name), None)

        self._change(change)

    def _after(self, old: Account) -> datetime:
        """Now, and another moment than the last: sessions are compared with it (`kb.auth.sessions.Session.holds`)."""
        now = self._clock()
        return now if now != old.since else now + timedelta(microseconds=1)

    def _renewed(self, account: Account, password: str) -> Account:
        """The account with a hash of the same password as one is made now; its sessions go on."""
        kept = passwords.hashed(password, self._cost)
        return self._one(account.name, lambda old: replace(old, password=kept) if old.password == account.password else old)

    def _hash(self, password: str, name: str) -> str:
        weak = passwords.weakness(password, name)
        if weak is not None:
            raise AccountsError(f"{_WEAK[weak]} Take another.", weak)
        return passwords.hashed(password, self._cost)

    def _one(self, name: str, changed: Callable[[Account], Account]) -> Account:
        key = folded(self.get(name).name)

        def change(people: dict[str, Account]) -> None:
            if key in people:
                people[key] = changed(people[key])

        return self._change(change)[key]

    def _change(self, change: Callable[[dict[str, Account]], None]) -> dict[str, Account]:
        with self._store.writing() as conn:
            before = {folded(one.name): one for one in map(from_row, conn.execute(select(accounts)))}
            people = dict(before)
            change(people)
            self._authorise(before, people)
            for of_all, whom in ((False, "people. Make somebody else admin first."), (True, "everybody. Make an admin of all groups.")):
                if _admins(before, of_all=of_all) and not _admins(people, of_all=of_all):
                    raise AccountsError(f"Nobody would be left who may manage {whom}", "last_admin")
            self._store.mark(conn)
            _write(conn, before, people)
            return people

    def _authorise(self, before: Mapping[str, Account], after: Mapping[str, Account]) -> None:
        """Whatever the change was: whether each account that is not as it was may be so."""
        if self._by is None:
            return
        old, new = ({one.id: one for one in people.values()} for people in (before, after))
        for person in old.keys() | new.keys():
            if old.get(person) != new.get(person):
                authorise(before.values(), self._by, old.get(person), new.get(person))

    def _sees(self, one: Account) -> bool:
        return self._by is None or one.id == self._by.id or (self._by.may("admin") and within(one, self._by.groups))

    def _where(self, *conditions: ColumnElement[bool]) -> tuple[Account, ...]:
        return tuple(from_row(row) for row in self._store.rows(select(accounts).where(*conditions)))


def _write(conn: Connection, before: Mapping[str, Account], after: Mapping[str, Account]) -> None:
    """Write what is not as it was."""
    old, new = ({one.id: one for one in people.values()} for people in (before, after))
    for person in old.keys() - new.keys():
        conn.execute(accounts.delete().where(accounts.c.id == person))
    for person, one in new.items():
        if person not in old:
            conn.execute(accounts.insert().values(to_row(one)))
        elif one != old[person]:
            conn.execute(accounts.update().where(accounts.c.id == person).values(to_row(one)))


def provider_identity(issuer: str, subject: str) -> str:
    """Who somebody is whom an OpenID provider vouches for: these two never change and are never given to another, as an address may be."""
    return f"{_PROVIDED}{hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()[:32]}"


def is_provided(person: str) -> bool:
    """Whether an id is that of somebody whom a provider vouches for and who has no account."""
    return person.startswith(_PROVIDED)


_WEAK: Final[Mapping[passwords.Weakness, str]] = {
    "short": f"The password is too short: it needs at least {passwords.SHORTEST} characters.",
    "long": f"The password is too long: it may have at most {passwords.LONGEST} characters.",
    "easy": "The password is too easy to guess: it holds the name, or the same few characters.",
}


def _admins(people: Mapping[str, Account], *, of_all: bool) -> int:
    """Those who may manage people, or everybody."""
    return sum(one.role == "admin" and not one.disabled and (one.groups is None or not of_all) for one in people.values())
