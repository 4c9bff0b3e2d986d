"""The queue of a base on a server: what somebody asked for is written down in one transaction with the file that it is about.

Whoever asks sees how their jobs stand from every machine. A worker claims one thing after another, tells how far it is, and writes down
what came of it in the transaction that lets the file go.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.queue import procrastinate_queue as tickets
from kb.queue.queue_tables import UNFINISHED
from kb.queue.queue_tables import queued_items as items
from kb.store.catalogue import Catalogue
from kb.store.originals.places import WAITING, DatabasePlace, put_file, remove_file

KEPT: Final = timedelta(days=7)
"""How long a job is kept after it last changed."""
FIRST: Final = 100
"""The priority of the first thing of a job; each that follows has less, down to 0, so that one paper goes before the rest of a hundred."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A thing to be done: what people call it, what is to be done as JSON has it, and the bytes that it is about, if any.

    ``ended``: it is finished already, as one that was refused at once; the state, and what is told of it.
    """

    name: str
    errand: Mapping[str, Any]
    stream: IO[bytes] | None = None
    ended: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class QueuedItem:
    """How a thing stands: ``state`` as who asks names it, ``told`` is what a worker said of it last."""

    name: str
    state: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job: what somebody asked for at once, in order."""

    id: str
    owner: str
    items: tuple[QueuedItem, ...]
    stopping: bool
    begun: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker has begun: nobody else's try of it is listened to from now on."""

    job: str
    ordinal: int
    owner: str
    name: str
    errand: Mapping[str, Any]
    run: str

    @property
    def file(self) -> str:
        """What the bytes are called that it is about."""
        return f"{WAITING}{self.job}-{self.ordinal}"


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue stands: things that wait, are being done or failed, workers that are alive, and since when the oldest has waited."""

    waiting: int
    working: int
    failed: int
    workers: int
    oldest: datetime | None
    again: int
    """Those among the waiting that were tried and are to be tried again."""


class JobQueue:
    """The queue of one base. May be shared between threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._files = DatabasePlace(catalogue.engine)

    def add(self, owner: str, asked: Sequence[Asked]) -> str:
        """Write down what somebody asks for, with the files, all of it or nothing; the key of the job.

        Raises:
            TooManyError: they have as many unfinished jobs as they may.
            MissingExtraError: Procrastinate is not installed.
            KnowledgeBaseError: the database cannot be written.
        """
        self._prepare()
        job, now = secrets.token_urlsafe(9), _now()
        unfinished = select(func.count(items.c.job.distinct())).where(items.c.owner == owner, items.c.state.in_(UNFINISHED))
        with self._catalogue.engine.begin() as conn:  # a new row concerns no other writer, and a large file would keep them waiting
            if (conn.scalar(unfinished) or 0) >= MOST_WAITING:
                raise TooManyError
            conn.execute(items.delete().where(items.c.changed < now - KEPT, items.c.state.not_in(UNFINISHED)))
            for ordinal, one in enumerate(asked):
                state, told = one.ended or ("waiting", {})
                if one.stream is not None:
                    put_file(conn, f"{WAITING}{job}-{ordinal}", one.stream)
                ticket = tickets.give_ticket(conn, job, ordinal, max(0, FIRST - ordinal)) if one.ended is None else None
                row = {"job": job, "ordinal": ordinal, "owner": owner, "name": one.name, "errand": _json(one.errand), "ticket": ticket}
                conn.execute(items.insert().values(**row, state=state, told=_json(told), begun=now, changed=now))
        return job

    def get(self, job: str, owner: str) -> QueuedJob | None:
        """A job of this owner; None where there is none. Raises `KnowledgeBaseError`."""
        found = self._jobs(items.c.job == job, items.c.owner == owner)
        return found[0] if found else None

    def of(self, owner: str) -> tuple[QueuedJob, ...]:
        """The jobs of this owner, the newest first. Raises `KnowledgeBaseError`."""
        return self._jobs(items.c.owner == owner)

    def unfinished(self) -> tuple[QueuedJob, ...]:
        """Everybody's unfinished jobs, the oldest first. Raises `KnowledgeBaseError`."""
        return tuple(reversed(self._jobs(items.c.job.in_(select(items.c.job).where(items.c.state.in_(UNFINISHED))))))

    def cancel(self, job: str, owner: str) -> None:
        """Have what waits of a job not be done, and what is being done be stopped at the next good moment. Raises `KnowledgeBaseError`."""
        mine = and_(items.c.job == job, items.c.owner == owner)
        with self._catalogue.engine.begin() as conn:
            conn.execute(items.update().where(mine, items.c.state.in_(UNFINISHED)).values(stopping=True))
            waiting = conn.scalars(
                items.update().where(mine, items.c.state == "waiting").values(state="cancelled", changed=_now()).returning(items.c.ordinal)
            ).all()
            for ordinal in waiting:
                remove_file(conn, f"{WAITING}{job}-{ordinal}")

    def state(self) -> QueueState:
        """How the queue stands. Raises `KnowledgeBaseError`."""
        with self._catalogue.read() as conn:
            return state_of(conn)

    def claim(self, job: str, ordinal: int) -> Claim | None:
        """Begin a thing, whoever had begun it before; None where it is finished, or was cancelled. Raises `KnowledgeBaseError`."""
        run = secrets.token_hex(8)
        mine = and_(items.c.job == job, items.c.ordinal == ordinal, items.c.state.in_(UNFINISHED))
        change = items.update().where(mine).values(state="working", run=run, changed=_now())
        with self._catalogue.engine.begin() as conn:
            row = conn.execute(change.returning(items.c.owner, items.c.name, items.c.errand)).first()
        return Claim(job, ordinal, row.owner, row.name, json.loads(row.errand), run) if row is not None else None

    def bring(self, claim: Claim, file: Path) -> None:
        """Write the bytes that a thing is about into a file.

        Raises:
            FileNotFoundError: there are none any more.
            KnowledgeBaseError: the database cannot be read.
        """
        with file.open("wb") as out:
            for part in self._files.pieces(claim.file):
                out.write(part)

    def tell(self, claim: Claim, told: Mapping[str, Any]) -> bool:
        """Write down how far a thing is; False where it is to be stopped, or somebody else does it now. Raises `KnowledgeBaseError`."""
        change = items.update().where(_held(claim)).values(told=_json(told), changed=_now())
        with self._catalogue.engine.begin() as conn:
            stopping = conn.scalar(change.returning(items.c.stopping))
        return stopping is False

    def finish(self, claim: Claim, state: str, told: Mapping[str, Any]) -> None:
        """Write down what came of a thing, and let its bytes go, at once. Raises `KnowledgeBaseError`."""
        with self._catalogue.engine.begin() as conn:
            change = items.update().where(_held(claim)).values(state=state, told=_json(told), changed=_now())
            if conn.execute(change).rowcount:
                remove_file(conn, claim.file)

    def put_off(self, claim: Claim, told: Mapping[str, Any]) -> None:
        """Write down that a thing is to be tried again, and why. Raises `KnowledgeBaseError`."""
        with self._catalogue.engine.begin() as conn:
            conn.execute(items.update().where(_held(claim)).values(state="waiting", told=_json(told), changed=_now()))

    def rescue(self) -> None:
        """Give a new ticket to what is unfinished and has none, as after the database was put back. Raises `KnowledgeBaseError`."""
        unfinished = select(items.c.job, items.c.ordinal, items.c.ticket).where(items.c.state.in_(UNFINISHED))
        with self._catalogue.read() as conn:
            rows = conn.execute(unfinished).all()
            live = tickets.live_tickets(conn) if rows else frozenset()
        lost = [row for row in rows if row.ticket not in live]
        for row in lost:
            with self._catalogue.write() as conn:
                mine = and_(items.c.job == row.job, items.c.ordinal == row.ordinal)
                now = conn.execute(select(items.c.ticket, items.c.state).where(mine)).first()
                if now is None or now.state not in UNFINISHED or now.ticket in tickets.live_tickets(conn):
                    continue  # it was finished just now, or another worker came first
                ticket = tickets.give_ticket(conn, row.job, row.ordinal, max(0, FIRST - row.ordinal))
                conn.execute(items.update().where(mine).values(ticket=ticket))

    def prepare(self) -> None:
        """Have all tables be there. Raises `MissingExtraError` and `KnowledgeBaseError`."""
        with self._catalogue.write() as conn:
            tickets.install(conn)

    def _prepare(self) -> None:
        with self._catalogue.read() as conn:
            there = tickets.is_installed(conn)
        if not there:
            self.prepare()

    def _jobs(self, *which: ColumnElement[bool]) -> tuple[QueuedJob, ...]:
        with self._catalogue.read() as conn:
            rows = _rows(conn, which)
        found: dict[str, list[Row[Any]]] = {}
        for row in rows:
            found.setdefault(row.job, []).append(row)
        return tuple(
            QueuedJob(
                job, each[0].owner, tuple(QueuedItem(row.name, row.state, json.loads(row.told)) for row in each),
                any(row.stopping and row.state in UNFINISHED for row in each), each[0].begun,
            )
            for job, each in found.items()
        )  # fmt: skip


def state_of(conn: Connection) -> QueueState:
    """How the queue of a base stands that a connection is of."""
    counts = {row.state: row.n for row in conn.execute(select(items.c.state, func.count().label("n")).group_by(items.c.state))}
    oldest = conn.scalar(select(func.min(items.c.begun)).where(items.c.state == "waiting"))
    again = conn.scalar(select(func.count()).where(items.c.state == "waiting", items.c.run != "")) or 0
    alive = tickets.workers(conn) if tickets.is_installed(conn) else 0
    return QueueState(counts.get("waiting", 0), counts.get("working", 0), counts.get("failed", 0), alive, oldest, again)


def _rows(conn: Connection, which: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    return conn.execute(select(items).where(*which).order_by(items.c.begun.desc(), items.c.job, items.c.ordinal)).all()


def _held(claim: Claim) -> ColumnElement[bool]:
    """The row of a claim, as long as nobody else has begun it since."""
    return and_(items.c.job == claim.job, items.c.ordinal == claim.ordinal, items.c.run == claim.run, items.c.state == "working")


def _json(held: Mapping[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
