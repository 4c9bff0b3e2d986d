"""``setu``: the knowledge base in the terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

import click

from ui.cli.commands.ask import ask, glossary, search
from ui.cli.commands.card import card
from ui.cli.commands.docs import docs, reindex
from ui.cli.commands.due import due
from ui.cli.commands.exchange_map import exchange_map
from ui.cli.commands.export_answers import export, show
from ui.cli.commands.ingest import extract, ingest
from ui.cli.commands.maintenance import backup, doctor, health, move, originals, restore, settings
from ui.cli.commands.paper_collections import collections, samples
from ui.cli.commands.personal_data import audit, feedback, forget, former, hand_over
from ui.cli.commands.train import train
from ui.cli.commands.users import users
from ui.cli.integrations.webhook_commands import webhooks
from ui.cli.key_commands import keys
from ui.cli.llm_commands import llm
from ui.cli.mcp_command import mcp
from ui.cli.output import with_examples
from ui.cli.serve import serve
from ui.cli.sources.source_commands import sources
from ui.cli.workers.shard_commands import shards
from ui.cli.workers.worker_commands import jobs, worker

__all__ = ["cli", "main"]


class _Interruptible(click.Group):
    """Commands that Ctrl-C ends with exit status 130, as programs on a terminal do, wherever it comes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            ctx.exit(130)


@click.group(cls=_Interruptible, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="setu-qa", prog_name="setu")
def cli() -> None:
    r"""Ask the papers of a knowledge exchange, in Marathi, Hindi, English or Japanese.

    Answers quote the documents word for word, with page and clause. The data lies in the folder named by SETU_HOME
    (by default ~/.local/share/setu).

    \b
    Example:
      setu samples add
      setu ask "Who signed the memorandum?"

    Exit status: 0 done; 1 done with rejected files or failed checks; 2 could not be done (the reason is on stderr);
    130 stopped with Ctrl-C.
    """


for command in (
    ingest, search, ask, extract, docs, doctor, reindex, glossary, backup, restore, move, originals, health, settings, export, show, users,
    feedback, worker, jobs, shards, card, due, exchange_map, audit, train, collections, samples, llm, mcp, keys, serve, sources, webhooks,
):  # fmt: skip
    cli.add_command(command)
for command in (former, forget, hand_over):
    users.add_command(command)
with_examples(cli)


def main() -> None:
    """Run ``setu``, always in UTF-8 whatever the locale says; an unexpected error is one line, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli.main(prog_name="setu")
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        with suppress(ImportError):  # the error may be that something is not installed
            from kb import event_log

            event_log.failure("command", error)
        name, first = type(error).__name__, (str(error).splitlines() or [""])[0]
        click.echo(
            f"setu: unexpected error ({name}: {first}). Run with PYTHONDEVMODE=1 to see where, and `setu doctor` to check.", err=True
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
