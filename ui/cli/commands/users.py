"""``setu users``: who may sign in to the chat, in which role, and which access groups they see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import click

from ui.cli.output import json_option, one_line, plain_errors

if TYPE_CHECKING:
    from kb.auth.accounts import Account, Accounts
    from kb.auth.roles import Role
    from kb.settings import Settings

ROLES: Final[tuple[Role, ...]] = ("viewer", "trainer", "editor", "admin")
"""As in `kb.auth.roles`, which brings more along than ``setu --help`` has time for."""


@click.group()
def users() -> None:
    r"""Manage who may sign in to the chat.

    As soon as there is one account, the chat asks for a name and a password. The accounts are in accounts.sqlite3 in SETU_HOME. Passwords
    are asked for, or made with --generate; they are never part of a command.

    \b
    Example:
      setu users add asha --role admin --all-groups
      setu users add ravi --group ports --group fisheries --generate
    """


@users.command("list")
@json_option
def list_(as_json: bool) -> None:
    r"""List everybody: name, role, groups, and whether the account is disabled.

    \b
    Example:
      setu users list
    """
    with _accounts() as people:
        everybody = people.all()
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([_shape(one) for one in everybody]))
        return
    if not everybody:
        click.echo("There are no accounts: the chat is open on this machine, and nowhere else. Make one: setu users add NAME --role admin")
    for one in everybody:
        click.echo(_row(one))


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What they may do.")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="An access group whose documents they see; repeatable.")
@click.option("--all-groups", is_flag=True, help="They see every document.")
@click.option("--generate", is_flag=True, help="Make a password and print it, once.")
@click.option("--no-password", is_flag=True, help="An OpenID provider vouches for them; NAME is the e-mail address it gives.")
def add(name: str, role: str, groups: tuple[str, ...], all_groups: bool, generate: bool, no_password: bool) -> None:
    r"""Make an account. The password is asked for twice, unless it is generated.

    \b
    Example:
      setu users add asha --role admin --all-groups
      setu users add mina@example.org --role trainer --no-password
    """
    if generate and no_password:
        raise click.UsageError("Give --generate or --no-password, not both.")
    if groups and all_groups:
        raise click.UsageError("Give --group or --all-groups, not both.")
    with _accounts() as people:
        from kb.auth.accounts import checked_groups

        held = None if all_groups else checked_groups(groups)
        if people.find(name) is not None:
            raise click.UsageError(f"There is an account {name!r} already. Change it, or take another name.")
        password = "" if no_password else _password(generate)
        made = people.add(name, _role(role), held, password)
        first_admin = made.role == "admin" or any(one.role == "admin" for one in people.all())
    click.echo(_row(made))
    _show(password, generate)
    if made.role == "admin" and made.groups is not None:
        click.echo("This admin manages only people whose groups are all among their own. For one of everybody: --all-groups", err=True)
    if not first_admin:
        click.echo("There is no admin yet, so nobody can manage people in the chat. Make one: setu users add NAME --role admin", err=True)


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    r"""Give somebody another role. It holds from their next click on.

    \b
    Example:
      setu users role ravi editor
    """
    with _accounts() as people:
        click.echo(_row(people.change(name, role=_role(role))))


@users.command()
@click.argument("name")
@click.option("--set", "chosen", multiple=True, metavar="GROUP", help="The groups they see from now on; repeatable.")
@click.option("--all", "every", is_flag=True, help="They see every document.")
@click.option("--clear", is_flag=True, help="They see the documents of no group only.")
def groups(name: str, chosen: tuple[str, ...], every: bool, clear: bool) -> None:
    r"""Show or change the access groups of somebody.

    \b
    Example:
      setu users groups ravi --set ports --set fisheries
    """
    if (bool(chosen), every, clear).count(True) > 1:
        raise click.UsageError("Give one of --set, --all and --clear.")
    with _accounts() as people:
        from kb.auth.accounts import ALL

        if not (chosen or every or clear):
            click.echo(_row(people.get(name)))
            return
        click.echo(_row(people.change(name, groups=(ALL,) if every else chosen)))


@users.command()
@click.argument("name")
@click.argument("new")
def rename(name: str, new: str) -> None:
    r"""Give an account another name. Conversations and all else stay theirs, and so do the password and the sessions.

    \b
    Example:
      setu users rename ravi ravi.kumar
    """
    with _accounts() as people:
        click.echo(_row(people.rename(name, new)))


@users.command()
@click.argument("name")
def release(name: str) -> None:
    r"""Let an account be that of whom an OpenID provider vouches for next under its name, as when the provider was replaced.

    An account is bound to the first who comes: to the provider's address and their number there, not to the name.

    \b
    Example:
      setu users release mina@example.org
    """
    with _accounts() as people:
        click.echo(_row(people.bind(name, "")))


@users.command()
@click.argument("name")
@click.option("--generate", is_flag=True, help="Make a password and print it, once.")
def password(name: str, generate: bool) -> None:
    r"""Give somebody a new password. Wherever they are signed in, they have to sign in again.

    \b
    Example:
      setu users password ravi --generate
    """
    with _accounts() as people:
        people.get(name)
        new = _password(generate)
        people.set_password(name, new)
    _show(new, generate)


@users.command()
@click.argument("name")
def disable(name: str) -> None:
    r"""Keep somebody out, and end their sessions; what they made stays.

    \b
    Example:
      setu users disable ravi
    """
    with _accounts() as people:
        click.echo(_row(people.change(name, disabled=True)))


@users.command()
@click.argument("name")
def enable(name: str) -> None:
    r"""Let somebody in again who was disabled.

    \b
    Example:
      setu users enable ravi
    """
    with _accounts() as people:
        click.echo(_row(people.change(name, disabled=False)))


@users.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    r"""End every session of somebody.

    \b
    Example:
      setu users sign-out ravi
    """
    with _accounts() as people:
        people.sign_out(name)


@users.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    r"""Remove an account. Conversations stay, out of everybody's reach; disable is kinder where somebody may come back.

    A new account of the name is another person's. See setu users former, forget and hand-over.

    \b
    Example:
      setu users remove ravi --yes
    """
    with _accounts() as people:
        account = people.get(name)
        if not yes:
            click.confirm(f"Remove the account {account.name}?", abort=True)
        people.remove(account.name)


@users.command()
@click.pass_context
def check(context: click.Context) -> None:
    r"""Say whether the accounts are sound, and who could sign in. Exit status 1 when nobody could, or nobody could manage people.

    \b
    Example:
      setu users check
    """
    with _accounts() as people:
        if not people.exist():
            click.echo("There are no accounts: the chat is open on this machine, and nowhere else.")
            return
        people.check()
        everybody = [one for one in people.all() if not one.disabled]
    with_password = sum(bool(one.password) for one in everybody)
    click.echo(f"{people.file} is sound: {len(everybody)} may sign in, {with_password} of them with a password.")
    missing = [word for word, there in (("account", everybody), ("admin", [o for o in everybody if o.role == "admin"])) if not there]
    if missing:
        click.echo(f"There is no enabled {missing[0]}. Make one: setu users add NAME --role admin", err=True)
        context.exit(1)
    if not any(one.role == "admin" and one.groups is None for one in everybody):
        click.echo("No admin manages everybody: each has some groups only. Give one all of them: setu users groups NAME --all", err=True)


@contextmanager
def _accounts() -> Iterator[Accounts]:
    with plain_errors():
        from kb import event_log
        from kb.auth.account_store import AccountStore
        from kb.auth.accounts import Accounts
        from kb.settings import Settings

        settings: Settings = Settings.load()
        event_log.start(settings)
        with closing(Accounts(AccountStore.of(settings))) as people:
            yield people


def _password(generate: bool) -> str:
    from kb.auth.passwords import generated

    if generate:
        return generated()
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
    return typed


def _show(password: str, generated: bool) -> None:
    if generated:
        click.echo("The password, shown this once: ", err=True, nl=False)
        click.echo(password)


def _role(role: str) -> Role:
    return next(known for known in ROLES if known == role)


def _row(one: Account) -> str:
    seen = "all groups" if one.groups is None else ", ".join(sorted(one.groups)) or "no group"
    marks = [word for word, is_so in (("no password", not one.password), ("bound", one.subject), ("disabled", one.disabled)) if is_so]
    return one_line(" · ".join([f"{one.name:<20} {one.role:<8}", seen, *marks, f"since {one.created:%Y-%m-%d}"]))


def _shape(one: Account) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role,
        "groups": None if one.groups is None else sorted(one.groups),
        "password": bool(one.password),
        "disabled": one.disabled,
        "created": one.created.isoformat(),
    }
