"""``setu docs history``: every version of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.terminal import iso, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from kb.records import DocumentInfo, VersionInfo


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
        from ui.paper_shapes import document_shape, version_shape
        from ui.shapes import dump

        click.echo(dump({**document_shape(info), "versions": [version_shape(v) for v in versions]}))
        return
    click.secho(one_line(versions[-1].title if versions else info.title), bold=True)
    click.echo(one_line(info.source))
    if not versions:
        click.echo("No version of it was ever read.")
    for version in reversed(versions):
        click.echo(_row(version))
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


def _row(version: VersionInfo) -> str:
    until = f" until {_minute(version.retired)}" if version.retired else ""
    size = f" · {version.size:,} bytes" if version.size is not None else ""
    return (
        f"{version.number:>4}  {version.state:<10}  since {_minute(version.created)}{until} · {version.pages} pages · "
        f"{version.characters:,} characters{size} · {version.kind} · dated {iso(version.date)} · sha256 {version.sha256[:12]}"
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
