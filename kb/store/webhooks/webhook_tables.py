"""The tables of webhooks and of what is to be told by them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Table, UniqueConstraint

from kb.index.column_types import Integer, String, Text
from kb.store.schema import metadata

EventType: TypeAlias = Literal["document.version", "document.rejected", "obligation.due"]
"""What can be told: a paper has a new version (its first too), a file was rejected, an obligation falls due."""
EVENT_TYPES: Final[tuple[EventType, ...]] = get_args(EventType)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("groups", Text),
    Column("created", DateTime, nullable=False),
    Column("plain", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""Whom to tell. ``events`` and ``groups`` are JSON lists; ``groups`` NULL: also of papers of every access group; times are UTC.

``plain``: an admin allowed an address without TLS that is not on this machine. The secret is needed as it is: it signs.
"""

deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("webhook_id", ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(200), nullable=False),
    Column("type", String(32), nullable=False),
    Column("document_id", Integer, nullable=False),
    Column("about", Text, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("due", DateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text, nullable=False),
    UniqueConstraint("webhook_id", "key"),
    sqlite_autoincrement=True,
)
"""What is told, to whom. ``key`` names the event, so that it is told once; ``about`` is JSON; ``due``: when it is tried next.

``state`` is ``waiting``, ``sent``, ``failed`` (given up) or ``withheld`` (the paper is in no group of the webhook).
"""
Index("webhook_deliveries_due", deliveries.c.state, deliveries.c.due)
