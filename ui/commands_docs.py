"""``setu docs`` and ``setu reindex``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.terminal import iso, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from ingest.records import Block
    from kb.records import DocumentInfo, PageView


@click.group()
def docs() -> None:
    r"""List, show and delete documents.

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
    if as_json:
        from ui.shapes import document_shape, dump

        click.echo(dump([document_shape(d) for d in documents]))
        return
    if not documents:
        click.echo("There are no documents yet. Add some with: setu ingest PATH…")
    for info in documents:
        click.echo(_row(info))
        if info.note:
            click.secho(f"      ! {one_line(info.note)}", fg="yellow")


@docs.command()
@click.argument("document_id", metavar="ID", type=int)
@click.option("--version", type=int, help="An earlier version; by default the current one.")
@json_option
def show(document_id: int, version: int | None, as_json: bool) -> None:
    r"""Show a document's facts, pages and outline. ID is the number that setu docs list prints.

    \b
    Example:
      setu docs show 3
    """
    with knowledge_base() as kb:
        info = kb.document(document_id)
        pages = kb.pages(document_id, version)
        outline = [b for b in kb.outline(document_id, version) if b.role in ("title", "heading")]
    if as_json:
        from ui.shapes import document_shape, dump, page_shape

        headings = [{"page": b.page, "role": b.role, "path": list(b.path), "start": b.start, "end": b.end} for b in outline]
        click.echo(dump({**document_shape(info), "outline": headings, "page_texts": [page_shape(p) for p in pages]}))
    else:
        print_document(info, pages, outline)


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
    from ui.commands_ingest import progress_bar

    with knowledge_base() as kb, progress_bar() as progress:
        kb.reindex(progress=progress)
        documents = kb.documents()
    click.echo(f"Rebuilt the index of {len(documents)} documents with {sum(d.chunks for d in documents)} passages.")


def print_document(info: DocumentInfo, pages: tuple[PageView, ...], outline: list[Block]) -> None:
    """Facts, then headings with the page they stand on."""
    click.secho(one_line(info.title), bold=True)
    version = pages[0].version if pages else info.version
    current = "" if version == info.version else f" (the current one is {info.version})"
    click.echo(f"{info.kind} · {info.language} · dated {iso(info.date)} · publisher {one_line(info.publisher or '-')}")
    click.echo(f"{info.state} · version {version}{current} · {len(pages)} pages · {info.chunks} passages")
    click.echo(one_line(info.source))
    notes = [info.note, *(f"page {p.label}: {p.note}" for p in pages)]
    for note in (n for n in notes if n and not n.endswith(": ")):
        click.secho(f"! {one_line(note)}", fg="yellow")
    labels = {p.number: p.label for p in pages}
    click.secho("\nOutline", bold=True)
    for heading in outline:
        name = one_line(heading.path[-1] if heading.path else heading.text)
        click.echo(f"{'  ' * max(0, len(heading.path) - 1)}{name} · p. {labels.get(heading.page, heading.page)}")


def _row(info: DocumentInfo) -> str:
    facts = f"{info.id:>4}  {info.kind:<13} {info.language:<3} {iso(info.date):<10}  {info.pages:>3} pp  v{info.version}  {info.state:<10}"
    return f"{facts} {one_line(info.title)}"
