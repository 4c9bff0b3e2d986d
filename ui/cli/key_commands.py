"""``setu keys``: the keys by which programs ask `setu serve`, each with a role, access groups and perhaps collections it is kept to."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from ui.cli.output import json_option, one_line, plain_errors

if TYPE_CHECKING:
    from kb.auth.api_keys import ApiKey
    from kb.auth.roles import Role


@click.group()
def keys() -> None:
    r"""Keys of programs that ask through setu serve. A key is shown once, when it is made, and kept nowhere.

    \b
    Example:
      setu keys create portal --group ports --days 90
    """


@keys.command()
@click.argument("name")
@click.option("--role", type=click.Choice(["viewer", "trainer", "editor", "admin"]), default="viewer", show_default=True)
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="An access group whose documents it sees; repeatable.")
@click.option("--all-groups", is_flag=True, help="It sees every document.")
@click.option("--collection", "collections", multiple=True, metavar="NAME", help="It sees papers of this collection alone; repeatable.")
@click.option("--days", type=click.IntRange(1, 3650), help="After so many days it expires; by default never.")
def create(name: str, role: Role, groups: tuple[str, ...], all_groups: bool, collections: tuple[str, ...], days: int | None) -> None:
    r"""Make a key and print it, this once.

    \b
    Example:
      setu keys create portal --role viewer --group ports --collection "Ports 2026" --days 90
    """
    with plain_errors():
        from kb import KnowledgeBase, Settings
        from kb.auth.account_store import AccountStore
        from kb.auth.api_keys import ApiKeys

        settings = Settings.load()
        kept = None
        if collections:
            with KnowledgeBase.open(settings) as kb:
                kept = [kb.collections.named(one).id for one in collections]
        until = datetime.now(UTC) + timedelta(days=days) if days is not None else None
        with closing(ApiKeys(AccountStore.of(settings))) as held:
            made, token = held.create(name, role, None if all_groups else groups, kept, until)
    click.echo(f"{_row(made)}\nThe key, shown this once: ", err=True, nl=False)
    click.echo(token)


@keys.command("list")
@json_option
def list_(as_json: bool) -> None:
    r"""List the keys: name, role, what it sees, when it expires and was last used.

    \b
    Example:
      setu keys list
    """
    with plain_errors():
        from kb import Settings
        from kb.auth.account_store import AccountStore
        from kb.auth.api_keys import ApiKeys

        with closing(ApiKeys(AccountStore.of(Settings.load()))) as held:
            found = held.all()
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([_shape(one) for one in found]))
        return
    for one in found:
        click.echo(_row(one))
    if not found:
        click.echo("There are no keys. Make one: setu keys create NAME")


@keys.command()
@click.argument("name")
def revoke(name: str) -> None:
    r"""Have the key of a NAME, or an id, count no more from now on.

    \b
    Example:
      setu keys revoke portal
    """
    with plain_errors():
        from kb import Settings
        from kb.auth.account_store import AccountStore
        from kb.auth.api_keys import ApiKeys

        with closing(ApiKeys(AccountStore.of(Settings.load()))) as held:
            gone = held.revoke(name)
    click.echo(f"The key {one_line(gone.name)} counts no more.")


def _row(one: ApiKey) -> str:
    seen = "all groups" if one.groups is None else ", ".join(sorted(one.groups)) or "no group"
    kept = [f"collections {', '.join(map(str, sorted(one.collections)))}"] if one.collections is not None else []
    until = f"until {one.until:%Y-%m-%d}" if one.until is not None else "does not expire"
    used = f"last used {one.used:%Y-%m-%d %H:%M}" if one.used is not None else "never used"
    return one_line(" · ".join([f"{one.name:<20} {one.role:<8}", seen, *kept, until, used]))


def _shape(one: ApiKey) -> dict[str, object]:
    return {
        "id": one.id, "name": one.name, "role": one.role, "groups": None if one.groups is None else sorted(one.groups),
        "collections": None if one.collections is None else sorted(one.collections), "created": one.created.isoformat(),
        "until": one.until.isoformat() if one.until else None, "used": one.used.isoformat() if one.used else None,
    }  # fmt: skip
