"""``setu worker`` and ``setu jobs``: taking in what was sent to a base on a server, and what of it waits."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ui.cli.output import Failure, json_option, knowledge_base, one_line, plain_errors

if TYPE_CHECKING:
    from kb import KnowledgeBase
    from kb.queue.job_queue import JobQueue

_NONE = (
    "There is no queue: the base is in files, or SETU_QUEUE is false, and the process that is asked takes uploads in itself. "
    "Workers are for a base on PostgreSQL (SETU_DATABASE_URL)."
)


@click.command()
@click.option("--once", is_flag=True, help="End when nothing waits any more.")
def worker(once: bool) -> None:
    r"""Take in what was sent to the chat and the API, the most urgent first, until Ctrl-C or the end of the service.

    As many may run as there is work for, on any machine that reaches the database (SETU_DATABASE_URL). What one had begun when it was
    killed is begun again by another.

    \b
    Example:
      setu worker
      setu worker --once
    """
    os.umask(0o077)
    with knowledge_base() as kb, plain_errors():
        queue = _queue_of(kb)
        from kb.queue.worker import Worker
        from ui.jobs.ingest_tasks import clear_up
        from ui.jobs.queued_uploads import Taker

        clear_up(kb)
        click.echo("This worker takes in what was sent. Ctrl-C ends it.", err=True)
        with closing(Taker(kb, queue)) as taker:
            Worker(kb.settings, queue, taker).run(wait=not once)


@click.command()
@json_option
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    r"""Show what was sent and waits for a worker or is being taken in, and how many workers run. Exit status 1: none runs.

    \b
    Example:
      setu jobs
      setu jobs --json
    """
    with knowledge_base() as kb, plain_errors():
        queue = _queue_of(kb)
        state, found = queue.state(), queue.unfinished()
    if as_json:
        from ui.cli.json_output import dump

        items = [
            {"job": job.id, "begun": job.begun, "name": i.name, "state": i.state, "trouble": i.told.get("trouble", "")}
            for job in found
            for i in job.items
        ]
        click.echo(dump({**asdict(state), "items": items}))
    else:
        click.echo(
            f"{state.waiting} wait ({state.again} of them to be tried again), {state.working} under way, {state.failed} failed in the last "
            f"week; {state.workers} workers run."
        )
        for job in found:
            for item in job.items:
                said = f"  {one_line(str(item.told['trouble']))}" if item.told.get("trouble") else ""
                click.echo(f"  {item.state:<9} {job.begun:%Y-%m-%d %H:%M}  {one_line(item.name)}{said}")
        if not state.workers:
            click.secho("  ! No worker runs, so nothing is taken in. Start one on any machine: setu worker", fg="yellow")
    context.exit(0 if state.workers else 1)


def _queue_of(kb: KnowledgeBase) -> JobQueue:
    if kb.queue is None:
        raise Failure(_NONE)
    return kb.queue
