"""``setu train``: training modules made of the papers, kept, shown and looked after."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from lang.languages import LANGUAGES
from ui.cli.module_export import export
from ui.cli.output import STATUS_SIGN, clean, collection_option, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.make import Progress
    from training.records import Length, Line, Module, QuizItem


_AUDIENCES = ("ward_officers", "engineers", "councillors")
_LENGTHS = ("session", "half_day", "three_days")
_PARTS = ("objectives", "briefing", "plan", "slides", "handout", "quiz", "case", "glossary", "reading")


@click.group()
def train() -> None:
    r"""Make training material out of the papers: objectives, briefing, lesson plan, slides, handout, quiz, exercise, glossary.

    Every line is quoted from a paper, or is a phrase of ours around its words, and opens at its place. With SETU_LLM a language model
    words the lines, and each is held against the quote.

    \b
    Example:
      setu train make "flood warning" --language en --audience engineers
    """


@train.command()
@click.argument("topic", nargs=-1, required=True)
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="The module's language; more stand beside it.")
@click.option("--audience", type=click.Choice(_AUDIENCES), default="ward_officers", show_default=True)
@click.option("--minutes", type=int, default=45, show_default=True, help="How long a single session is.")
@click.option("--length", type=click.Choice(_LENGTHS), default="session", show_default=True, help="A longer training has breaks and days.")
@click.option("--slides", type=int, help="By default 12; for half a day 24, for three days 40.")
@click.option("--items", type=int, help="Questions of the quiz; by default 10; for half a day 20, for three days 40.")
@click.option("--document", "documents", multiple=True, type=int, metavar="ID", help="Only these documents (`setu docs list`).")
@collection_option
@click.option("--quotes", is_flag=True, help="Quotes alone, also where SETU_LLM names a language model.")
@json_option
def make(
    topic: tuple[str, ...],
    languages: tuple[str, ...],
    audience: str,
    minutes: int,
    length: Length,
    slides: int | None,
    items: int | None,
    documents: tuple[int, ...],
    collections: tuple[str, ...],
    quotes: bool,
    as_json: bool,
) -> None:
    r"""Make a module on TOPIC and keep it.

    \b
    Examples:
      setu train make "पूर इशारा" --language mr --language en --minutes 60
      setu train make "flood warning" --length half_day
    """
    with knowledge_base() as kb:
        from lang.languages import detect
        from training import module_store
        from training.make import make as made
        from training.programme import ITEMS, SLIDES
        from training.records import Request

        said = " ".join(topic)
        chosen: Any = languages or (detect(said, "en"),)
        limits = tuple(kb.collections.named(name).id for name in collections)
        request = Request(
            said, tuple(chosen), audience, minutes, documents, slides or SLIDES.get(length, 12),  # type: ignore[arg-type]
            ITEMS.get(length, 10) if items is None else items, limits, length=length,
        )  # fmt: skip
        module = made(kb, request, tell=_told, engine="extractive" if quotes else None)
        module_store.save(kb, module)
    if as_json:
        _print_json(module)
        return
    click.echo(f"Kept as {module.id}.\n")
    _print(module)


@train.command()
@click.argument("topic", nargs=-1, required=True)
@click.option("--language", type=click.Choice(LANGUAGES), help="The module's language.")
@click.option("--length", type=click.Choice(_LENGTHS), default="session", show_default=True, help="How long the training is to be.")
@click.option("--document", "documents", multiple=True, type=int, metavar="ID", help="Only these documents (`setu docs list`).")
@collection_option
@json_option
def preview(
    topic: tuple[str, ...], language: str | None, length: Length, documents: tuple[int, ...], collections: tuple[str, ...], as_json: bool
) -> None:
    r"""What a module on TOPIC would be made of: headings of papers, how likely each is about it, and what is missing.

    \b
    Example:
      setu train preview "flood warning"
    """
    with knowledge_base() as kb:
        from lang.languages import detect
        from training.material.preview import preview as previewed
        from training.programme import ITEMS, SLIDES
        from training.records import Request

        said = " ".join(topic)
        limits = tuple(kb.collections.named(name).id for name in collections)
        spoken: Any = language or detect(said, "en")
        slides, items = SLIDES.get(length, 12), ITEMS.get(length, 10)
        wanted = Request(said, (spoken,), documents=documents, slides=slides, items=items, collections=limits, length=length)
        found = previewed(kb, wanted)
    shown = [(one, True) for one in found.stretches] + [(one, False) for one in found.others]
    if as_json:
        from ui.cli.json_output import dump

        rows = [
            {"document_id": one.info.id, "heading": one.heading.text, "start": one.heading.start, "sentences": one.sentences,
             "chance": round(one.chance, 3), "taken": taken}
            for one, taken in shown
        ]  # fmt: skip
        click.echo(dump({"stretches": rows, "lacking": list(found.lacking), "nearest": list(found.nearest)}))
        return
    for one, taken in shown:
        mark = "✓" if taken else " "
        click.echo(clean(f"{mark} {one.chance:4.0%}  {one.info.title} › {' '.join(one.heading.text.split())} ({one.sentences})"))
    for lacking in found.lacking:
        click.echo(f"Missing: {lacking}")


@train.command("list")
@json_option
def list_modules(as_json: bool) -> None:
    r"""The kept modules, the last changed first.

    \b
    Example:
      setu train list
    """
    with knowledge_base() as kb:
        from training import module_store

        found = module_store.listed(kb)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([{"id": info.id, "title": info.title, "changed": info.changed.isoformat(timespec="seconds")} for info in found]))
        return
    if not found:
        click.echo('There is no module yet. Make one: setu train make "TOPIC"')
    for info in found:
        click.echo(clean(f"{info.id}  {info.changed:%Y-%m-%d %H:%M}  {info.title}"))


@train.command()
@click.argument("module_id", metavar="ID")
@json_option
def show(module_id: str, as_json: bool) -> None:
    r"""A module with the status of every line, found out again.

    \b
    Example:
      setu train show 3fR0kq9ZsYtq1aBc
    """
    with knowledge_base() as kb:
        from training import module_store

        module = module_store.load(kb, module_id)
    if as_json:
        _print_json(module)
    else:
        _print(module)


@train.command()
@click.argument("module_id", metavar="ID")
@click.option("--accept", is_flag=True, help="Take over what the versions in force say instead, where they say anything.")
@json_option
def stale(module_id: str, accept: bool, as_json: bool) -> None:
    r"""Which lines of a module are no longer what the papers say; exit status 1 if there are any that have changed.

    \b
    Example:
      setu train stale 3fR0kq9ZsYtq1aBc --accept
    """
    with knowledge_base() as kb:
        from training import module_store
        from training.freshness import accept as accepted
        from training.freshness import stale as looked_at

        module = module_store.load(kb, module_id)
        found = looked_at(kb, module)
        if accept:
            module_store.save(kb, accepted(kb, module, tuple(one for one in found if one.offered is not None)))
    if as_json:
        from ui.cli.json_output import dump

        click.echo(
            dump([
                {"id": one.id, "part": one.part, "reason": one.reason, "text": one.text, "document": one.citation.document,
                 "offered": None if one.offered is None else {
                     "text": one.offered.quote, "version": one.offered.version, "page_label": one.offered.page_label,
                     "path": list(one.offered.path)}}
                for one in found
            ])
        )  # fmt: skip
    else:
        for one in found:
            click.echo(clean(f"{one.reason:9} {one.part:10} {one.id}  {one_line(one.text)[:90]}"))
            if one.offered is not None and one.reason == "changed":
                click.echo(clean(f"{'':9} now:       {one_line(one.offered.quote)[:90]}"))
        taken = " were taken over where something was offered" if accept else ""
        click.echo(f"{len(found)} lines{taken}." if found else "Nothing is stale.")
    if any(one.reason != "moved" for one in found) and not accept:
        raise SystemExit(1)


@train.command()
@click.argument("module_id", metavar="ID")
@click.argument("part", type=click.Choice(_PARTS))
def remake(module_id: str, part: Any) -> None:
    r"""Make one PART of a module anew from the papers as they are today; what is pinned stays.

    \b
    Example:
      setu train remake 3fR0kq9ZsYtq1aBc quiz
    """
    with knowledge_base() as kb:
        from training import module_store
        from training.make import remake as remade

        module_store.save(kb, remade(kb, module_store.load(kb, module_id), part, tell=_told))
    click.echo(f"The {part} of {module_id} is new.")


@train.command()
@click.argument("module_id", metavar="ID")
def delete(module_id: str) -> None:
    r"""Remove a kept module; the papers stay.

    \b
    Example:
      setu train delete 3fR0kq9ZsYtq1aBc
    """
    with knowledge_base() as kb:
        from training import module_store

        module_store.delete(kb, module_id)
    click.echo(f"Deleted {module_id}.")


def _told(progress: Progress) -> None:
    """One line on stderr for each step, where a person looks on."""
    if (progress.of == 0 or progress.inner == 0) and sys.stderr.isatty():
        click.echo(f"{progress.done + 1}/{progress.total} {progress.part}", err=True)


def _print_json(module: Module) -> None:
    from training.module_store import as_shown
    from ui.cli.json_output import dump

    click.echo(dump(as_shown(module)))


def _print(module: Module) -> None:
    from training.phrases import phrase

    click.echo(clean(f"{module.title}  ({module.language}, {module.request.minutes} min, {module.made:%Y-%m-%d})"))
    for note in module.notes:
        values = {"about": note.about}
        click.echo(clean(f"! {phrase(f'note.{note.code}', module.language, **values)}"))
    last = ""
    for part, line in module.lines():
        if part == "quiz":
            continue
        if part != last:
            click.echo(f"\n{part.upper()}")
            last = part
        if not line.dropped:
            click.echo(clean(f"  {_sign(line)} {line.text}  [{_place(line)}]"))
    if module.quiz:
        click.echo("\nQUIZ")
    for at, item in enumerate((one for one in module.quiz if not one.dropped), start=1):
        for text in _item(item, at):
            click.echo(clean(text))


def _item(item: QuizItem, at: int) -> Iterator[str]:
    from training.quiz.instructions import instruction

    yield f"  {at}. {instruction(item, item.language)} {item.prompt if item.kind != 'order' else ''}"
    for option in item.options:
        yield f"       {'*' if option.correct else ' '} {option.text}"
    if item.answers:
        yield f"       = {item.answers[0]}"
    for pair in item.pairs:
        yield f"       {pair.left} ↔ {pair.right}"
    for number, step in enumerate(item.steps, start=1):
        yield f"       {number}) {step}"
    yield f"       {_sign(item.proof)} {_place(item.proof)}"


def _sign(line: Line) -> str:
    return "✎" if line.origin == "own" else STATUS_SIGN[line.status]


def _place(line: Line) -> str:
    if not line.citations:
        return "–"
    first = line.citations[0]
    where = " › ".join(first.path)
    return f"{first.document}, p. {first.page_label}{', ' + where if where else ''}"


train.add_command(export)
