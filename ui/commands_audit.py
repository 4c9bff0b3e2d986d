"""``setu audit``: who did what, and when."""

from __future__ import annotations

from datetime import datetime

import click

from ui.terminal import json_option, knowledge_base, one_line


@click.group()
def audit() -> None:
    r"""The audit log: who asked, added, corrected, deleted, exported and signed in.

    \b
    Example:
      setu audit list --action deleted
    """


@audit.command("list")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="From this time on (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="Before this time (UTC).")
@click.option("--who", metavar="NAME", help='Of this person (or id); "" is the terminal, and the chat where nobody signs in.')
@click.option("--action", metavar="ACTION", help="Only this: asked, uploaded, corrected, deleted, groups_changed, exported, signed_in, …")
@click.option("-n", "limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@json_option
def list_entries(
    since: datetime | None, until: datetime | None, who: str | None, action: str | None, limit: int | None, as_csv: bool, as_json: bool
) -> None:
    r"""List what was done, the newest first. Times are UTC; documents are named by number. The words of questions are not kept here.

    \b
    Examples:
      setu audit list --since 2026-03-01 --who asha
      setu audit list --csv > audit.csv
    """
    if as_csv and as_json:
        raise click.UsageError("Give --csv or --json, not both.")
    with knowledge_base() as kb:
        found = kb.audit.list(since=since, until=until, who=who, action=action, limit=limit)
        if as_csv or as_json:
            kb.recorded("exported", f"the audit log, {len(found)} entries")
    if as_csv:
        from ui.auditfile import audit_csv

        click.echo(audit_csv(found), nl=False)
        return
    if as_json:
        from ui.shapes import dump

        click.echo(dump([{"at": e.at.isoformat(), "who": e.who, "id": e.person, "action": e.action, "about": e.about} for e in found]))
        return
    for entry in found:
        click.echo(f"{entry.at:%Y-%m-%d %H:%M:%S}  {one_line(entry.who) or '-':<16}  {entry.action:<16}  {one_line(entry.about)}")
    if not found:
        click.echo("Nothing is recorded that fits.")
