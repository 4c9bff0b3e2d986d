"""``setu export`` and ``setu show``: answers taken away, and links followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lang.languages import LANGUAGES
from ui.cli.output import Failure, clean, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb import KnowledgeBase
    from kb.user_records import Conversation
    from lang.languages import Language
    from ui.components.permalinks import Traced

F = TypeVar("F", bound="Callable[..., Any]")

_ENDINGS = ("docx", "pdf", "md", "html")


def _language_option(function: F) -> F:
    return click.option(
        "--language", type=click.Choice(LANGUAGES), help="In which language the paper speaks; by default that of the answers."
    )(function)


def _address_option(function: F) -> F:
    return click.option(
        "--address", metavar="URL", help="Where the chat is reached, for the links; by default what the setting `address` says."
    )(function)


@click.command()
@click.argument("conversation", required=False)
@click.option("--format", "into", type=click.Choice(_ENDINGS), help="What kind of file; by default what the name of the file ends in.")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@_language_option
@_address_option
@click.option("--list", "listed", is_flag=True, help="List the conversations, the last changed first.")
def export(conversation: str | None, into: Any, out: Path | None, language: Language | None, address: str | None, listed: bool) -> None:
    r"""Write a conversation as a Word document, PDF, Markdown or web page, with a footnote for every source.

    CONVERSATION is its id (setu export --list; in the chat it stands in the address after c=), or "last". Each footnote names document,
    clause, page, date and version, says whether the quote still stands there, and links to the passage.

    \b
    Examples:
      setu export --list
      setu export last -o answers.docx
      setu export last --format pdf -o answers.pdf --language mr
    """
    if listed:
        _list()
        return
    if conversation is None or out is None:
        raise click.UsageError("Give a CONVERSATION and -o FILE, e.g. setu export last -o answers.docx; setu export --list lists them.")
    ending: Any = into or out.suffix.lstrip(".").lower()
    if ending not in _ENDINGS:
        raise click.UsageError(f"What kind of file is wanted? Give --format {'|'.join(_ENDINGS)}, or a name that ends in one of them.")
    from datetime import date

    from kb.user_records import KEY_PREFIX
    from ui.components.i18n import strings
    from ui.export import conversation_sheet
    from ui.export import export as made

    with knowledge_base() as kb:
        kept = _conversation(kb, conversation)
        words = strings(language or _spoken(kept))
        sheet = conversation_sheet(kb, kept, words, today=date.today(), address=address or kb.settings.address)
        written = made(sheet, ending)
        out.write_bytes(written)
        kb.recorded("exported", f"the conversation {kept.id[:KEY_PREFIX]}… as {ending}")
    click.echo(f"{out}: {len(kept.exchanges)} questions, {len(sheet.references)} sources, {len(written) / 1000:.0f} kB")


@click.group()
def show() -> None:
    r"""Follow a link: to a passage of a paper, or to an answer.

    \b
    Example:
      setu show passage 3.1.120.180
    """


@show.command()
@click.argument("link")
@json_option
def passage(link: str, as_json: bool) -> None:
    r"""Show what stands at a passage, and what has become of that version of the document.

    LINK is DOCUMENT.VERSION.START.END, or a whole link that says ?passage=…

    \b
    Examples:
      setu show passage 3.1.120.180
      setu show passage "http://127.0.0.1:8501/?passage=3.1.120.180"
    """
    from ui.components.permalinks import Passage, trace

    wanted = Passage.parse(link)
    if wanted is None:
        raise click.UsageError("A passage is DOCUMENT.VERSION.START.END, four numbers, e.g. 3.1.120.180. Was the link copied whole?")
    with knowledge_base() as kb:
        found = trace(kb, wanted)
        if found.version is None:
            raise Failure(f"Version {wanted.version} of document {wanted.document} is no longer in the knowledge base: it was deleted.")
        if not found.text:
            raise Failure(f"Version {wanted.version} of document {wanted.document} has no characters {wanted.start} to {wanted.end}.")
        place = kb.place(wanted.document, wanted.version, wanted.start)
    if as_json:
        from ui.cli.json_output import dump, shape

        told = {"document_id": wanted.document, "start": wanted.start, "end": wanted.end, "state": found.state, "text": found.text}
        where = {"page": place.page, "page_label": place.page_label, "path": list(place.path)}
        click.echo(dump({**shape(found.version), **told, **where, "source": found.info.source if found.info else None}))
        return
    click.secho(one_line(found.version.title), bold=True)
    click.echo(
        " · ".join(part for part in (f"p. {place.page_label}", one_line(" › ".join(place.path)), f"version {wanted.version}") if part)
    )
    if told_state := _state(found):
        click.secho(told_state, fg="yellow")
    click.echo(f"\n{clean(found.text)}")


@show.command()
@click.argument("link")
@_language_option
@_address_option
def answer(link: str, language: Language | None, address: str | None) -> None:
    r"""Show an answer that was given, as a file note.

    LINK is its key, or a whole link that says ?answer=…

    \b
    Example:
      setu show answer "http://127.0.0.1:8501/?answer=Qm3xT0a1b2c3d4e5f60718293a"
    """
    from datetime import date

    from ui.components.i18n import strings
    from ui.components.permalinks import ANSWER_KEY, changed_sources, named
    from ui.export import answer_sheet
    from ui.export.text_formats import plain_text

    key = named(link, ANSWER_KEY)
    with knowledge_base() as kb:
        exchange = kb.conversations.answered(key)
        if exchange is None or exchange.answer is None:
            raise Failure("The answer of this link is no longer kept, or the link is not complete.")
        words = strings(language or exchange.answer.language)
        if changed := changed_sources(kb, exchange.answer, words):
            click.secho(clean(words("permalink.changed", sources=" · ".join(changed))), fg="yellow")
        sheet = answer_sheet(kb, key, exchange, words, today=date.today(), address=address or kb.settings.address)
        click.echo(clean(plain_text(sheet)), nl=False)


def _list() -> None:
    with knowledge_base() as kb:
        talks = kb.conversations.list()
    for talk in talks:
        click.echo(f"{talk.id}  {talk.changed:%Y-%m-%d %H:%M}  {talk.questions:>3}  {one_line(talk.title)}")
    if not talks:
        click.echo("There are no conversations yet. They are kept when questions are asked in the chat.")


def _conversation(kb: KnowledgeBase, wanted: str) -> Conversation:
    latest = kb.conversations.list(1) if wanted == "last" else ()
    kept = kb.conversations.load(latest[0].id if latest else wanted)
    if kept is None or not kept.exchanges:
        raise Failure("There is no conversation of that id. `setu export --list` lists them.")
    return kept


def _spoken(conversation: Conversation) -> Language:
    """The language of most of the answers; the later where two are as many."""
    spoken = [e.answer.language for e in reversed(conversation.exchanges) if e.answer is not None]
    return max(spoken, key=spoken.count, default="en")


def _state(found: Traced) -> str:
    from ui.components.i18n import strings
    from ui.components.permalinks import state_words

    return state_words(found.state, found.info, found.version, strings("en"))
