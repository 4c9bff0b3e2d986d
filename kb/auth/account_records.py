"""An account as a record: checked, and as a row of the database; and who administers it.

An admin who sees every document administers everybody. One who is limited to access groups administers the people whose groups are all
among their own, so that whoever they add, or whose password they set, may do and see nothing that they may not themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import regex
from sqlalchemy import Row

from kb.auth import passwords
from kb.auth.roles import ROLES, Reader, Role
from kb.errors import AccessError, AccountsError

ALL: Final = "*"
"""The group that stands for every group."""
MOST_NAME: Final = 64
_NAME = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*")
_GROUP = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*")


@dataclass(frozen=True, slots=True)
class Account:
    """A person. ``groups`` None sees every document; ``password`` is a hash of `kb.auth.passwords`, "" where an OpenID provider vouches.

    What was signed in before ``since`` counts no more: it moves with the password, with disabling and with signing out everywhere.
    ``id`` is made with the account and never given to another. ``subject`` is the person whom a provider vouched for when they first
    came (`kb.auth.accounts.provider_identity`): nobody else is let in by this account; "" where nobody came yet.
    """

    name: str
    role: Role
    groups: frozenset[str] | None
    password: str
    created: datetime
    since: datetime
    id: str
    disabled: bool = False
    subject: str = ""


def folded(name: str) -> str:
    """A name as names are compared."""
    return name.strip().casefold()


def checked_name(name: str) -> str:
    """A name in its one form. Raises `AccountsError` for what cannot be one."""
    name = regex.sub(r"\s+", " ", name.strip())
    if len(name) > MOST_NAME or not _NAME.fullmatch(name):
        raise AccountsError(f"{name!r} cannot be a name: it takes 1 to {MOST_NAME} letters, digits and . _ @ + -, without spaces.", "name")
    return name


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


def checked_role(role: str) -> Role:
    """A role. Raises `AccountsError` for what is none."""
    for known in ROLES:
        if role == known:
            return known
    raise AccountsError(f"{role!r} is no role. Roles: {', '.join(ROLES)}.", "role")


def to_row(one: Account) -> dict[str, Any]:
    """An account as a row of `kb.auth.account_schema.accounts`."""
    groups = None if one.groups is None else json.dumps(sorted(one.groups), ensure_ascii=False)
    return {
        **{"id": one.id, "folded": folded(one.name), "name": one.name, "subject": one.subject or None, "role": one.role, "groups": groups},
        **{"password": one.password, "created": to_utc(one.created), "since": to_utc(one.since), "disabled": one.disabled},
    }


def from_row(row: Row[Any]) -> Account:
    """An account out of a row. Raises `AccountsError` when it is none: somebody wrote into the database by hand."""
    try:
        groups = checked_groups(None if row.groups is None else json.loads(row.groups))
        if row.password and not passwords.well_formed(row.password):
            raise ValueError("its password is no hash of Setu's")
        return Account(
            row.name, checked_role(row.role), groups, row.password, from_utc(row.created), from_utc(row.since), row.id,
            row.disabled, row.subject or "",
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, AccountsError) as error:
        raise AccountsError(f"The account {row.name!r} is damaged: {error}. Put the accounts of a backup in their place.") from error


def to_utc(moment: datetime) -> datetime:
    """A moment as a database keeps it: in UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_utc(kept: datetime) -> datetime:
    """A moment that a database kept."""
    return kept.replace(tzinfo=UTC)


def within(one: Account, groups: frozenset[str] | None) -> bool:
    """Whether the groups of an account are all among these."""
    return groups is None or (one.groups is not None and one.groups <= groups)


def administered(everybody: Iterable[Account], groups: frozenset[str] | None) -> frozenset[str]:
    """The ids of those whom an admin of these groups administers."""
    return frozenset(one.id for one in everybody if within(one, groups))


def authorise(everybody: Iterable[Account], by: Reader, old: Account | None, new: Account | None) -> None:
    """Make sure that somebody may make ``new`` of an account.

    Args:
        everybody: the accounts as they are; what ``by`` has by now is taken from them.
        by: who wants it; somebody without an account, as in the terminal, has what they say.
        old: the account as it is; None: it is to be added.
        new: the account as it is to be; None: it is to be removed.

    Raises:
        AccessError: they are no admin.
        AccountsError: they administer some people only, and this is not theirs to do: ``code`` is ``outside``, ``own`` or ``grant``.
    """
    now = next((one for one in everybody if one.id == by.id), None)
    if not by.may("admin") or (now is not None and (now.disabled or now.role != "admin")):
        raise AccessError("Only an admin may manage people. Ask an admin of this Setu.")
    groups = by.groups if now is None else now.groups
    if groups is None:
        return
    if old is not None and old.id == by.id:
        if new is None or new != replace(old, since=new.since):
            raise AccountsError("An admin of access groups does not change their own account. Ask an admin of all groups.", "own")
        return
    if old is not None and not within(old, groups):
        raise AccountsError(f"{old.name} has access groups that you have not. Ask an admin of all groups.", "outside")
    if new is not None and not within(new, groups):
        yours = ", ".join(sorted(groups)) or "none"
        raise AccountsError(f"You can give your own access groups only ({yours}). Ask an admin of all groups for others.", "grant")
