"""What the terminal commands share: opening the knowledge base, plain errors, filters, and how a place in a document is written.

Nothing heavy is imported at the top: ``setu --help`` must not load the knowledge base.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click
import regex

from ingest.records import KINDS
from lang.languages import PAPER_LANGUAGES

if TYPE_CHECKING:
    from kb import KnowledgeBase
    from kb.records import Citation, Context, Counterpart, Filters, Hit, Status, Variant
    from ui.components.i18n import Strings

F = TypeVar("F", bound=Callable[..., Any])

STATUS_SIGN: dict[Status, str] = {"verified": "✓", "partial": "◐", "unsupported": "✗"}


class Failure(click.ClickException):
    """An error that a person can act on: one line on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message on one line."""
        click.echo(f"setu: {' '.join(clean(self.message).split())}", err=True, file=file)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the errors of the rooms, and of the disk, into a ``Failure``."""
    from ingest.errors import IngestError
    from kb.errors import KnowledgeBaseError

    try:
        yield
    except (KnowledgeBaseError, IngestError) as error:
        from kb import event_log

        event_log.failure("command", error)
        raise Failure(str(error)) from error
    except OSError as error:
        remedy = "Check that the path exists and may be used."
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            remedy = "Give the user who runs Setu the right to write there, or point SETU_HOME at another folder."
        raise Failure(f"{error.strerror or error}: {error.filename or 'the data folder'}. {remedy}") from error


@contextmanager
def knowledge_base(collections: Sequence[str] | None = None) -> Iterator[KnowledgeBase]:
    """The knowledge base in ``SETU_HOME``, closed afterwards; errors come out as ``Failure``.

    With the names of ``collections`` it has the papers of these alone; of none, all papers but samples that are beside others.
    """
    with plain_errors():
        from kb import KnowledgeBase, Settings, event_log

        settings = Settings.load()
        event_log.start(settings)
        with KnowledgeBase.open(settings) as kb:
            yield kb if collections is None else kb.within([kb.collections.named(name).id for name in collections])


def clean(text: str) -> str:
    """Text that cannot steer a terminal: control and bidirectional-override characters become visible replacements."""
    return regex.sub(r"[\p{Cc}--[\n\t]]|[\u202A-\u202E\u2066-\u2069]", "\N{REPLACEMENT CHARACTER}", text, flags=regex.V1)


def one_line(text: str) -> str:
    """``clean`` text with its line breaks and runs of spaces folded, for a single line of a listing."""
    return " ".join(clean(text).split())


def in_bold(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """``one_line`` of a text with what stands in the spans of ``marks`` in bold."""
    pieces, last = [], 0
    for start, end in marks:
        pieces += [_folded(text[last:start]), click.style(_folded(text[start:end]), bold=True)]
        last = end
    return "".join([*pieces, _folded(text[last:])]).strip()


def _folded(text: str) -> str:
    return regex.sub(r"\s+", " ", clean(text))


def with_examples(command: click.Command) -> None:
    """Have the help of a command, and of those below it, keep the lines of its examples: click's mark is two letters in a raw docstring."""
    if command.help:
        command.help = command.help.replace("\\b\n", "\b\n")
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        with_examples(below)


OUT_FILE = click.Path(path_type=Path, dir_okay=False)
"""The form of an option that names a file to be written."""


def json_option(function: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(function)


def collection_option(function: F) -> F:
    """Add ``--collection``, whose names `knowledge_base` takes."""
    said = "Only papers of this collection (see setu collections list); repeatable. By default all but samples that are beside others."
    return click.option("--collection", "collections", multiple=True, metavar="NAME", help=said)(function)


def filter_options(function: F) -> F:
    """Add the options that limit a search; ``filters_from`` reads them, but for the collections, which `knowledge_base` takes."""
    day = click.DateTime(formats=["%Y-%m-%d"])
    for decorate in (
        click.option("--to", "date_to", type=day, help="Only documents dated on or before this day (YYYY-MM-DD)."),
        click.option("--from", "date_from", type=day, help="Only documents dated on or after this day (YYYY-MM-DD)."),
        click.option(
            "--document", "documents", type=int, multiple=True, metavar="ID", help="Only this document (see setu docs list); repeatable."
        ),
        click.option(
            "--language", "languages", type=click.Choice(PAPER_LANGUAGES), multiple=True, help="Only passages in this language; repeatable."
        ),
        click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only documents of this kind; repeatable."),
        collection_option,
    ):
        function = decorate(function)
    return function


def filters_from(
    kinds: tuple[Any, ...], languages: tuple[Any, ...], documents: tuple[int, ...], date_from: datetime | None, date_to: datetime | None
) -> Filters:
    """The ``Filters`` of the options.

    Raises:
        click.UsageError: the first day is after the last one.
    """
    from kb.records import Filters

    if date_from and date_to and date_from > date_to:
        raise click.UsageError(f"--from {date_from:%Y-%m-%d} is after --to {date_to:%Y-%m-%d}; no document can match.")
    return Filters(kinds, languages, documents, date_from.date() if date_from else None, date_to.date() if date_to else None)


def place(cited: Citation | Hit, words: Strings) -> str:
    """``Memorandum … · p. 6 · Article 4 › (2) · 26 November 2025 · characters 1201 to 1377``."""
    from ui.components.answer_wording import page_words

    parts = [
        cited.document,
        page_words(cited, words),
        " › ".join(cited.path),
        words.date(cited.date),
        words("place.offsets", start=cited.start, end=cited.end),
    ]
    return " · ".join(one_line(p) for p in parts if p)


def versions_of(counterparts: Sequence[Counterpart], words: Strings) -> list[str]:
    """``The same passage in Marathi: सहकार्य करार (8) · p. 2 · कलम ४``, a line for each, with the number by which `setu docs` knows it."""
    lines = []
    for c in counterparts:
        parts = [f"{one_line(c.document)} ({c.document_id})", words("place.page", label=c.page_label), one_line(" › ".join(c.path))]
        lines.append(words("place.counterpart", language=words(f"language.{c.language}"), place=" · ".join(p for p in parts if p)))
    return lines


def in_context(context: Context | None, words: Strings) -> str | None:
    """``In its clause: before […] after``, with the quote left out; None where there is nothing around it."""
    if context is None:
        return None
    return f"{words('place.context')}: {one_line(context.before)} […] {one_line(context.after)}".strip()


def also_in(variants: Sequence[Variant], words: Strings) -> str:
    """``The same story also in: Loksatta (3), Pudhari (7)``, with the number by which `setu docs` knows each."""
    names = [f"{one_line(variant.name)} ({variant.document_id})" for variant in variants]
    return words("place.variants", names=" · ".join(names))


def iso(value: date | None) -> str:
    """The ISO date, or a dash."""
    return value.isoformat() if value else "-"


def cited_at(citation: Citation, asked_in: str, words: Strings) -> str:
    """Where a quote stands, whether it still does, and in which other language than the question it is."""
    from ui.components.answer_wording import doubted

    notes = [place(citation, words), f"{STATUS_SIGN[citation.shown]} {words(f'status.{citation.shown}')}"]
    if citation.doubtful:
        notes.append(words("doubt.words", words=one_line(doubted(citation))))
    if citation.language != asked_in:
        notes.append(words("chat.original", language=words(f"language.{citation.language}")))
    return " · ".join(notes)
