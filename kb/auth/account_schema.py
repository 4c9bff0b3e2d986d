"""The tables of signing in: accounts, sessions, failures that are counted, and keys of programs. They refer to no other table.

They lie in a file of their own beside the catalogue, so that nobody who signs in or turns a page waits for papers that are taken in; in a
database that holds the catalogue too they would be ordinary tables of it, which is why they have a table of their own for their layout.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Connection, DateTime, Float, ForeignKey, MetaData, Table

from kb.errors import AccountsError
from kb.index.column_types import String, Text
from kb.store.engine import Layout

metadata = MetaData()

account_meta = Table("account_meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))
"""``schema`` is the layout; ``in_use`` says that there are accounts, also when the last one was removed."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("folded", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("subject", String(64), unique=True),
    Column("role", String(16), nullable=False),
    Column("groups", Text),
    Column("password", Text, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("since", DateTime, nullable=False),
    Column("disabled", Boolean, nullable=False),
)
"""Who may sign in (`kb.auth.account_records.Account`); ``folded`` is the name as names are compared.

``groups``: names as JSON, NULL for all; ``subject``: NULL where nobody came yet; times are UTC.
"""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("person", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("begun", DateTime, nullable=False),
    Column("until", DateTime, nullable=False),
    Column("since", DateTime, nullable=False),
)
"""Who is signed in with a password; ``token``: the SHA-256 of what the browser holds; ``since``: that of the account, as it was then.

Nothing is written when somebody looks at a page: how long a session lasts is settled when it begins.
"""

sign_in_limits = Table(
    "sign_in_limits",
    metadata,
    Column("machine", String(255), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("empty", Float, nullable=False),
)
"""Failures to sign in that are still counted (`kb.auth.throttle`): of which names, places and browsers, as SHA-256.

``empty``: when none will count any more, in seconds since the machine was started.
"""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("groups", Text),
    Column("collections", Text),
    Column("created", DateTime, nullable=False),
    Column("until", DateTime),
    Column("used", DateTime),
)
"""Keys of programs (`kb.auth.api_keys.ApiKey`); ``digest``: the SHA-256 of the key, which is kept nowhere.

``groups``: names as JSON, NULL for all; ``collections``: ids as JSON, NULL for all; ``until`` NULL: it does not expire; times are UTC.
"""


def _with_api_keys(conn: Connection) -> None:
    api_keys.create(conn)


LAYOUT: Final = Layout("file of accounts", "Restore it from a backup.", account_meta, "2", {"1": _with_api_keys}, AccountsError)
