"""``setu ingest`` and ``setu extract``: papers are read and taken in.

With ``--watch`` a folder is kept in step with the knowledge base, one line for each file.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.records import KINDS, Kind, Links
from lang.languages import LANGUAGES, Language
from ui.cli.output import Failure, clean, iso, json_option, knowledge_base, one_line, plain_errors

if TYPE_CHECKING:
    from ingest.records import Document, Kind, Links
    from ingest.watch import Changes, Watched
    from kb import KnowledgeBase
    from kb.records import IngestSummary, Progress
    from kb.settings import Settings


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


STAGES = {"read": "Reading", "embed": "Embedding", "publish": "Publishing"}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH_OR_ADDRESS…")
@click.option("--kind", type=click.Choice(KINDS), help="What these documents are; by default it is told from their text.")
@click.option(
    "--group", "groups", metavar="GROUP", multiple=True, help="New documents are seen by this access group only; may be repeated."
)
@click.option(
    "--collection",
    "collections",
    metavar="NAME",
    multiple=True,
    help="Put them into this collection, which is made where there is none of that name; may be repeated.",
)
@click.option("--prune", is_flag=True, help="Take documents out of the search whose files are no longer in the folders named here.")
@click.option("--follow-links", is_flag=True, help="Follow symbolic links also where they lead out of the folders named here.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="In which it is said what to do about badly read pages.",
)
@click.option("--watch", is_flag=True, help="Stay, and take in what comes and changes in the one folder named.")
@json_option
@click.pass_context
def ingest(
    context: click.Context,
    paths: tuple[str, ...],
    kind: Kind | None,
    groups: tuple[str, ...],
    collections: tuple[str, ...],
    prune: bool,
    follow_links: bool,
    watch: bool,
    language: Language,
    as_json: bool,
) -> None:
    r"""Take files, every file in a folder, or one page of the web, into the knowledge base.

    Of a ZIP archive the documents in it are taken in, of a mail itself and its attachments.

    A file that has not changed is skipped. A file that cannot be read is reported with a reason and a remedy and does
    not stop the others; the exit status is then 1. A file that was moved keeps its document with all its versions. Ctrl-C stops
    at a good moment (exit status 130); the same command goes on from there.

    Symbolic links in a folder are followed inside the folder; one that leads out of it is reported. Setu's own data, and files
    that hold passwords or keys, are never read.

    With --watch, a file is taken in when it has stood still for two seconds, and each file is told on a line of its own.

    \b
    Example:
      setu ingest papers/ memorandum.pdf --kind agreement
      setu ingest papers/ --prune
      setu ingest confidential/ --group finance
      setu ingest thane/ --collection "Thane and MLIT"
      setu ingest --watch papers/
      setu ingest https://www.example.org/news/memorandum
    """
    links: Links = "follow" if follow_links else "inside"
    if watch:
        folder = Path(paths[0])
        if len(paths) != 1 or not folder.is_dir():
            raise click.UsageError("--watch takes one folder, e.g. setu ingest --watch papers/")
        with knowledge_base() as kb, stoppable() as stop:
            from ui.components.collection_names import named_or_made

            into = named_or_made(kb, collections)
            keep_watch(kb, folder, stop, kind=kind, groups=groups, collections=into, prune=prune, links=links, as_json=as_json)
        return
    with knowledge_base() as kb, stoppable() as stop, progress_bar() as progress:
        from ui.components.collection_names import named_or_made

        summary = kb.ingest(
            [located(p) for p in paths], kind=kind, groups=groups, collections=named_or_made(kb, collections), progress=progress,
            cancelled=stop.is_set, prune=prune, links=links,
        )  # fmt: skip
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(summary))
    else:
        print_summary(summary, language)
    if summary.cancelled:
        context.exit(130)
    if summary.rejected:
        context.exit(1)


@click.command()
@click.argument("file", metavar="FILE_OR_ADDRESS")
@click.option("--kind", type=click.Choice(KINDS), help="What the document is; by default it is told from its text.")
@json_option
def extract(file: str, kind: Kind | None, as_json: bool) -> None:
    r"""Show what is read from FILE: pages, blocks with their place, facts. No index is needed or changed.

    \b
    Example:
      setu extract memorandum.pdf --json
    """
    with plain_errors():
        from kb.settings import Settings

        settings = Settings.load()
        document = _read(file, kind, settings)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(document))
    else:
        print_document(document)


def located(path: str) -> Path | str:
    """A web address stays a string, anything else is a path."""
    from ingest.discover import is_address

    return path if is_address(path) else Path(path)


def _read(file: str, kind: Kind | None, settings: Settings) -> Document:
    from ingest.errors import IngestError
    from ingest.parse.file_types import READABLE
    from ingest.pipeline import read_documents
    from ingest.records import Document

    place = located(file)
    if isinstance(place, Path) and place.is_dir():
        raise Failure(f"{file} is a folder; extract shows one file. Name a file in it, or use setu ingest.")
    for found in read_documents([place], kind=kind, limits=settings.limits, known=lambda source: False):
        if isinstance(found, IngestError):
            raise found
        if isinstance(found, Document) and found.source.parts:
            raise Failure(f"{file} is an archive; extract shows one document. Unpack it, or take its documents in with setu ingest.")
        if isinstance(found, Document):
            return found
    raise Failure(f"{file}: nothing could be read from this path. Check that it is a file Setu reads ({READABLE}).")


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A progress bar on stderr with one line per stage; silent where stderr is not a terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[file]}"),
    )
    tasks: dict[str, TaskID] = {}
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:

        def show(step: Progress) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bar.add_task(STAGES[step.stage], total=step.total or None, file="")
            name = escape(one_line(Path(step.file).name))[:40]
            bar.update(tasks[step.stage], completed=step.done, total=step.total or None, file=name)

        yield show


def print_summary(summary: IngestSummary, language: Language = "en") -> None:
    """What became of the files; what to do about badly read pages is said in ``language``."""
    from ui.components.answer_wording import badly_read_words
    from ui.components.i18n import strings

    counts = {"added": summary.added, "updated": summary.updated, "unchanged": summary.unchanged, "rejected": summary.rejected}
    click.echo(", ".join(f"{len(files)} {name}" for name, files in counts.items()) + f" in {summary.seconds:.1f} s")
    for name, sign in (("added", "+"), ("updated", "~")):
        for file in counts[name]:
            click.echo(f"  {sign} {one_line(str(file))}")
    for old, new in summary.moved:
        click.echo(f"  → {one_line(new)} (was {one_line(old)})")
    for file in summary.vanished:
        said = "was taken out of the search" if file in summary.withdrawn else "its document stays in use; --prune withdraws it"
        click.echo(f"  - {one_line(file)}: the file is gone; {said}")
    for note in summary.notes:
        click.secho(f"  ! {one_line(note)}", fg="yellow")
    for one in summary.badly_read:
        click.secho(f"  ◐ {one_line(one.file)}: {one_line(badly_read_words(one, strings(language)))}", fg="yellow")
    if summary.cancelled:
        click.secho("Stopped. What is listed is in; the same command goes on from here.", fg="yellow")
    for reject in summary.rejected:
        click.secho(f"  ✗ {one_line(reject.file)}: {one_line(reject.reason)}", fg="red")
        click.echo(f"    {one_line(reject.remedy)}")


def print_document(document: Document) -> None:
    """Facts first, then each page's blocks with the place they know."""
    facts = document.facts
    click.secho(one_line(facts.title), bold=True)
    click.echo(f"{facts.kind} · {facts.language} · date {iso(facts.date)} · publisher {one_line(facts.publisher or '-')}")
    if facts.parties:
        click.echo(f"parties: {'; '.join(one_line(p) for p in facts.parties)}")
    for fact in facts.dates:
        click.echo(f"{fact.role}: {fact.value.isoformat()} ({one_line(fact.text)})")
    for page in document.pages:
        click.secho(f"\nPage {page.number} (label {page.label}) · {page.method} · quality {page.quality:.2f} · {page.language}", bold=True)
        if page.note:
            click.secho(f"! {one_line(page.note)}", fg="yellow")
        for block in document.blocks:
            if block.page == page.number:
                click.secho(f"[{block.role}] {' › '.join(one_line(p) for p in block.path)}", dim=True)
                click.echo(clean(block.text))
