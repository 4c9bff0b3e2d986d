"""``setu backup``, ``restore`` and ``move``, ``settings``, ``doctor``, ``health``: a knowledge base and its machine looked after."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.commands.ingest import progress_bar
from ui.cli.output import json_option, one_line, plain_errors

if TYPE_CHECKING:
    from kb.backup.archive import Manifest
    from ui.cli.doctor import Check


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
        from kb import Settings, event_log
        from kb.backup.create import back_up

        settings = Settings.load()
        event_log.start(settings)
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
            from kb.backup.archive import check as sound

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
        from kb.backup.restore import restore as put_back
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


@click.command()
@click.option("--to", metavar="PLACE", required=True, help="The URL of an empty PostgreSQL database; or the word embedded.")
@click.option("--objects", metavar="URL", help="Where a base on a server is to keep originals: s3://bucket/prefix or file:///folder.")
@json_option
@click.pass_context
def move(context: click.Context, to: str, objects: str | None, as_json: bool) -> None:
    r"""Copy the base to a PostgreSQL database, or from there back to files of SETU_HOME, and check the copy.

    Stop the chat and every other setu command first. The kept originals go along: into the database, or where --objects says, or back to
    SETU_HOME. The old base stays as it was. To use the new one, set SETU_DATABASE_URL to PLACE (and SETU_OBJECTS_URL to URL), or unset
    them for embedded.

    \b
    Example:
      setu move --to postgresql+psycopg://setu:PASSWORD@db.example/setu
      setu move --to postgresql+psycopg://setu:PASSWORD@db.example/setu --objects s3://papers/setu
      setu move --to embedded
    """
    with plain_errors():
        from kb import KnowledgeBase, Settings, event_log
        from kb.backup.move_base import EMBEDDED
        from kb.backup.move_base import move as moved_to

        settings = Settings.load()
        event_log.start(settings)
        told = (lambda table, rows: None) if as_json else (lambda table, rows: click.echo(f"\r{table}: {rows:,}\033[K", nl=False, err=True))
        moved = moved_to(settings, to, told, objects)
        with KnowledgeBase.open(moved.settings) as copied:
            problems = copied.verify()
    total = sum(moved.rows.values())
    if as_json:
        _dump({"rows": dict(moved.rows), "total": total, "originals": moved.originals.brought, "problems": list(problems)})
    else:
        click.echo("", err=True)
        held = f"{moved.rows['documents']:,} documents, {total:,} rows in all, and {_files(moved.originals.brought)}"
        click.echo(f"{held}; the copy is {'sound' if not problems else 'not sound'}.")
        for problem in problems:
            click.echo(f"    {one_line(problem)}")
        now = "SETU_DATABASE_URL to this place" + (f", and SETU_OBJECTS_URL to {objects}" if objects else "")
        click.echo("Now unset SETU_DATABASE_URL and SETU_OBJECTS_URL." if to == EMBEDDED else f"Now set {now}.")
    context.exit(1 if problems else 0)


def _files(count: int) -> str:
    return f"{count:,} kept file{'' if count == 1 else 's'}"


@click.command()
@click.option("--from", "source", metavar="URL", help="A further place to look in: s3://bucket/prefix or file:///folder.")
@json_option
@click.pass_context
def originals(context: click.Context, source: str | None, as_json: bool) -> None:
    r"""Bring the kept files of a base on a server to where they are to be: into the database, or where SETU_OBJECTS_URL says.

    They are looked for in SETU_HOME of this machine, and in the database. What no document has any more is removed. Exit status 1: some
    are nowhere.

    \b
    Example:
      setu originals
      setu originals --from s3://old-bucket/setu
    """
    with plain_errors():
        from kb.backup.gather_originals import gather
        from kb.settings import Settings

        told = (lambda what, done: None) if as_json else (lambda what, done: click.echo(f"\r{what}: {done:,}\033[K", nl=False, err=True))
        found = gather(Settings.load(), source, told)
    if as_json:
        _dump({"kept": found.kept, "brought": found.brought, "lacking": list(found.lacking), "unclaimed": found.unclaimed})
    else:
        click.echo("", err=True)
        click.echo(
            f"{_files(found.brought)} came to their place, {found.kept:,} were there; {found.unclaimed:,} that no document has went."
        )
        if found.lacking:
            from kb.store.integrity import listed

            click.secho(f"  ! {one_line(f'{len(found.lacking)} are nowhere: {listed(found.lacking)}')}", fg="yellow")
    context.exit(1 if found.lacking else 0)


def _dump(record: dict[str, object]) -> None:
    from ui.cli.json_output import dump

    click.echo(dump(record))


@click.command()
@click.option("--example", is_flag=True, help="Print a settings.toml with every setting in it, commented out.")
@json_option
def settings(example: bool, as_json: bool) -> None:
    r"""List every setting with its value, where that comes from, and what it is for. Secrets are hidden.

    A setting is taken from the environment, else from settings.toml in SETU_HOME, else it has its default.

    \b
    Example:
      setu settings
      setu settings --example > "$SETU_HOME/settings.toml"
    """
    with plain_errors():
        from kb.settings import Settings
        from kb.settings_list import example as written
        from kb.settings_list import listed

        if example:
            click.echo(written(), nl=False)
            return
        found = listed(Settings.load())
    if as_json:
        from ui.cli.json_output import dump

        names = ("name", "variable", "value", "origin", "form", "about")
        click.echo(dump([{name: getattr(setting, name) for name in names} for setting in found]))
        return
    for setting in found:
        value = "not set" if setting.value is None else one_line(str(setting.value))
        click.secho(f"{setting.name} = {value}", bold=setting.origin != "default", nl=False)
        click.secho(f"  [{setting.origin}]", dim=True)
        click.echo(f"    {setting.about}")


SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


@click.command()
@click.option(
    "--verify", is_flag=True, help="Also compare catalogue, kept files, vectors and keyword index with each other, and with their hashes."
)
@json_option
@click.pass_context
def doctor(context: click.Context, verify: bool, as_json: bool) -> None:
    r"""Check this machine and the knowledge base, and say how to put right what is missing.

    A warning (!) is a feature that is not there; a failure (✗) is something Setu cannot work without, and makes the exit status 1.

    \b
    Example:
      setu doctor --verify
    """
    checks: list[Check] = []

    def tell(check: Check) -> None:
        checks.append(check)
        if not as_json:
            _print(check)

    with plain_errors():
        from kb.settings import Settings
        from ui.cli.doctor import examine, unusable

        try:
            settings = Settings.load()
        except OSError as error:  # the file of settings lies in a folder that may not be looked into
            tell(unusable(Path(error.filename).parent, error))
            sound = False
        else:
            sound = examine(settings, verify=verify, tell=tell)
    if as_json:
        from ui.cli.json_output import dump

        listed = [{"name": c.name, "outcome": c.outcome, "detail": c.detail, "remedy": c.remedy} for c in checks]
        click.echo(dump({"ok": sound, "checks": listed}))
    if not sound:
        context.exit(1)


def _print(check: Check) -> None:
    sign, colour = SIGNS[check.outcome]
    click.echo(f"{click.style(sign, fg=colour)} {check.name:<10} {one_line(check.detail)}")
    if check.remedy:
        click.echo(f"             {one_line(check.remedy)}")


@click.command()
@click.option("--app", metavar="ADDRESS", help="Also ask the chat at this address, e.g. http://127.0.0.1:8501.")
@click.option("--stale-hours", type=click.FloatRange(min=0), help="Warn when nothing was taken in for so long.")
@click.option("--strict", is_flag=True, help="A warning also makes the exit status 1.")
@json_option
@click.pass_context
def health(context: click.Context, app: str | None, stale_hours: float | None, strict: bool, as_json: bool) -> None:
    r"""Say whether Setu is well, for a monitor: in under two seconds, without starting or changing anything.

    Exit status 0: well; 1: something failed; 2: it could not be looked at. More, but slower: setu doctor --verify.

    \b
    Example:
      setu health --app http://127.0.0.1:8501 --json
    """
    started = time.perf_counter()
    with plain_errors():
        from kb.settings import Settings
        from ui.cli.health_checks import look

        checks = list(look(Settings.load(), app=app, stale_hours=stale_hours))
    bad = {"failed", "warning"} if strict else {"failed"}
    well = not any(check.outcome in bad for check in checks)
    if as_json:
        from ui.cli.json_output import dump

        listed = [{"name": c.name, "outcome": c.outcome, "detail": c.detail, "remedy": c.remedy} for c in checks]
        click.echo(dump({"ok": well, "ms": round((time.perf_counter() - started) * 1000), "checks": listed}))
    else:
        for check in checks:
            sign, colour = SIGNS[check.outcome]
            remedy = f" — {one_line(check.remedy)}" if check.remedy else ""
            click.echo(f"{click.style(sign, fg=colour)} {check.name:<10} {one_line(check.detail)}{remedy}")
    if not well:
        context.exit(1)
