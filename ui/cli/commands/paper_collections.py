"""``setu collections`` and ``setu samples``: what papers are kept together under; ``setu docs groups``: a document's access groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ui.cli.output import Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from kb.records import DocumentInfo
    from kb.store.user_data.document_collections import Collection

SAMPLES = Path(__file__).parents[3] / "samples" / "documents"


@click.group()
def collections() -> None:
    r"""Keep papers together, e.g. those of one exchange, and ask these alone.

    A paper may be in several collections; one of none is in the collection "default". The sample papers are in "samples".

    \b
    Example:
      setu collections make "Thane and MLIT" --description "Flood warning and city planning, since 2023"
      setu ingest thane/ --collection "Thane and MLIT"
      setu ask "When was it signed?" --collection "Thane and MLIT"
    """


@collections.command("list")
@json_option
def list_collections(as_json: bool) -> None:
    r"""List the collections with their papers: how many, of which kinds and languages, and the newest.

    \b
    Example:
      setu collections list --json
    """
    with knowledge_base() as kb:
        documents = kb.documents()
        shapes = [shape(one, documents) for one in kb.collections.list()]
    if as_json:
        _print(shapes)
        return
    for one in shapes:
        click.echo(f"{one['id']:>4}  {one['papers']:>5} papers  {one_line(one['name'])}")
        told = [one["description"], *(f"{n} {name}" for counts in (one["kinds"], one["languages"]) for name, n in counts.items())]
        told += [f"newest {one['newest']['date']} {one['newest']['title']}"] if one["newest"] else []
        if any(told):
            click.secho(f"      {one_line(' · '.join(part for part in told if part))}", dim=True)


@collections.command()
@click.argument("name")
@click.option("--description", default="", metavar="LINE", help="A line on what it holds, for the start page.")
@json_option
def make(name: str, description: str, as_json: bool) -> None:
    r"""Make a collection.

    \b
    Example:
      setu collections make "Sister city pact" --description "Schools and libraries"
    """
    with knowledge_base() as kb:
        made = kb.collections.make(name, description)
    _told(shape(made, ()), f"Made {one_line(made.name)}.", as_json)


@collections.command()
@click.argument("name")
@click.argument("new", metavar="NEW_NAME", required=False)
@click.option("--description", metavar="LINE", help="A line on what it holds, for the start page.")
@json_option
def rename(name: str, new: str | None, description: str | None, as_json: bool) -> None:
    r"""Give a collection another name, or another line of description.

    The papers of "default" come into a new collection of the new name.

    \b
    Example:
      setu collections rename "Thane" "Thane and MLIT"
      setu collections rename default "Thane and MLIT"
    """
    if new is None and description is None:
        raise click.UsageError("Give a new name, or --description LINE.")
    with knowledge_base() as kb:
        found = kb.collections.rename(kb.collections.named(name).id, new, description)
        made = shape(found, kb.documents())
    _told(made, f"{one_line(name)} is now {one_line(str(made['name']))}.", as_json)


@collections.command()
@click.argument("name")
@click.argument("documents", metavar="ID…", type=int, nargs=-1)
@click.option("--from", "source", metavar="NAME", help="All papers of this collection.")
@click.option("--also", is_flag=True, help="Leave them in the collections that they are in as well.")
@json_option
def move(name: str, documents: tuple[int, ...], source: str | None, also: bool, as_json: bool) -> None:
    r"""Put papers into the collection NAME, by their numbers (setu docs list), or all that are in another.

    A paper that everybody sees and that comes to papers which are all in access groups comes into the groups these have in common.

    \b
    Example:
      setu collections move "Thane and MLIT" 3 4 7
      setu collections move "Water project" --from default
      setu collections move default 3
    """
    if not documents and source is None:
        raise click.UsageError("Give the numbers of papers, or --from NAME.")
    with knowledge_base() as kb:
        into = kb.collections.named(name)
        chosen = [*documents, *(kb.collections.documents(kb.collections.named(source).id) if source is not None else ())]
        narrowed = kb.collections.put(chosen, [into.id], also=also)
        made = {**shape(into, kb.documents()), "moved": sorted(set(chosen)), "groups": list(narrowed)}
    said = f"{len(set(chosen))} papers are in {one_line(called(into))}."
    _told(made, f"{said} Those of no group are now seen by: {', '.join(narrowed)}." if narrowed else said, as_json)


@collections.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    r"""Remove a collection. Its papers stay; those that are in no other one are in "default" then.

    \b
    Example:
      setu collections remove "Sister city pact"
    """
    with knowledge_base() as kb:
        found = kb.collections.named(name)
        kb.collections.remove(found.id)
    _told({"id": found.id, "name": called(found), "removed": True}, f"Removed {one_line(called(found))}; its papers stay.", as_json)


@click.group()
def samples() -> None:
    r"""The invented sample papers, to try Setu with. They are kept apart from all other papers.

    \b
    Example:
      setu samples add
      setu samples remove
    """


@samples.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Only where there is no paper yet, and nobody has removed the samples.")
@click.pass_context
def add(context: click.Context, paths: tuple[Path, ...], once: bool) -> None:
    r"""Take in the sample papers that came with Setu, or those in PATHS, as samples.

    \b
    Example:
      setu samples add
    """
    from ui.cli.commands.ingest import print_summary, progress_bar

    found = [*paths] or [SAMPLES]
    if not all(path.exists() for path in found):
        raise Failure("The sample papers are not here: they come with the source of Setu. Name their folder: setu samples add FOLDER")
    with knowledge_base() as kb, progress_bar() as progress:
        from kb.documents.sample_papers import take_in, wanted

        if once:
            if not wanted(kb):
                return
            click.echo("There is no paper yet: reading the sample papers (once). They go with: setu samples remove", err=True)
        summary = take_in(kb, found, progress)
    print_summary(summary)
    if summary.rejected:
        context.exit(1)


@samples.command("remove")
@json_option
def remove_samples(as_json: bool) -> None:
    r"""Delete the sample papers. What somebody has put into another collection as well stays there.

    \b
    Example:
      setu samples remove
    """
    from kb.documents.sample_papers import remove as removed

    with knowledge_base() as kb:
        gone = removed(kb)
    _told({"removed": gone}, f"Removed {gone} sample papers.", as_json)


def called(one: Collection) -> str:
    """The name of a collection in the terminal."""
    return one.name or one.role


def shape(one: Collection, documents: Sequence[DocumentInfo]) -> dict[str, Any]:
    """A collection as JSON, with what of these documents is in it."""
    from ui.components.collection_names import summed

    held = summed(one.id, documents)
    newest = {"id": held.newest.id, "title": held.newest.title, "date": str(held.newest.date)} if held.newest else None
    return {
        "id": one.id, "name": called(one), "description": one.description, "papers": held.papers, "rejected": held.rejected,
        "kinds": dict(held.kinds), "languages": dict(held.languages), "newest": newest,
    }  # fmt: skip


def _told(made: dict[str, Any], said: str, as_json: bool) -> None:
    if as_json:
        _print(made)
    else:
        click.echo(said)


def _print(made: object) -> None:
    from ui.cli.json_output import dump

    click.echo(dump(made))


@click.command()
@click.argument("document_id", metavar="ID", type=int)
@click.option("--set", "wanted", metavar="GROUP", multiple=True, help="Let it belong to this group, and to no others than are named so.")
@click.option("--clear", is_flag=True, help="Take it out of every group: everybody sees it.")
@json_option
def groups(document_id: int, wanted: tuple[str, ...], clear: bool, as_json: bool) -> None:
    r"""Show or change who sees a document: the people of its access groups, or everybody where it has none.

    It holds for all its versions, also future ones. Which groups a person has: setu users.

    \b
    Examples:
      setu docs groups 3
      setu docs groups 3 --set finance --set water
      setu docs groups 3 --clear
    """
    if clear and wanted:
        raise click.UsageError("Give --set GROUP or --clear, not both.")
    with knowledge_base() as kb:
        if wanted or clear:
            kb.put_in_groups(document_id, wanted)
        info = kb.document(document_id)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump({"id": info.id, "title": info.title, "groups": list(info.groups)}))
        return
    click.secho(one_line(info.title), bold=True)
    click.echo(f"seen by: {', '.join(one_line(name) for name in info.groups) or 'everybody'}")


STAYS: Final = "stays in the house: no text of it goes to a language model outside"


@click.command()
@click.argument("document_id", metavar="ID", type=int)
@click.option("--keep/--release", "kept", default=None, help="Have it stay in the house, or let it leave.")
@json_option
def house(document_id: int, kept: bool | None, as_json: bool) -> None:
    r"""Show or change whether a document is to stay in the house: then no text of it is sent to a language model outside.

    It holds for all its versions, also future ones. Answers quote it as usual. What is in the house: this machine, private networks, and
    the hosts of SETU_LLM_INSIDE.

    \b
    Examples:
      setu docs house 3
      setu docs house 3 --keep
      setu docs house 3 --release
    """
    with knowledge_base() as kb:
        if kept is not None:
            kb.keep_in_house(document_id, kept=kept)
        info = kb.document(document_id)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump({"id": info.id, "title": info.title, "in_house": info.in_house}))
        return
    click.secho(one_line(info.title), bold=True)
    click.echo(STAYS if info.in_house else "may leave the house: its text may go to the language model that SETU_LLM names")
