"""The files in which an older Setu kept who may sign in and who is signed in: taken into the database of accounts once, then set aside.

``users.toml`` holds a table for each person, ``sessions.json`` the sessions by the SHA-256 of their tokens. Both lie in the home; once they
are in the database their names end in ``.taken-in``, and nobody but their owner may read them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import regex

from kb.auth import passwords
from kb.auth.account_records import ALL, Account, checked_groups, checked_role, folded, to_row, to_utc
from kb.errors import AccountsError

USERS: Final = "users.toml"
SESSIONS: Final = "sessions.json"
TAKEN_IN: Final = ".taken-in"
_ID = regex.compile(r"[A-Za-z0-9_-]{8,64}")
_KEYS: Final = {"id", "subject", "role", "groups", "password", "created", "since", "disabled"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """What the files hold, as rows of the tables of `kb.auth.account_schema`."""

    accounts: tuple[dict[str, Any], ...]
    sessions: tuple[dict[str, Any], ...]


def there(home: Path) -> bool:
    """Whether an older Setu left accounts to be taken in."""
    return os.path.lexists(home / USERS)


def left(home: Path) -> bool:
    """Whether there is a file that is to be set aside, since the accounts are in the database."""
    return any(os.path.lexists(home / name) for name in (USERS, SESSIONS))


def held(home: Path) -> Held | None:
    """What an older Setu kept; None where it kept no accounts.

    Raises:
        AccountsError: the file of accounts is damaged, cannot be read, or others may read it.
    """
    if not there(home):
        return None
    people = _loaded(home / USERS)
    signed_in = _sessions(home / SESSIONS, {one.id: one for one in people.values()})
    log.info("%d accounts and %d sessions are taken in from files of an older Setu", len(people), len(signed_in))
    return Held(tuple(to_row(one) for one in people.values()), tuple(signed_in))


def set_aside(home: Path) -> None:
    """Give the files that count no more other names, under which only their owner may read them; what was set aside before stays."""
    for name in (USERS, SESSIONS):
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            if os.path.lexists(home / name):
                aside = (home / name).rename(_free(home, name))
                aside.chmod(0o600)
                log.info("%s is called %s now: accounts are kept in a database", home / name, aside.name)


def _free(home: Path, name: str) -> Path:
    names = (home / f"{name}{TAKEN_IN}{'' if number == 1 else f'-{number}'}" for number in count(1))
    return next(file for file in names if not os.path.lexists(file))


def _sessions(file: Path, people: Mapping[str, Account]) -> list[dict[str, Any]]:
    """The sessions of these people, as rows; nobody is let in by a damaged file, and nobody is kept out: all sign in once more."""
    try:
        # A still older Setu knew sessions by name; whose they were cannot be told, so they have ended.
        held = [(key, one) for key, one in json.loads(file.read_text(encoding="utf-8")).items() if one.get("person") in people]
        return [
            {
                "token": key,
                "person": one["person"],
                **{name: _moment(one[name]) for name in ("begun", "until")},
                "since": _moment(one["of"]),
            }
            for key, one in held
            if one.get("of") == people[one["person"]].since.isoformat()
        ]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError) as error:
        log.warning("The file of sessions is damaged; everybody has to sign in again.", exc_info=error)
        return []


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return to_utc(moment)


def _loaded(file: Path) -> dict[str, Account]:
    remedy = "Put it right by hand, or take the file of a backup; `setu users check` says when it is sound."
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            raise AccountsError(f"The file of accounts {file} may be read by others (mode {mode:03o}). Run: chmod 600 {file}")
        held = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AccountsError(f"{file} is a link to a file that is not there. Put the file back, or remove the link.") from error
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
