"""Whom webhooks tell, and what waits to be told: kept in the catalogue, so that several processes may send and none sends the same twice.

A delivery is taken by moving its next try into the future before it is sent. Whoever is killed while sending leaves it to be tried again
under the same id, by which a receiver knows it.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Row, delete, func, select

from kb.auth.account_records import checked_groups
from kb.auth.roles import ANYONE, Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.store.access_control import plain
from kb.store.catalogue import Catalogue
from kb.store.schema import document_groups, documents, versions
from kb.store.webhooks.outbox import note
from kb.store.webhooks.webhook_tables import EVENT_TYPES, EventType, deliveries, webhooks

RETRIES: Final = tuple(timedelta(seconds=one) for one in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""How long after each try the next one comes; after the last, the delivery is given up."""
KEPT: Final = timedelta(days=30)
"""How long it is kept what was sent; that an obligation was told is kept for as long as the webhook is."""
_SECRET: Final = "whsec_"
_MOST_ERROR: Final = 200


class WebhookError(KnowledgeBaseError):
    """There is no such webhook, or its address or events are not what they may be."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Whom to tell of what. ``groups`` None: of the papers of every access group; ``waiting`` and ``failed`` count deliveries."""

    id: int
    url: str
    events: tuple[EventType, ...]
    groups: frozenset[str] | None
    created: datetime
    waiting: int = 0
    failed: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to be told now; ``data`` is what is told, ``first`` when it happened (UTC)."""

    id: int
    url: str
    secret: str
    key: str
    type: str
    first: datetime
    data: dict[str, Any]
    tries: int


class Webhooks:
    """The webhooks of a home. Everything takes an admin of all access groups. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue
        self._reader = reader

    def seen_by(self, reader: Reader) -> Webhooks:
        """The same, for another reader."""
        return Webhooks(self._catalogue, reader)

    def add(
        self, url: str, events: Iterable[EventType] = EVENT_TYPES, groups: Iterable[str] | None = (), *, without_tls: bool = False
    ) -> tuple[Webhook, str]:
        """Make a webhook; returns it, and the secret that its receiver checks signatures with.

        Args:
            url: where events are sent: https, or http on this machine.
            events: which events; all by default.
            groups: access groups of whose papers it is told beside those of no group; None: of all papers.
            without_tls: allow http to another machine.

        Raises:
            AccessError: the reader is no admin of all groups.
            WebhookError: the address is none of these, or no event is named.
        """
        self._needs_all()
        chosen, held = tuple(one for one in EVENT_TYPES if one in set(events)), checked_groups(groups)
        _check(url, without_tls=without_tls)
        if not chosen:
            raise WebhookError(f"Name at least one event: {', '.join(EVENT_TYPES)}.")
        secret = _SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
        values = {
            "url": url, "secret": secret, "events": json.dumps(chosen), "created": _now(), "plain": without_tls,
            "groups": None if held is None else json.dumps(sorted(held)),
        }  # fmt: skip
        with self._catalogue.keeping("The webhook", self._reader, "admin") as conn:
            made: int = conn.execute(webhooks.insert().values(**values).returning(webhooks.c.id)).scalar_one()
        return self.get(made), secret

    def all(self) -> tuple[Webhook, ...]:
        """Every webhook, the oldest first, with how much waits for it and what went wrong last."""
        self._needs_all()
        with self._catalogue.read() as conn:
            rows = conn.execute(select(webhooks).order_by(webhooks.c.id)).all()
            counts = select(deliveries.c.webhook_id, deliveries.c.state, func.count()).group_by(deliveries.c.webhook_id, deliveries.c.state)
            held = {(hook, state): count for hook, state, count in conn.execute(counts)}
            wrong = select(deliveries.c.webhook_id, deliveries.c.error).where(deliveries.c.error != "").order_by(deliveries.c.id)
            errors = {row.webhook_id: row.error for row in conn.execute(wrong)}
        return tuple(
            _webhook(row, held.get((row.id, "waiting"), 0), held.get((row.id, "failed"), 0), errors.get(row.id, "")) for row in rows
        )

    def get(self, number: int) -> Webhook:
        """One webhook. Raises `WebhookError`: there is none of that number."""
        found = next((one for one in self.all() if one.id == number), None)
        if found is None:
            raise WebhookError(f"There is no webhook {number}. `setu webhooks list` lists those there are.")
        return found

    def remove(self, number: int) -> Webhook:
        """Tell it nothing any more, also not what waits. Raises `WebhookError`: there is none of that number."""
        found = self.get(number)
        with self._catalogue.keeping("That", self._reader, "admin") as conn:
            conn.execute(delete(webhooks).where(webhooks.c.id == number))
        return found

    def retry(self, number: int) -> int:
        """Try again what was given up; returns how much. Raises `WebhookError`: there is none of that number."""
        self.get(number)
        given_up = (deliveries.c.webhook_id == number) & (deliveries.c.state == "failed")
        with self._catalogue.keeping("That", self._reader, "admin") as conn:
            return conn.execute(deliveries.update().where(given_up).values(state="waiting", due=_now(), tries=0)).rowcount

    def trial(self, number: int) -> Delivery:
        """A delivery of type ``test`` for a webhook, which is not kept. Raises `WebhookError`: there is none of that number."""
        found = self.get(number)
        with self._catalogue.read() as conn:
            secret: str = conn.execute(select(webhooks.c.secret).where(webhooks.c.id == number)).scalar_one()
        return Delivery(0, found.url, secret, f"test-{secrets.token_hex(8)}", "test", _now(), {}, 0)

    def note_due(self, document_id: int, obligation: str, day: str) -> int:
        """Note that an obligation of a paper falls due on a day (ISO), once; returns for how many webhooks."""
        key = f"due-{document_id}-{obligation}-{day}"
        with self._catalogue.write() as conn:
            return note(conn, "obligation.due", document_id, key, {"obligation": f"{document_id}.{obligation}", "due": day})

    def wants_due(self) -> datetime | None:
        """Since when some webhook is told of obligations (UTC); None where none is."""
        with self._catalogue.read() as conn:
            rows = conn.execute(select(webhooks.c.created, webhooks.c.events)).all()
        return min((row.created for row in rows if "obligation.due" in json.loads(row.events)), default=None)

    def take(self, most: int) -> tuple[Delivery, ...]:
        """What is to be sent now, so many at most; nobody else is given it until its next try."""
        now = _now()
        with self._catalogue.read() as conn:
            if conn.scalar(select(deliveries.c.id).where(_is_due(now)).limit(1)) is None:
                return ()
        with self._catalogue.write() as conn:
            conn.execute(
                delete(deliveries).where(
                    deliveries.c.state == "sent", deliveries.c.type != "obligation.due", deliveries.c.created < now - KEPT
                )
            )
            query = select(deliveries, webhooks.c.url, webhooks.c.secret, webhooks.c.groups).join(webhooks)
            taken = []
            for row in conn.execute(
                query.where(_is_due(now))
                .order_by(deliveries.c.due, deliveries.c.id)
                .limit(most)
                .with_for_update(skip_locked=True, of=deliveries)
            ).all():
                held = set(conn.scalars(select(document_groups.c.name).where(document_groups.c.document_id == row.document_id)))
                mine = deliveries.update().where(deliveries.c.id == row.id)
                if held and row.groups is not None and held.isdisjoint(json.loads(row.groups)):
                    conn.execute(mine.values(state="withheld"))
                    continue
                wait = RETRIES[min(row.tries, len(RETRIES) - 1)]
                conn.execute(mine.values(tries=row.tries + 1, due=now + wait))
                data = {"document": row.document_id, **_paper(conn, row.document_id), **json.loads(row.about)}
                taken.append(Delivery(row.id, row.url, row.secret, _told_as(row), row.type, row.created, data, row.tries + 1))
        return tuple(taken)

    def sent(self, delivery: Delivery) -> None:
        """Note that it was told."""
        self._note(delivery, state="sent", error="")

    def failed(self, delivery: Delivery, why: str, *, gone: bool = False) -> None:
        """Note that it could not be told, and why; it is tried again, or given up after the last try or where the receiver is ``gone``."""
        over = gone or delivery.tries >= len(RETRIES)
        self._note(delivery, error=why[:_MOST_ERROR], **({"state": "failed"} if over else {}))

    def _note(self, delivery: Delivery, **values: str) -> None:
        with self._catalogue.write() as conn:
            conn.execute(deliveries.update().where(deliveries.c.id == delivery.id).values(**values))

    def _needs_all(self) -> None:
        if not self._reader.may("admin") or self._reader.groups is not None or self._reader.collections is not None:
            raise AccessError("Webhooks concern every document and take an admin of all access groups. Ask one.")
        self._reader.still("admin")


def _is_due(now: datetime) -> Any:
    return (deliveries.c.state == "waiting") & (deliveries.c.due <= now)


def _told_as(row: Row[Any]) -> str:
    """The id under which a receiver knows the event, the same at each try."""
    return f"msg_{row.webhook_id}_{row.id}"


def _paper(conn: Any, document_id: int) -> dict[str, Any]:
    """What is told of a paper as it is now; of one that is not to leave the house, or is gone, neither title nor name of the file."""
    paper = conn.execute(select(documents.c.in_house, documents.c.source).where(documents.c.id == document_id)).first()
    if paper is None:
        return {"title": None}
    query = select(versions.c.title, versions.c.kind, versions.c.language, versions.c.date).where(versions.c.document_id == document_id)
    row = conn.execute(query.where(versions.c.state == "published").order_by(versions.c.number.desc()).limit(1)).first()
    if row is None:
        return {"title": None, "file": None if paper.in_house else plain(paper.source).rpartition("/")[2]}
    title = None if paper.in_house else row.title
    return {"title": title, "kind": row.kind, "language": row.language, "date": row.date.isoformat() if row.date else None}


def _check(url: str, *, without_tls: bool) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise WebhookError(f"{url[:200]!r} is no address.") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.fragment or not url.isprintable() or " " in url:
        raise WebhookError("The address of a webhook is https://host/path, without a name, a password or a fragment.")
    if parts.scheme == "http" and not without_tls and not _is_here(host):
        raise WebhookError("Without TLS only this machine is told. Take https, or allow it: setu webhooks add --plain")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _webhook(row: Row[Any], waiting: int, failed: int, error: str) -> Webhook:
    groups = None if row.groups is None else frozenset(json.loads(row.groups))
    return Webhook(row.id, row.url, tuple(json.loads(row.events)), groups, row.created.replace(tzinfo=UTC), waiting, failed, error)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
