"""``setu webhooks``: other programs that are told of new versions, rejected files and obligations that fall due."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from ui.cli.output import Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from kb.store.webhooks.webhook_queue import Webhook
    from kb.store.webhooks.webhook_tables import EventType

_EVENTS: tuple[EventType, ...] = ("document.version", "document.rejected", "obligation.due")


@click.group()
def webhooks() -> None:
    r"""Tell other programs of new versions, rejected files and obligations that fall due. `setu serve` sends them.

    \b
    Example:
      setu webhooks add https://portal.example.org/setu --event document.version
    """


@webhooks.command()
@click.argument("url")
@click.option("--event", "events", multiple=True, type=click.Choice(_EVENTS), help="Only such events; repeatable.")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="Also of papers of this access group; repeatable.")
@click.option("--all-groups", is_flag=True, help="Of papers of every access group.")
@click.option("--plain", is_flag=True, help="Allow an address without TLS that is not on this machine.")
def add(url: str, events: tuple[EventType, ...], groups: tuple[str, ...], all_groups: bool, plain: bool) -> None:
    r"""Make a webhook and print the secret that its receiver checks signatures with, this once.

    \b
    Example:
      setu webhooks add https://portal.example.org/setu --event obligation.due --group ports
    """
    with knowledge_base() as kb:
        made, secret = kb.webhooks.add(url, events or _EVENTS, None if all_groups else groups, without_tls=plain)
        kb.recorded("webhook_added", f"{made.id} {made.url}")
    click.echo(f"{_row(made)}\nThe secret, shown this once: ", err=True, nl=False)
    click.echo(secret)


@webhooks.command("list")
@json_option
def list_(as_json: bool) -> None:
    r"""List the webhooks: what each is told, how much waits, and what went wrong last.

    \b
    Example:
      setu webhooks list
    """
    with knowledge_base() as kb:
        found = kb.webhooks.all()
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([_shape(one) for one in found]))
        return
    for one in found:
        click.echo(_row(one))
    if not found:
        click.echo("There are no webhooks. Make one: setu webhooks add URL")


@webhooks.command()
@click.argument("number", type=int)
def test(number: int) -> None:
    r"""Send an event of type `test` now, and say what came back.

    \b
    Example:
      setu webhooks test 1
    """
    with knowledge_base() as kb:
        from kb.webhooks.webhook_delivery import send

        _status, wrong = send(kb.webhooks.trial(number), kb.settings.address)
    if wrong:
        raise Failure(f"{wrong} Check the address, and that its server is up.")
    click.echo("The receiver took it.")


@webhooks.command()
@click.argument("number", type=int)
def remove(number: int) -> None:
    r"""Tell a webhook nothing any more, also not what waits for it.

    \b
    Example:
      setu webhooks remove 1
    """
    with knowledge_base() as kb:
        gone = kb.webhooks.remove(number)
        kb.recorded("webhook_removed", f"{gone.id} {gone.url}")
    click.echo(f"{one_line(gone.url)} is told nothing any more.")


@webhooks.command()
@click.argument("number", type=int)
def retry(number: int) -> None:
    r"""Try again what was given up after the last try.

    \b
    Example:
      setu webhooks retry 1
    """
    with knowledge_base() as kb:
        count = kb.webhooks.retry(number)
    click.echo(f"{count} waiting again.")


@webhooks.command()
def deliver() -> None:
    r"""Send what waits now, once; for a timer where `setu serve` does not run.

    \b
    Example:
      setu webhooks deliver
    """
    with knowledge_base() as kb:
        from kb.webhooks import webhook_delivery

        webhook_delivery.note_due(kb, date.today())
        count = webhook_delivery.deliver(kb.webhooks, kb.settings.address)
    click.echo(f"{count} sent or tried.")


def _row(one: Webhook) -> str:
    seen = "all groups" if one.groups is None else ", ".join(sorted(one.groups)) or "no group"
    wrong = [f"{one.failed} given up"] if one.failed else []
    last = [one.error] if one.error else []
    return one_line(" · ".join([f"{one.id} {one.url}", ", ".join(one.events), seen, f"{one.waiting} waiting", *wrong, *last]))


def _shape(one: Webhook) -> dict[str, object]:
    return {
        "id": one.id, "url": one.url, "events": list(one.events), "groups": None if one.groups is None else sorted(one.groups),
        "created": one.created.isoformat(), "waiting": one.waiting, "failed": one.failed, "error": one.error,
    }  # fmt: skip
