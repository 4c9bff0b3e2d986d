"""``setu doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.terminal import json_option, one_line, plain_errors

if TYPE_CHECKING:
    from ui.doctor import Check

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
        from ui.doctor import examine, unusable

        try:
            settings = Settings.load()
        except OSError as error:  # the file of settings lies in a folder that may not be looked into
            tell(unusable(Path(error.filename).parent, error))
            sound = False
        else:
            sound = examine(settings, verify=verify, tell=tell)
    if as_json:
        from ui.shapes import dump

        listed = [{"name": c.name, "outcome": c.outcome, "detail": c.detail, "remedy": c.remedy} for c in checks]
        click.echo(dump({"ok": sound, "checks": listed}))
    if not sound:
        context.exit(1)


def _print(check: Check) -> None:
    sign, colour = SIGNS[check.outcome]
    click.echo(f"{click.style(sign, fg=colour)} {check.name:<10} {one_line(check.detail)}")
    if check.remedy:
        click.echo(f"             {one_line(check.remedy)}")
