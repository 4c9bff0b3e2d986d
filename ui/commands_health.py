"""``setu health``."""

from __future__ import annotations

import time

import click

from ui.commands_doctor import SIGNS
from ui.terminal import json_option, one_line, plain_errors


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
        from ui.health import look

        checks = list(look(Settings.load(), app=app, stale_hours=stale_hours))
    bad = {"failed", "warning"} if strict else {"failed"}
    well = not any(check.outcome in bad for check in checks)
    if as_json:
        from ui.shapes import dump

        listed = [{"name": c.name, "outcome": c.outcome, "detail": c.detail, "remedy": c.remedy} for c in checks]
        click.echo(dump({"ok": well, "ms": round((time.perf_counter() - started) * 1000), "checks": listed}))
    else:
        for check in checks:
            sign, colour = SIGNS[check.outcome]
            remedy = f" — {one_line(check.remedy)}" if check.remedy else ""
            click.echo(f"{click.style(sign, fg=colour)} {check.name:<10} {one_line(check.detail)}{remedy}")
    if not well:
        context.exit(1)
