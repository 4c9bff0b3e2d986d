"""``setu docs`` and ``setu reindex``: the papers, what is known of each, and every version (``setu docs history``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lang.languages import LANGUAGES
from ui.cli.commands.paper_collections import STAYS, called, groups, house
from ui.cli.output import also_in, iso, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ingest.records import Block
    from kb.records import DocumentInfo, FactView, PageView, VersionInfo
    from lang.languages import Language


@click.command()
@click.argument("document_id", metavar="ID", type=int)
@json_option
def history(document_id: int, as_json: bool) -> None:
    r"""List the versions of a document, the newest first. Each still opens: setu docs show ID --version N.

    Searches find the current version only. An answer keeps pointing at the version it quoted. Times are UTC.

    \b
    Example:
      setu docs history 3
    """
    with knowledge_base() as kb:
        info = kb.document(document_id)
        versions = kb.history(document_id)
    if as_json:
        from ui.cli.json_output import dump, shape

        click.echo(dump({**shape(info), "versions": shape(versions)}))
        return
    click.secho(one_line(versions[-1].title if versions else info.title), bold=True)
    click.echo(one_line(info.source))
    if not versions:
        click.echo("No version of it was ever read.")
    for version in reversed(versions):
        click.echo(_version_row(version))
    if info.note:
        click.secho(f"! {one_line(info.note)}", fg="yellow")


def standing(info: DocumentInfo, versions: tuple[VersionInfo, ...], number: int) -> str:
    """What became of a version, in one line: whether it is current or since when it is not; "" where it is the only one there was."""
    version = next((v for v in versions if v.number == number), None)
    if version is None or (version.state == "current" and len(versions) == 1):
        return ""
    others = f"{len(versions)} versions: setu docs history {info.id}"
    if version.state == "current":
        return f"version {number} is the current one since {_minute(version.created)} · {others}"
    since = f" since {_minute(version.retired)}" if version.retired else ""
    by = f"superseded{since} by version {info.version}" if info.version else f"withdrawn{since}"
    return f"version {number} is {by}; no search finds it · {others}"


def _version_row(version: VersionInfo) -> str:
    until = f" until {_minute(version.retired)}" if version.retired else ""
    size = f" · {version.size:,} bytes" if version.size is not None else ""
    return (
        f"{version.number:>4}  {version.state:<10}  since {_minute(version.created)}{until} · {version.pages} pages · "
        f"{version.characters:,} characters{size} · {version.kind} · dated {iso(version.date)} · sha256 {version.sha256[:12]}"
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@click.group()
def docs() -> None:
    r"""List, show, correct and delete documents.

    \b
    Example:
      setu docs list
    """


@docs.command("list")
@json_option
def list_documents(as_json: bool) -> None:
    r"""List the documents, each in its current version.

    \b
    Example:
      setu docs list --json
    """
    with knowledge_base() as kb:
        documents = kb.documents()
        named = {one.id: called(one) for one in kb.collections.list()}
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(documents))
        return
    if not documents:
        click.echo("There are no documents yet. Add some with: setu ingest PATH…")
    for info in documents:
        click.echo(_row(info))
        if info.note:
            click.secho(f"      ! {one_line(info.note)}", fg="yellow")
        if info.variants:
            click.secho(f"      {_story(info)}", dim=True)
        if info.collections:
            click.secho(f"      in: {', '.join(one_line(named[one]) for one in info.collections)}", dim=True)
        if info.groups:
            click.secho(f"      seen by: {', '.join(map(one_line, info.groups))}", dim=True)
        if info.in_house:
            click.secho(f"      {STAYS}", dim=True)


docs.add_command(history)
docs.add_command(groups)
docs.add_command(house)


@docs.command()
@click.argument("document_id", metavar="ID", type=int)
@click.option("--version", type=int, help="An earlier version; by default the current one.")
@click.option("--overview", is_flag=True, help="Instead what it is at a glance, and questions that it answers.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="Whom the overview is for.", show_default=True)
@json_option
def show(document_id: int, version: int | None, overview: bool, language: Language, as_json: bool) -> None:
    r"""Show a document's facts, pages and outline. ID is the number that setu docs list prints.

    \b
    Examples:
      setu docs show 3
      setu docs show 3 --overview --language mr
    """
    if overview:
        if version is not None:
            raise click.UsageError("An overview is of the current version: leave --version or --overview out.")
        _overview(document_id, language, as_json)
        return
    with knowledge_base() as kb:
        info = kb.document(document_id)
        facts = kb.fact_views(document_id, version)
        pages = kb.pages(document_id, version)
        versions = kb.history(document_id)
        outline = [b for b in kb.outline(document_id, version) if b.role in ("title", "heading")]
        origin = kb.sources.origin_of(document_id)
    if as_json:
        from ui.cli.json_output import dump, shape

        headings = [{"page": b.page, "role": b.role, "path": list(b.path), "start": b.start, "end": b.end} for b in outline]
        shown = {"facts": shape(facts), "outline": headings, "page_texts": shape(pages)}
        came = {"origin": {"source": origin[0], "place": origin[1]}} if origin is not None else {}
        click.echo(dump({**shape(info), **shown, "versions": shape(versions), **came}))
        return
    print_document(info, facts, pages, outline, versions)
    if origin is not None:
        click.echo(f"\nFrom the source {one_line(origin[0])}: {one_line(origin[1])}")


@docs.command()
@click.argument("document_id", metavar="ID", type=int)
@click.argument("field", required=False)
@click.argument("value", required=False)
@click.option("--clear", metavar="FIELD", help="Take back the correction of FIELD; what was read from the text counts again.")
@json_option
def correct(document_id: int, field: str | None, value: str | None, clear: str | None, as_json: bool) -> None:
    r"""Correct what was read of a document: FIELD is what `setu docs show` calls it, VALUE is right.

    It wins everywhere and holds for the document's later versions too. The value "none" says that the document has no such fact.

    \b
    kind         agreement, best_practice, news, report or other
    form         memorandum, agreement, joint_statement, circular …
    title, publisher, place
    language     mr, hi, en or ja
    date         the day it speaks from: 2025-03-12, १२ मार्च २०२५, 令和7年3月12日
    signed, published, in_force
                 a date, or 2025-03 where the day is not known; in_force also "on signature"
    parties      names, parted by ;
    signatories  NAME | OFFICE | PARTY, parted by ;
    term, notice 3 years, 18 months, 90 days
    renewal      automatic, by agreement, or with a period: "automatic, for 2 years"
    relations    amends, supersedes or based on: TITLE | DATE, parted by ;

    \b
    Examples:
      setu docs correct 3 signed 2026-02-18
      setu docs correct 3 parties "Lahargad Municipal Corporation; Ministry of Water and Urban Affairs of Mizuhara"
      setu docs correct 3 relations "supersedes: Memorandum of Cooperation | 2021-02-18"
      setu docs correct 3 --clear signed
    """
    if clear is not None and (field is not None or value is not None):
        raise click.UsageError("Give FIELD and VALUE, or --clear FIELD, not both.")
    if clear is None and (field is None or value is None):
        raise click.UsageError("Give FIELD and VALUE, e.g. setu docs correct 3 signed 2026-02-18, or --clear FIELD.")
    with knowledge_base() as kb:
        if clear is not None:
            kb.clear_correction(document_id, clear)
        elif field is not None and value is not None:
            kb.correct(document_id, field, value)
        info = kb.document(document_id)
        facts = [f for f in kb.fact_views(document_id) if f.field == (clear or field)]
    if as_json:
        from ui.cli.json_output import dump, shape

        click.echo(dump({**shape(info), "facts": shape(facts)}))
        return
    click.echo(one_line(info.title))
    for fact in facts:
        click.echo(_fact(fact))
    if not facts:
        click.echo(f"  {clear or field}: nothing is known")


@docs.command()
@click.argument("document_id", metavar="ID", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(document_id: int, yes: bool) -> None:
    r"""Delete a document and all its versions from the knowledge base. The original file on your disk is not touched.

    \b
    Example:
      setu docs delete 3 --yes
    """
    with knowledge_base() as kb:
        info = kb.document(document_id)
        if not yes:
            click.confirm(f"Delete {one_line(info.title)} ({info.pages} pages, version {info.version})?", abort=True, err=True)
        kb.delete(document_id)
    click.echo(f"Deleted {one_line(info.title)}.")


@click.command()
def reindex() -> None:
    r"""Rebuild the vectors and the keyword index from the catalogue. Nothing is read or embedded again.

    \b
    Example:
      setu reindex
    """
    from ui.cli.commands.ingest import progress_bar

    with knowledge_base() as kb, progress_bar() as progress:
        kb.reindex(progress=progress)
        documents = kb.documents()
    click.echo(f"Rebuilt the index of {len(documents)} documents with {sum(d.chunks for d in documents)} passages.")


def print_document(
    info: DocumentInfo,
    facts: tuple[FactView, ...],
    pages: tuple[PageView, ...],
    outline: list[Block],
    versions: tuple[VersionInfo, ...],
) -> None:
    """Facts with the place where each stands, then headings with their page."""
    click.secho(one_line(info.title), bold=True)
    version = pages[0].version if pages else info.version
    current = "" if version == info.version else f" (the current one is {info.version})"
    click.echo(f"{info.kind} · {info.language} · dated {iso(info.date)} · publisher {one_line(info.publisher or '-')}")
    click.echo(f"{info.state} · version {version}{current} · {len(pages)} pages · {info.chunks} passages")
    if told := standing(info, versions, version):
        click.echo(told)
    click.echo(one_line(info.source))
    if info.groups:
        click.echo(f"seen by: {', '.join(map(one_line, info.groups))}")
    if info.in_house:
        click.echo(STAYS)
    if info.variants:
        click.echo(_story(info))
    for line in reading(pages):
        click.echo(line)
    notes = [info.note, *(f"page {p.label}: {p.note}" for p in pages)]
    for note in (n for n in notes if n and not n.endswith(": ")):
        click.secho(f"! {one_line(note)}", fg="yellow")
    click.secho("\nFacts", bold=True)
    for fact in facts:
        click.echo(_fact(fact))
    labels = {p.number: p.label for p in pages}
    click.secho("\nOutline", bold=True)
    for heading in outline:
        name = one_line(heading.path[-1] if heading.path else heading.text)
        click.echo(f"{'  ' * max(0, len(heading.path) - 1)}{name} · p. {labels.get(heading.page, heading.page)}")


def _overview(document_id: int, language: Language, as_json: bool) -> None:
    from ui.cli.answer_output import overview_shape, print_overview
    from ui.cli.json_output import dump
    from ui.components.i18n import strings

    with knowledge_base() as kb:
        told = kb.overview(document_id, language)
    if as_json:
        click.echo(dump(overview_shape(told)))
    else:
        print_overview(told, strings(language))


def _fact(fact: FactView) -> str:
    """One fact and who says it: the page and clause, the file itself, a person, or another document."""
    place = " · ".join(part for part in (f"p. {fact.page_label}", " › ".join(one_line(p) for p in fact.path)) if part)
    if fact.origin == "document":
        said = f"it says so{'' if fact.page_label is None else f' on {place}'}"
    elif fact.origin == "person":
        was = f", read: {one_line(fact.extracted)}" if fact.extracted else ""
        said = f"corrected {fact.changed:%Y-%m-%d}{was}" if fact.changed else "corrected"
    elif fact.page_label is not None:
        said = place + ("" if fact.sure else ", likely")
    else:
        said = "from the file" if fact.origin == "file" else "told from the text"
    other = f" (document {fact.document_id})" if fact.document_id is not None else ""
    return f"  {fact.field:<13} {one_line(fact.value)}{other}  [{said}]"


def reading(pages: Sequence[PageView]) -> list[str]:
    """How the pages of a PDF were read, one line for each way: how many, their mean quality, and the worst of them."""
    lines = []
    for method in ("text_layer", "ocr", "none"):
        some = [page for page in pages if page.method == method]
        if some:
            worst = min(some, key=lambda page: page.quality)
            mean = sum(page.quality for page in some) / len(some)
            lines.append(
                f"read by {method}: {len(some)} pages, quality {mean:.2f}, lowest {worst.quality:.2f} on page {one_line(worst.label)}"
            )
    return lines


def _story(info: DocumentInfo) -> str:
    from ui.components.i18n import strings

    leads = "" if info.story == info.id else f" · {info.story} leads"
    return also_in(info.variants, strings("en")) + leads


def _row(info: DocumentInfo) -> str:
    facts = f"{info.id:>4}  {info.kind:<13} {info.language:<3} {iso(info.date):<10}  {info.pages:>3} pp  v{info.version}  {info.state:<10}"
    return f"{facts} {one_line(info.title)}"
