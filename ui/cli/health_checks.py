"""Is Setu well, in under two seconds: what ``setu health`` looks at, and how it is judged."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kb.errors import KnowledgeBaseError
from ui.cli.doctor import Check, check_disk, check_fonts, check_ocr

if TYPE_CHECKING:
    from kb.settings import Settings
    from kb.store.maintenance import StoreState

APP_PATH: Final = "/_stcore/health"
"""Where the chat's own server says that it is up."""
_APP_SECONDS: Final = 1.0


def look(
    settings: Settings, *, app: str | None = None, stale_hours: float | None = None, groups: frozenset[str] | None = None
) -> Iterator[Check]:
    """Every check in turn. Nothing is started, changed or waited for, so a monitor may ask at any time.

    Args:
        settings: of the home that is looked at.
        app: the address of the chat, which is asked too.
        stale_hours: after so many hours without an ingest a warning is given.
        groups: what is counted are the documents that these access groups see; None: all.
    """
    from kb.store.maintenance import half_restored, store_state, vector_server, writer_at_work

    disk = check_disk(settings.home)
    yield disk
    busy = writer_at_work(settings)
    built_with: str | None = None
    try:
        state = store_state(settings, groups)
    except KnowledgeBaseError as error:
        yield Check("catalogue", "failed", str(error), "Run setu doctor; if the catalogue is damaged, restore a backup.")
    else:
        yield from check_catalogue(state, busy, stale_hours)
        built_with = state.embedder
    yield Check("writer", "ok", "taking in or deleting documents" if busy else "none at work")
    server = "elsewhere" if settings.chroma_url else vector_server(settings)
    if server == "silent":
        yield Check(
            "vectors", "failed", "the vector server does not answer", "Stop the chat and start it again; then run setu doctor --verify."
        )
    else:
        yield Check("vectors", "ok", {"idle": "no server runs, since nobody asks", "answers": "the server answers"}.get(server, server))
    if disk.outcome != "failed":  # the model keeps what it made of its weights there
        yield check_model(settings, built_with)
    if (queue := check_queue(settings)) is not None:
        yield queue
    yield check_ocr()
    yield check_fonts()
    if half_restored(settings.home) and not busy:
        yield Check(
            "restore", "warning", "a restore was interrupted", "Run setu restore again, or delete the folder restoring in SETU_HOME."
        )
    if app is not None:
        yield check_app(app)


def check_queue(settings: Settings) -> Check | None:
    """Whether workers run, where uploads wait for them; None where they wait for none."""
    from kb.store.maintenance import queue_state

    try:
        found = queue_state(settings)
    except KnowledgeBaseError as error:
        return Check("queue", "failed", str(error), "Follow the message; until then nothing that is sent is taken in.")
    if found is None:
        return None
    said = f"{found.waiting} wait ({found.again} to be tried again), {found.working} under way, {found.workers} workers"
    if not found.workers:
        return Check("queue", "warning", f"no worker runs; {said}", "Start one on any machine: setu worker; or set SETU_QUEUE=false.")
    return Check("queue", "ok", said)


def check_catalogue(state: StoreState, busy: bool, stale_hours: float | None) -> Iterator[Check]:
    """Whether the layout of the catalogue is that of this Setu, whether anything is half done, and when something was last taken in."""
    from kb.store.schema import SCHEMA_VERSION

    if state.layout is None:
        yield Check("catalogue", "warning", "there is none yet", "Take papers in: setu ingest PATH…")
        return
    counted = f"{state.documents} documents, {state.rejected} rejected, layout {state.layout}"
    if not state.layout.isdecimal() or int(state.layout) > int(SCHEMA_VERSION):
        yield Check("catalogue", "failed", f"{counted}; this Setu knows up to {SCHEMA_VERSION}", "Update Setu.")
    elif state.layout != SCHEMA_VERSION:
        yield Check("catalogue", "warning", f"{counted}; {SCHEMA_VERSION} is current", "It is brought there when Setu next opens it.")
    elif state.staged and not busy:
        yield Check("catalogue", "warning", f"{counted}; {state.staged} half taken in", "The next ingest undoes them.")
    else:
        yield Check("catalogue", "ok", counted)
    if state.age_hours is not None:
        old = stale_hours is not None and state.age_hours > stale_hours
        yield Check("ingest", "warning" if old else "ok", f"last {state.age_hours:.1f} hours ago", "Look why nothing came." if old else "")


def check_model(settings: Settings, built_with: str | None) -> Check:
    """Whether the embedding model loads and embeds, and is the one that the index was built with."""
    from kb.embed.embedder import open_embedder

    try:
        embedder = open_embedder(settings)
        length = len(embedder.query("सेतु"))
    except (KnowledgeBaseError, ImportError, OSError) as error:
        return Check("model", "failed", str(error), "Set the project up again, or unset SETU_EMBEDDER to use the bundled model.")
    if built_with not in (None, embedder.name):
        detail = f"the index was built with {built_with}, configured is {embedder.name}"
        return Check("model", "failed", detail, "Set SETU_EMBEDDER back, or run setu reindex.")
    return Check("model", "ok", f"{embedder.name}, {length} dimensions")


def check_app(address: str) -> Check:
    """Whether the chat at an address says that it is up."""
    if urlsplit(address).scheme not in ("http", "https"):
        return Check("app", "failed", f"{address} is no http address", "Name it like http://127.0.0.1:8501")
    remedy = "Start it (systemctl start setu) and look into its log."
    try:
        with urllib.request.urlopen(address.rstrip("/") + APP_PATH, timeout=_APP_SECONDS) as reply:
            if reply.status == 200 and reply.read(16).strip() == b"ok":
                return Check("app", "ok", f"{address} answers")
            return Check("app", "failed", f"{address} answers, but does not say ok (status {reply.status})", remedy)
    except (OSError, urllib.error.URLError, ValueError) as error:
        return Check("app", "failed", f"{address} does not answer: {getattr(error, 'reason', error)}", remedy)
