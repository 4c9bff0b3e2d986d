"""``setu backup`` and ``setu restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.commands_ingest import progress_bar
from ui.terminal import json_option, one_line, plain_errors

if TYPE_CHECKING:
    from kb.archive import Manifest


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def backup(context: click.Context, file: Path, as_json: bool) -> None:
    r"""Write all that cannot be made again into FILE, or into a file named by the time when FILE is a folder.

    The chat and other commands may go on meanwhile. The archive holds the papers themselves: keep it as you keep them. Keys are not
    in it.

    \b
    Example:
      setu backup /var/backups/setu/
    """
    with plain_errors():
        from kb import Settings, logs
        from kb.backup import back_up

        settings = Settings.load()
        logs.start(settings)
        written, manifest = back_up(settings, file)
    size = written.stat().st_size
    if as_json:
        _dump({"file": str(written), "size": size, **_shape(manifest)})
        context.exit(1 if manifest.missing else 0)
    told = "read back and sound" if not manifest.missing else "read back; it lacks files"
    click.echo(f"{written}: {_contents(manifest)}; {size / 2**20:.1f} MiB, {told}.")
    if manifest.missing:
        _lacks(manifest)
        click.echo("    Run setu doctor --verify for how to have them again; if papers were deleted meanwhile, run the backup again.")
        context.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Set aside what SETU_HOME holds, and put the backup in its place.")
@click.option("--check", is_flag=True, help="Only compare the checksums in FILE and say what it holds.")
@json_option
def restore(file: Path, replace: bool, check: bool, as_json: bool) -> None:
    r"""Make SETU_HOME what it was when FILE was written, and rebuild the indexes.

    Nothing is changed before all of it is unpacked and verified. Stop the chat first.

    \b
    Example:
      setu restore /var/backups/setu/setu-20251126-020000.zip
    """
    if check:
        with plain_errors():
            from kb.archive import check as sound

            manifest = sound(file)
        if as_json:
            _dump({"file": str(file), **_shape(manifest)})
            return
        told = "is sound" if not manifest.missing else "is whole, but lacks files"
        click.echo(f"{file} {told}: {_contents(manifest)}, written {manifest.created}.")
        if manifest.missing:
            _lacks(manifest)
        return
    with plain_errors(), progress_bar() as progress:
        from kb.restore import restore as put_back
        from kb.settings import Settings

        home = Settings.home_in_force()
        done = put_back(home, file, replace=replace, progress=progress)
    if as_json:
        aside = str(done.aside) if done.aside is not None else None
        _dump({"home": str(home), "replaced": aside, "seconds": done.seconds, "notes": list(done.notes), **_shape(done.manifest)})
        return
    extra = [name for name, there in (("settings", done.settings), ("glossary", done.glossary)) if there]
    held = ", ".join([_contents(done.manifest), *extra])
    click.echo(f"{home} is what it was at {done.manifest.created}: {held}; verified, {done.seconds:.0f} s.")
    if done.aside is not None:
        click.echo(f"  What was there before lies in {done.aside}. Delete it when all is well.")
    for note in done.notes:
        click.secho(f"  ! {one_line(note)}", fg="yellow")


def _contents(manifest: Manifest) -> str:
    counts = (
        (manifest.documents, "documents"),
        (manifest.versions, "versions"),
        (manifest.originals, "kept files"),
        (manifest.conversations, "conversations"),
    )
    return ", ".join(f"{n} {name[:-1] if n == 1 else name}" for n, name in counts)


def _lacks(manifest: Manifest) -> None:
    from kb.store.integrity import listed

    said = f"{manifest.missing} kept files were missing or altered: their text is in it, the file is not: {listed(manifest.lost or ())}."
    click.secho(f"  ! {one_line(said)}", fg="yellow")


def _shape(manifest: Manifest) -> dict[str, object]:
    names = ("created", "layout", "embedder", "documents", "versions", "originals", "conversations", "missing", "lost")
    return {name: getattr(manifest, name) for name in names} | {"files": len(manifest.files), "bytes": manifest.size}


def _dump(record: dict[str, object]) -> None:
    from ui.shapes import dump

    click.echo(dump(record))
