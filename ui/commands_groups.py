"""``setu docs groups``: the access groups of a document."""

from __future__ import annotations

import click

from ui.terminal import json_option, knowledge_base, one_line


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
        from ui.shapes import dump

        click.echo(dump({"id": info.id, "title": info.title, "groups": list(info.groups)}))
        return
    click.secho(one_line(info.title), bold=True)
    click.echo(f"seen by: {', '.join(one_line(name) for name in info.groups) or 'everybody'}")
