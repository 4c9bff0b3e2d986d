"""``setu shards``: the databases that hold a part of the postings, and how documents come to lie on them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ui.cli.output import json_option, knowledge_base, one_line, plain_errors

if TYPE_CHECKING:
    from kb.store.shards.resharding import Spread


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def shards(context: click.Context, as_json: bool) -> None:
    r"""Show the databases that share the postings of the papers, and what lies on each. Exit status 1: one does not answer.

    A base on PostgreSQL may keep its postings on several servers (SETU_SHARD_URLS). Every search asks all of them and finds what one
    database would find.

    \b
    Example:
      setu shards
      setu shards spread
    """
    if context.invoked_subcommand is not None:
        return
    with knowledge_base() as kb, plain_errors():
        found = kb.shards.state()
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump({"shards": [asdict(one) for one in found]}))
    else:
        for one in found:
            said = ("" if one.answers else "  DOES NOT ANSWER: its papers are not searched") + ("  being left" if one.leaving else "")
            click.echo(f"{one.number:3}  {one.documents:7,} papers {one.passages:9,} passages  {one_line(one.name)}{said}")
    context.exit(0 if all(one.answers for one in found) else 1)


@shards.command()
@json_option
def spread(as_json: bool) -> None:
    r"""Let the databases join that SETU_SHARD_URLS names anew, and move papers to where they belong.

    People search and others write meanwhile. What is interrupted goes on when the command is given again.

    \b
    Example:
      setu shards spread
    """
    with knowledge_base() as kb, plain_errors():
        _tell(kb.shards.spread(_moved), as_json)


@shards.command()
@click.argument("number", type=click.IntRange(min=1))
@json_option
def remove(number: int, as_json: bool) -> None:
    r"""Move everything away from shard NUMBER, also from one that is lost, and forget it.

    Of one that answers the tables are dropped a minute later, when no search asks it any more.

    \b
    Example:
      setu shards remove 2
    """
    with knowledge_base() as kb, plain_errors():
        _tell(kb.shards.remove(number, _moved), as_json)


def _moved(done: int, total: int) -> None:
    click.echo(f"{done:,} of {total:,} papers moved", err=True)


def _tell(done: Spread, as_json: bool) -> None:
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(asdict(done)))
        return
    said = [f"{done.moved:,} papers moved"]
    said += [f"shards joined: {', '.join(map(str, done.joined))}"] if done.joined else []
    said += [f"shards left: {', '.join(map(str, done.left))}"] if done.left else []
    click.echo("; ".join(said) + ".")
