"""Whoever asked for work that another process does later: they are who they were and may still have it done, or it is left undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts, is_provided
from kb.auth.api_keys import ApiKeys, is_key
from kb.auth.roles import Reader, Role
from kb.errors import AccessError


def written_down(reader: Reader) -> dict[str, Any]:
    """A reader as JSON has them, with what they see and may do now."""
    return {
        "id": reader.id, "name": reader.name, "role": reader.role,
        "groups": None if reader.groups is None else sorted(reader.groups),
        "collections": None if reader.collections is None else sorted(reader.collections),
    }  # fmt: skip


class AskersLater:
    """Readers as they were written down, each asked at every write whether they still have what they had then."""

    def __init__(self, store: AccountStore) -> None:
        self._accounts, self._keys = Accounts(store), ApiKeys(store)

    def reader(self, held: Mapping[str, Any]) -> Reader:
        """The reader of `written_down`."""
        groups, kept = held["groups"], held["collections"]
        found = Reader(
            held["name"], held["role"], None if groups is None else frozenset(groups), id=held["id"],
            collections=None if kept is None else frozenset(kept),
        )  # fmt: skip
        return replace(found, standing=self._still)

    def _still(self, reader: Reader, role: Role) -> None:
        if not reader.id:
            return
        if is_key(reader.id):
            self._keys.still(reader, role)
            return
        account = self._accounts.of(reader.id)
        if account is None and is_provided(reader.id):
            return  # what the provider would say now is known when they come again
        if account is None or account.disabled:
            raise AccessError(f"{reader.name or 'Who asked'} has no account any more that may have this done. Ask an admin of this Setu.")
        now = self._accounts.reader(account)
        if not now.may(role) or reader.within(now).groups != reader.groups:
            raise AccessError("The rights that this was asked with were taken back meanwhile. Ask for it again.")
