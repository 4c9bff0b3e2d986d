"""What happens is noted for the webhooks in the very transaction in which it happens, so that none of it is lost; sending comes later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from kb.store.webhooks.webhook_tables import EventType, deliveries, webhooks


def note(conn: Connection, event: EventType, document_id: int, key: str, about: Mapping[str, object]) -> int:
    """Note an event for every webhook that wants such, unless it was noted under this key; returns for how many.

    Args:
        conn: of a write transaction.
        event: what happened.
        document_id: to which paper.
        key: names the event; noted again under the same key, it is told once.
        about: what is told beside the paper: never a text of it.
    """
    now, done = _now(), 0
    for hook in conn.execute(select(webhooks.c.id, webhooks.c.events)).all():
        known = select(deliveries.c.id).where(deliveries.c.webhook_id == hook.id, deliveries.c.key == key)
        if event not in json.loads(hook.events) or conn.scalar(known) is not None:
            continue
        made = {"webhook_id": hook.id, "key": key, "type": event, "document_id": document_id, "about": json.dumps(dict(about))}
        conn.execute(deliveries.insert().values(**made, created=now, state="waiting", due=now, tries=0, error=""))
        done += 1
    return done


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
