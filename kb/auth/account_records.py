"""An account as a record: checked, written to and read from the file of accounts (TOML, a table for each person); and who administers it.

An admin who sees every document administers everybody. One who is limited to access groups administers the people whose groups are all
among their own, so that whoever they add, or whose password they set, may do and see nothing that they may not themselves.
"""

from __future__ import annotations

import hashlib
import json
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import regex

from kb.auth import passwords
from kb.auth.roles import ROLES, Reader, Role
from kb.errors import AccessError, AccountsError

ALL: Final = "*"
"""The group that stands for every group."""
MOST_NAME: Final = 64
_NAME = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*")
_GROUP = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*")
_ID = regex.compile(r"[A-Za-z0-9_-]{8,64}")
_KEYS: Final = {"id", "subject", "role", "groups", "password", "created", "since", "disabled"}
_HEAD: Final = "# Who may sign in to Setu. Change it with `setu users`; only the owner may read it (mode 600).\n"


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


def written(people: Iterable[Account]) -> str:
    """The text of the file."""
    return _HEAD + "".join(_entry(one) for one in sorted(people, key=lambda one: one.name))


def loaded(file: Path, mode: int) -> dict[str, Account]:
    """The accounts of a file by their folded names.

    Raises:
        AccountsError: the file is damaged, cannot be read, or others may read it (``mode``).
    """
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
            if folded(name) in people:
                raise ValueError(f"{name} is in it twice")
            people[folded(name)] = _account(name, entry)
        _apart(people.values())
    except (ValueError, KeyError, TypeError, AttributeError, AccountsError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else error
        raise AccountsError(f"The file of accounts {file} is damaged: {said}. {remedy}") from error
    return people


def _entry(one: Account) -> str:
    # JSON's strings and lists are TOML's as well; no name or hash holds the one character (DEL) in which they differ.
    def said(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    groups = [ALL] if one.groups is None else sorted(one.groups)
    subject = f"subject = {said(one.subject)}\n" if one.subject else ""
    return (
        f"\n[people.{said(one.name)}]\nid = {said(one.id)}\n{subject}role = {said(one.role)}\ngroups = {said(groups)}\n"
        f"password = {said(one.password)}\ncreated = {one.created.isoformat()}\nsince = {one.since.isoformat()}\n"
        f"disabled = {said(one.disabled)}\n"
    )


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
    person, subject = entry.get("id", _before_ids(name, created)), entry.get("subject", "")
    if not all(isinstance(one, str) and _ID.fullmatch(one) for one in (person, subject or person)):
        raise ValueError(f"id or subject of {name} is none of Setu's")
    allowed = checked_groups(None if ALL in groups else groups)
    return Account(name, checked_role(entry["role"]), allowed, kept, created, since, person, disabled, subject)


def _before_ids(name: str, created: datetime) -> str:
    """The id of an account that an older Setu made, until one is written down: of one name, the moment tells one from another."""
    return f"p-{hashlib.sha256(f'{folded(name)} {created.isoformat()}'.encode()).hexdigest()[:24]}"


def _apart(people: Iterable[Account]) -> None:
    """Make sure that nobody is two people: an entry may have been copied by hand to make another."""
    known = dict[str, str]()
    for one in people:
        for person in (one.id, one.subject):
            if person in known:
                raise ValueError(f"{known[person]} and {one.name} have one id; take id and subject out of the entry that was copied")
            if person:
                known[person] = one.name


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
