"""``setu sources``: places that papers come from again and again: made, previewed, synced and removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.records import KINDS as PAPER_KINDS
from ingest.records import Kind
from ui.cli.commands.ingest import stoppable
from ui.cli.output import Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kb.sync.sync_records import Plan, SyncProgress, SyncRun, SyncSource

SOURCE_KINDS = ("folder", "webdav", "s3", "sftp", "smb", "mailbox", "site", "graph")
_SHOWN = 20
"""Papers of a sort that a preview names; the others are counted."""


@click.group()
def sources() -> None:
    r"""Keep the papers of folders, shares, mailboxes and sites in step with the knowledge base; docs/sources.md says how.

    \b
    Example:
      setu sources add contracts webdav https://cloud.example.org/remote.php/dav/files/asha/Contracts --user asha --every 60
      setu sources preview contracts
      setu sources sync contracts
    """


@sources.command()
@click.argument("name")
@click.argument("kind", type=click.Choice(SOURCE_KINDS))
@click.argument("address")
@click.option("--user", help="Who signs in there; the password is asked for.")
@click.option("--secret-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file that holds the password or key.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the kind; repeatable.")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="Papers are seen by this access group only; repeatable.")
@click.option("--collection", "collections", multiple=True, metavar="NAME", help="Papers come into this collection; repeatable.")
@click.option("--paper-kind", type=click.Choice(PAPER_KINDS), help="What the papers are; by default it is told from their text.")
@click.option("--take-rights", is_flag=True, help="A paper is seen by the groups that may read it there.")
@click.option("--map-right", "mapped", multiple=True, metavar="THERE=HERE", help="What a group there is called here; repeatable.")
@click.option(
    "--every", "minutes", type=click.IntRange(0), default=0, metavar="MINUTES", help="How often to sync; by default by hand only."
)
@click.option(
    "--grace-days", type=click.FloatRange(0, 366), default=7.0, show_default=True, help="How long a paper is kept that is gone there."
)
def add(
    name: str,
    kind: str,
    address: str,
    user: str | None,
    secret_file: Path | None,
    options: tuple[str, ...],
    groups: tuple[str, ...],
    collections: tuple[str, ...],
    paper_kind: Kind | None,
    take_rights: bool,
    mapped: tuple[str, ...],
    minutes: int,
    grace_days: float,
) -> None:
    r"""Make a source NAME of a KIND at an ADDRESS. Nothing is fetched yet.

    \b
    Example:
      setu sources add circulars folder /srv/circulars --every 15
      setu sources add letters mailbox imaps://mail.example.org/INBOX --user papers@example.org --grace-days 30
      setu sources add ministry site https://www.example.org/sitemap.xml --option match=/memoranda/
    """
    from kb.sync.sync_records import SyncSource

    secret = _secret(secret_file, asked=user is not None or kind == "graph")
    said = _pairs(options) | ({"user": user} if user else {})
    place = str(Path(address).expanduser().absolute()) if kind == "folder" else address
    rights = _pairs(mapped) if take_rights or mapped else None
    with knowledge_base() as kb:
        from ui.components.collection_names import named_or_made

        made = kb.sources.add(
            SyncSource(
                0, name, kind, place, said, groups, named_or_made(kb, collections), rights, paper_kind, minutes, grace_days * 24
            ),
            secret,
        )  # fmt: skip
    click.echo(f"{_row(made)}\nSee what would come: setu sources preview {one_line(name)}")


@sources.command("list")
@json_option
def list_(as_json: bool) -> None:
    r"""List the sources: where each is, how often it is synced, and what the last run did.

    \b
    Example:
      setu sources list
    """
    with knowledge_base() as kb:
        found = kb.sources.list()
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([_shape(one) for one in found]))
        return
    for one in found:
        click.echo(_row(one))
        for line in one.told:
            click.secho(f"      ! {one_line(line)}", fg="yellow")
    if not found:
        click.echo("There are no sources. Make one: setu sources add NAME KIND ADDRESS")


@sources.command()
@click.argument("name")
@click.option("--thorough", is_flag=True, help="Read everything again, whatever the listing says.")
@json_option
def preview(name: str, thorough: bool, as_json: bool) -> None:
    r"""Show what a sync would change. Nothing is changed.

    \b
    Example:
      setu sources preview contracts
    """
    from kb.sync.sync_plan import sorts

    with knowledge_base() as kb:
        wanted = kb.sources.preview(name, thorough=thorough)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump({"counts": wanted.counts, "emptied": wanted.emptied, "notes": list(wanted.notes), **dict(sorts(wanted))}))
        return
    _print_plan(wanted)


@sources.command()
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option("--all", "everything", is_flag=True, help="Every source.")
@click.option("--due", is_flag=True, help="Those whose schedule says so, as for a timer.")
@click.option("--thorough", is_flag=True, help="Read everything again, whatever the listing says.")
@click.option("--emptied", is_flag=True, help="Believe a place that has nothing at all any more.")
@json_option
@click.pass_context
def sync(context: click.Context, names: tuple[str, ...], everything: bool, due: bool, thorough: bool, emptied: bool, as_json: bool) -> None:
    r"""Bring the knowledge base to the state of sources. What is gone there is withdrawn after the grace.

    Exit status 1: some papers could not be taken in, or a place broke off; 130: stopped with Ctrl-C. The same command goes on from there.

    \b
    Example:
      setu sources sync contracts
      setu sources sync --all
    """
    if sum((bool(names), everything, due)) != 1:
        raise click.UsageError("Give names, --all or --due, e.g. setu sources sync contracts")
    runs: list[SyncRun] = []
    failed = False
    with knowledge_base() as kb, stoppable() as stop:
        from kb.errors import KnowledgeBaseError
        from kb.sync.sync_schedule import is_due

        known = kb.sources.list()
        wanted: Sequence[str] = names or [one.name for one in known if everything or is_due(one)]
        for name in wanted:
            try:
                runs.append(kb.sources.sync(name, progress=_teller(as_json), cancelled=stop.is_set, thorough=thorough, emptied=emptied))
            except KnowledgeBaseError as error:
                if len(wanted) == 1:
                    raise
                failed = True
                click.echo(f"setu: {one_line(str(error))}", err=True)
                continue
            if not as_json:
                _print_run(runs[-1])
            if stop.is_set():
                break
    if as_json:
        from ui.cli.json_output import dump, shape

        click.echo(dump([shape(run) for run in runs]))
    if any(run.outcome == "stopped" for run in runs):
        context.exit(130)
    if failed or any(run.outcome != "done" for run in runs):
        context.exit(1)


@sources.command()
@click.argument("name")
@click.option("--every", "minutes", type=click.IntRange(0), metavar="MINUTES", help="How often to sync; 0: by hand only.")
@click.option("--grace-days", type=click.FloatRange(0, 366), help="How long a paper is kept that is gone there.")
@click.option("--secret-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file that holds the new password.")
@click.option("--password", is_flag=True, help="Ask for a new password.")
def change(name: str, minutes: int | None, grace_days: float | None, secret_file: Path | None, password: bool) -> None:
    r"""Change the schedule, the grace or the password of a source.

    \b
    Example:
      setu sources change contracts --every 30 --grace-days 14
    """
    secret = _secret(secret_file, asked=password) if secret_file is not None or password else None
    with knowledge_base() as kb:
        now = kb.sources.change(name, secret, every_minutes=minutes, grace_hours=None if grace_days is None else grace_days * 24)
    click.echo(_row(now))


@sources.command()
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="Take its papers out of the search as well; without it they stay in use.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, withdraw: bool, yes: bool) -> None:
    r"""Forget a source, with its password. What lies there is not touched.

    \b
    Example:
      setu sources remove contracts --withdraw
    """
    with knowledge_base() as kb:
        one = kb.sources.get(name)
        if not yes:
            what = "and withdraw its papers" if withdraw else "and keep its papers in use"
            click.confirm(f"Forget the source {one_line(one.name)} {what}?", abort=True, err=True)
        kb.sources.remove(name, withdraw=withdraw)
    click.echo(f"The source {one_line(name)} is forgotten.")


def _secret(file: Path | None, *, asked: bool) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    if not asked:
        return ""
    typed: str = click.prompt("Password or key (empty: none)", default="", hide_input=True, show_default=False, err=True)
    return typed.strip()


def _pairs(said: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in said]
    if wrong := next((name for name, sign, _ in pairs if not sign or not name), None):
        raise Failure(f"{wrong} is no pair: write NAME=VALUE.")
    return {name: value for name, _, value in pairs}


def _row(one: SyncSource) -> str:
    when = f"every {one.every_minutes} min" if one.every_minutes else "by hand"
    last = f"{one.begun:%Y-%m-%d %H:%M} UTC {one.outcome or 'not finished'}" if one.begun is not None else "never synced"
    counts = ", ".join(f"{n} {name}" for name, n in one.counts.items() if n)
    seen = "rights of the source" if one.rights is not None else ", ".join(one.groups) or "everybody"
    parts = [f"{one.name:<20} {one.kind:<8} {one.address}", when, f"grace {one.grace_hours / 24:g} days", f"seen by {seen}", last, counts]
    return one_line(" · ".join(part for part in parts if part))


def _shape(one: SyncSource) -> dict[str, Any]:
    from ui.cli.json_output import shape

    return {key: value for key, value in shape(one).items() if key != "cursor"}


_SAYS = {
    "new": "would be added", "changed": "would be read again", "moved": "would move", "waiting": "are gone there, within the grace",
    "withdrawn": "would be withdrawn", "back": "are there again", "regrouped": "would change their access groups",
    "held": "are for nobody here, by their rights there",
}  # fmt: skip


def _print_plan(plan: Plan) -> None:
    from kb.sync.sync_plan import sorts

    for name, paths in sorts(plan):
        if paths:
            click.echo(f"{len(paths)} {_SAYS[name]}")
            for path in paths[:_SHOWN]:
                click.echo(f"  {one_line(path)}")
            if len(paths) > _SHOWN:
                click.echo(f"  … and {len(paths) - _SHOWN} more")
    click.echo(f"{len(plan.unchanged)} unchanged")
    if plan.emptied:
        click.secho("The place has nothing at all any more; nothing would be withdrawn.", fg="yellow")
    for note in plan.notes:
        click.secho(f"! {one_line(note)}", fg="yellow")


def _print_run(run: SyncRun) -> None:
    counts = ", ".join(f"{n} {name}" for name, n in run.counts.items() if n) or "nothing there"
    click.echo(f"{one_line(run.source)}: {run.outcome} in {run.seconds:.1f} s: {counts}")
    for sign, paths in (("+", run.added), ("~", run.updated), ("-", run.withdrawn)):
        for path in paths:
            click.echo(f"  {sign} {one_line(path)}")
    for old, new in run.moved:
        click.echo(f"  → {one_line(new)} (was {one_line(old)})")
    for one in (*run.rejected, *run.troubles):
        click.secho(f"  ✗ {one_line(one.path)}: {one_line(one.reason)}", fg="red")
    for told in run.told:
        click.secho(f"  ! {one_line(told)}", fg="yellow")


def _teller(quiet: bool) -> Callable[[SyncProgress], None]:
    import sys

    shown = sys.stderr.isatty() and not quiet

    def tell(step: SyncProgress) -> None:
        if shown:
            count = f" {step.done}/{step.total}" if step.total else ""
            click.echo(f"\r\x1b[K{step.stage}{count} {one_line(step.name)[:50]}", err=True, nl=False)

    return tell
