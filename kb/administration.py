"""Whom an admin administers, and what they may make of them: never more than they have themselves.

An admin who sees every document administers everybody. One who is limited to access groups administers the people whose groups are all
among their own, so that whoever they add, or whose password they set, may do and see nothing that they may not themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kb.access import Reader
from kb.account_file import Account
from kb.errors import AccessError, AccountsError


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
