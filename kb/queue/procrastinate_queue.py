"""Procrastinate, as the queue uses it: its tables, whose turn it is, and the loop of a worker. No other module knows it.

A ticket is a job of Procrastinate that names a row of `queued_items`. It is made in the transaction of that row, so that there is none
without the other.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from packaging.version import Version
from sqlalchemy import Connection, make_url, select, text

from kb.errors import MissingExtraError
from kb.store.postgresql import server_connections
from kb.store.schema import meta

if TYPE_CHECKING:
    from procrastinate import App, JobContext

QUEUE: Final = "setu"
TASK: Final = "setu.errand"
_NOTED: Final = "procrastinate"
"""In `meta`: the version that the tables are of."""
HEARTBEAT_S: Final = 5.0
LOST_S: Final = 30.0
"""After so long without a heartbeat a worker is given up for dead, and what it did is begun again by another."""
_LOOK_S: Final = 5.0
_GRACE_S: Final = 5.0
TRIES: Final = 20
_LONGEST_S: Final = 600.0
log = logging.getLogger(__name__)

Errand = Callable[[str, int, int, Callable[[], bool]], None]
"""Does a row of `queued_items`: its job and ordinal, how often it was tried before, and whether the worker ends. Raises `AgainError`."""


class AgainError(Exception):
    """What was done failed for a reason that may pass: it is to be tried again after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def wait_s(tried: int) -> float:
    """After how many seconds something is tried again that was tried so often before: twice as long each time, up to ten minutes."""
    return float(min(2.0 ** (tried + 1), _LONGEST_S))


def install(conn: Connection) -> None:
    """Make Procrastinate's tables, or bring those of an older version to that of today, with a transaction that writes to the catalogue.

    Raises:
        MissingExtraError: Procrastinate is not installed.
    """
    schema = _manager()
    noted = conn.scalar(select(meta.c.value).where(meta.c.key == _NOTED))
    here = version("procrastinate")
    if noted == here:
        return
    driver: Any = conn.connection.driver_connection
    if not conn.dialect.has_table(conn, "procrastinate_jobs"):
        driver.execute(schema.get_schema())
    elif noted is not None:
        for file in sorted(Path(schema.get_migrations_path()).glob("*.sql")):
            if Version(noted) < Version(".".join(str(int(part)) for part in file.name.split("_")[0].split("."))) <= Version(here):
                driver.execute(file.read_text(encoding="utf-8"))
    if noted is None:
        conn.execute(meta.insert().values(key=_NOTED, value=here))
    elif Version(noted) < Version(here):
        conn.execute(meta.update().where(meta.c.key == _NOTED).values(value=here))


def is_installed(conn: Connection) -> bool:
    """Whether there are tables to make tickets in."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == _NOTED)) is not None


def give_ticket(conn: Connection, job: str, ordinal: int, priority: int) -> int:
    """Put a row of `queued_items` into the queue, with the transaction that wrote it; the number of the ticket."""
    from procrastinate import App, SyncPsycopgConnector

    app = App(connector=SyncPsycopgConnector())
    waits = app.configure_task(TASK, queue=QUEUE, priority=priority, connection=conn.connection.driver_connection, allow_unknown=True)
    return int(waits.defer(job=job, ordinal=ordinal))


def live_tickets(conn: Connection) -> frozenset[int]:
    """The tickets whose turn is to come, or that a worker has."""
    found = conn.scalars(
        text("SELECT id FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = :queue"), {"queue": QUEUE}
    )
    return frozenset(int(one) for one in found)


def workers(conn: Connection) -> int:
    """How many workers are alive."""
    found = conn.scalar(
        text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :lost)"), {"lost": LOST_S}
    )
    return int(found or 0)


def work(url: str, errand: Errand, rescue: Callable[[], None], ended: threading.Event, *, wait: bool = True) -> None:
    """Do what is in the queue, the most urgent first, until ``ended`` (or, without ``wait``, until nothing is left) or the database goes.

    Args:
        url: of the database.
        errand: does one row, in a thread.
        rescue: called every few seconds, in a thread: gives new tickets to rows that lost theirs.
        ended: once it is set, what is being done is put back within seconds.
        wait: stay for what comes later.

    Raises:
        Exception: the connection to the database broke, as Procrastinate or the driver tells it.
    """
    asyncio.run(_work(url, errand, rescue, ended, wait=wait))


async def _work(url: str, errand: Errand, rescue: Callable[[], None], ended: threading.Event, *, wait: bool) -> None:
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(**_connection(url), min_size=1, max_size=4))
    _register(app, errand)
    async with app.open_async():
        beside = asyncio.create_task(_look_after(app, rescue))
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE], concurrency=1, wait=wait, delete_jobs="always", fetch_job_polling_interval=_LOOK_S,
                install_signal_handlers=False, update_heartbeat_interval=HEARTBEAT_S, stalled_worker_timeout=LOST_S,
                shutdown_graceful_timeout=_GRACE_S,
            )
        )  # fmt: skip
        try:
            while not working.done() and not ended.is_set():
                await asyncio.wait([working], timeout=0.2)
            if not working.done():
                working.cancel()
            with suppress(asyncio.CancelledError):
                await working
        finally:
            beside.cancel()


def _register(app: App, errand: Errand) -> None:
    from procrastinate import BaseRetryStrategy, RetryDecision
    from procrastinate.exceptions import JobAborted
    from procrastinate.jobs import Job

    class Again(BaseRetryStrategy):
        def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
            if isinstance(exception, AgainError):
                return RetryDecision(retry_in={"seconds": int(exception.seconds)})
            return RetryDecision(retry_in={"seconds": 1}) if isinstance(exception, JobAborted) else None

    @app.task(name=TASK, queue=QUEUE, retry=Again(), pass_context=True)
    def _done(context: JobContext, job: str, ordinal: int) -> None:
        errand(job, ordinal, context.job.attempts, context.should_abort)
        if context.should_abort():
            raise JobAborted


async def _look_after(app: App, rescue: Callable[[], None]) -> None:
    """Take up again what a worker had that was killed, and what lost its ticket."""
    while True:
        try:
            await app.job_manager.prune_stalled_workers(LOST_S)
            for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=LOST_S):
                await app.job_manager.retry_job(job)
                log.warning("a worker was lost; what it had begun is begun again")
            await asyncio.to_thread(rescue)
        except Exception as error:  # noqa: BLE001 - the worker goes on, or ends by itself when the database is gone
            log.warning("the queue could not be looked after: %s", error)
        await asyncio.sleep(_LOOK_S)


def _connection(url: str) -> Mapping[str, Any]:
    """What the pool of Procrastinate needs to connect as the base does."""
    parts = server_connections.chosen(make_url(url))
    arguments = server_connections.arguments(parts, 30.0)
    query = {name: value for name, value in parts.query.items() if name != "options"}
    named = {"host": parts.host, "port": parts.port, "dbname": parts.database, "user": parts.username, "password": parts.password}
    return {"kwargs": {name: value for name, value in {**named, **query, **arguments}.items() if value is not None}, "timeout": 15.0}


def _manager() -> Any:
    try:
        from procrastinate.schema import SchemaManager
    except ImportError as error:
        raise MissingExtraError(
            "A queue of jobs needs the package procrastinate, which is not installed. Run on every machine: "
            "pip install -c constraints.txt -e '.[postgresql]'; or set SETU_QUEUE=false, and the process that is asked takes uploads in."
        ) from error
    return SchemaManager
