"""``setu ingest --watch``: a folder is kept in step with the knowledge base, one line for each file."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.terminal import one_line

if TYPE_CHECKING:
    from ingest.records import Kind, Links
    from ingest.watch import Changes, Watched
    from kb import KnowledgeBase
    from kb.records import IngestSummary


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that Ctrl-C (or SIGTERM) sets, so that work ends at a good moment; a second one ends it at once."""
    stop = threading.Event()

    def heard(_number: int, _frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        click.echo("Stopping …", err=True)

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_watch(
    kb: KnowledgeBase,
    folder: Path,
    stop: threading.Event,
    *,
    kind: Kind | None,
    groups: Sequence[str] = (),
    collections: Sequence[int] = (),
    prune: bool,
    links: Links = "inside",
    as_json: bool,
) -> None:
    """Take in what comes and changes in ``folder`` until ``stop`` is set, for these ``groups``, into these ``collections``.

    With ``prune``, withdraw what goes.
    """
    from ingest.records import Access
    from ingest.watch import Watched, wakes
    from kb.errors import KnowledgeBaseError

    watched = Watched(folder.absolute(), access=Access(links))
    first = True
    for _ in wakes(watched, stop):
        changes = watched.look(time.monotonic())
        if first and not watched.is_restless:
            # Every file has been taken in once: what went while nobody watched is seen now.
            if prune:
                _report(kb.prune([watched.folder]), as_json)
            first = False
            if not as_json:
                click.echo(f"Watching {one_line(str(watched.folder))}. Ctrl-C ends it.", err=True)
        if not (changes.changed or changes.gone):
            continue
        try:
            _follow(kb, watched, changes, stop, kind=kind, groups=groups, collections=collections, prune=prune, as_json=as_json)
        except KnowledgeBaseError as error:  # e.g. another process is writing for long: the files are still there at the next look
            click.echo(f"setu: {one_line(str(error))}", err=True)
            watched.again(changes.changed)


def _follow(
    kb: KnowledgeBase,
    watched: Watched,
    changes: Changes,
    stop: threading.Event,
    *,
    kind: Kind | None,
    groups: Sequence[str],
    collections: Sequence[int],
    prune: bool,
    as_json: bool,
) -> None:
    if changes.changed:
        links, within = watched.access.links, watched.folder
        summary = kb.ingest(
            changes.changed, kind=kind, groups=groups, collections=collections, cancelled=stop.is_set, links=links, within=within
        )
        _report(summary, as_json)
    if changes.gone and not stop.is_set():
        if prune:
            _report(kb.prune([watched.folder]), as_json)
        else:
            for file in changes.gone:
                _line("gone", str(file), "its document stays in use; --prune withdraws it", as_json)


def _report(summary: IngestSummary, as_json: bool) -> None:
    for old, new in summary.moved:
        _line("moved", new, f"from {old}", as_json)
    for file in summary.added:
        _line("added", file, "", as_json)
    for file in summary.updated:
        _line("updated", file, "", as_json)
    for reject in summary.rejected:
        _line("rejected", reject.file, f"{reject.reason} {reject.remedy}", as_json)
    for file in summary.withdrawn:
        _line("withdrawn", file, "", as_json)
    for note in summary.notes:
        _line("note", "", note, as_json)


def _line(event: str, file: str, said: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"event": event, "file": file, "said": said}, ensure_ascii=False))
        return
    told = " · ".join(one_line(part) for part in (file, said) if part)
    click.echo(f"{datetime.now():%H:%M:%S}  {event:<9}  {told}")
