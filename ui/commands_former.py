"""``setu users former``, ``forget`` and ``hand-over``: what is kept of people whose account is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.terminal import Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from kb import KnowledgeBase
    from kb.store.people import Person


@click.command()
@json_option
def former(as_json: bool) -> None:
    r"""List people without an account of whom something is kept: id, name, and how much. Nobody comes with these ids again.

    With an OpenID provider, those are in the list too whom it vouches for and who have a role without an account.

    \b
    Example:
      setu users former
    """
    with knowledge_base() as kb:
        found = _without_account(kb)
    if as_json:
        from ui.shapes import dump

        click.echo(dump([{key: getattr(one, key) for key in ("id", "name", "conversations", "opinions", "materials")} for one in found]))
        return
    for one in found:
        kept = f"{one.conversations} conversations, {one.opinions} opinions, {one.materials} materials"
        click.echo(f"{one.id:<38}  {one_line(one.name):<20}  {kept}")
    if not found:
        click.echo("Nothing is kept of anybody without an account.")


@click.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(person: str, yes: bool) -> None:
    r"""Delete the conversations, opinions and own materials of somebody without an account, by id or name. The audit log stays.

    \b
    Example:
      setu users forget p-3f0c5a9d2e7b41880c6a1f24 --yes
    """
    with knowledge_base() as kb:
        one = _the_one(kb, person)
        if not yes:
            click.confirm(f"Delete what is kept of {one.name} ({one.id})?", abort=True)
        gone = kb.people.forget(one.id)
        kb.recorded("person_forgotten", f"{one.name} ({one.id})")
    click.echo(f"{gone} conversations, opinions and materials of {one_line(one.name)} are deleted.")


@click.command("hand-over")
@click.argument("person")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def hand_over(person: str, name: str, yes: bool) -> None:
    r"""Give what is kept of somebody without an account, by id or name, to the account NAME: theirs from before they had it.

    \b
    Example:
      setu users hand-over ravi ravi@example.org
    """
    with knowledge_base() as kb:
        from kb.accounts import Accounts

        one, account = _the_one(kb, person), Accounts(kb.settings.home).get(name)
        if not yes:
            click.confirm(f"Let {account.name} read and change what is kept of {one.name} ({one.id})?", abort=True)
        kb.people.hand_over(one.id, account.id)
        kb.recorded("person_handed_over", f"{one.name} ({one.id}) to {account.name}")


def _without_account(kb: KnowledgeBase) -> tuple[Person, ...]:
    from kb.accounts import Accounts

    accounts = Accounts(kb.settings.home)
    return tuple(one for one in kb.people.all() if accounts.of(one.id) is None)


def _the_one(kb: KnowledgeBase, person: str) -> Person:
    found = [one for one in _without_account(kb) if person == one.id or person.casefold() == one.name.casefold()]
    if not found:
        raise Failure(
            f"Nothing is kept of anybody without an account who is called {person!r}. See setu users former; remove an account first."
        )
    if len(found) > 1:
        raise Failure(f"Several are called {person!r}: {', '.join(one.id for one in found)}. Name one by id.")
    return found[0]
