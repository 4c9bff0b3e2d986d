"""The tables of signing in and of programs that ask: accounts, sessions, counted failures, keys, jobs. They refer to no other table.

They lie in a file of their own beside the catalogue, so that nobody who signs in or turns a page waits for papers that are taken in; in a
database that holds the catalogue too they would be ordinary tables of it, which is why they have a table of their own for their layout.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Connection, DateTime, Float, ForeignKey, MetaData, Table

from kb.errors import AccountsError
from kb.index.column_types import Integer, String, Text
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


idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("process", String(32), nullable=False),
    Column("made", Text),
)
"""What was done under an idempotency key (`kb.auth.background.idempotency`); ``made`` NULL: ``process`` is at it."""

background_jobs = Table(
    "background_jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("progress", Text, nullable=False),
    Column("process", String(32), nullable=False),
    Column("begun", DateTime, nullable=False),
    Column("changed", DateTime, nullable=False),
)
"""Jobs of the server's processes (`kb.auth.background.job_records`); ``progress``: JSON of the kind of job."""


asked_limits = Table(
    "asked_limits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, index=True),
    Column("at", Float, nullable=False),
)
"""What was asked and sent in the last minute or hour (`kb.auth.throttle.SharedLimiter`), on a server: ``key`` is of what and whom, hashed.

``at``: in seconds, by the clock of the server.
"""


def _with_api_keys(conn: Connection) -> None:
    api_keys.create(conn, checkfirst=True)


def _with_jobs(conn: Connection) -> None:
    for table in (idempotency_keys, background_jobs):
        table.create(conn, checkfirst=True)


def _with_limits(conn: Connection) -> None:
    asked_limits.create(conn, checkfirst=True)


_STEPS: Final = {"1": _with_api_keys, "2": _with_jobs, "3": _with_limits}
LAYOUT: Final = Layout("file of accounts", "Restore it from a backup.", account_meta, "4", _STEPS, AccountsError)
