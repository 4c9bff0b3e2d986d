"""``python -m eval samples``: the sample papers asked their gold questions under the settings in force, the run saved with what made it.

It is the small set: a minute or two, no other data needed. ``--steps`` is for a program that starts it: how far it is comes as JSON lines
on standard output, and it stops when its standard input is closed, so that it never outlives who started it.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import click

from eval import DATA, PROJECT, options
from eval.datasets.splits import digest_of_files
from eval.tasks.answers import EvaluationError, evaluate, read_questions
from kb import KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from kb.records import Progress
from kb.settings_list import listed

DOCUMENTS: Final = PROJECT / "samples" / "documents"
GOLD: Final = DATA / "samples_gold.jsonl"
NOTED: Final = (
    "embedder", "embedder_query_prompt", "embedder_passage_prompt", "glossary", "heading_weight", "authority_weight", "recency_weight",
    "diversity", "reranker", "rerank_top", "rerank_ms", "verifier", "llm", "llm_tokens", "llm_seconds", "llm_failing",
)  # fmt: skip
"""The settings on which the figures depend; they stand in the run."""

NICENESS: Final = 10
"""Beside a server, those who ask come first."""

Tell = Callable[[str, int, int], None]
"""Told the stage (``read`` or ``ask``), how many pages or questions are done, and of how many (0 while that is not known)."""


def measured(settings: Settings, scratch: Path, *, engine: Any = "extractive", limit: int | None = None, tell: Tell) -> dict[str, Any]:
    """The run, as ``python -m eval answers`` writes it, with ``made``: when, by which version, under which settings.

    The papers are taken in by a knowledge base in the folder ``scratch``; that of the settings is not touched.

    Raises:
        EvaluationError: the sample papers are not there, could not be taken in, or no language model is set for ``generative``.
        KnowledgeBaseError: the knowledge base cannot be opened.
    """
    if engine == "generative" and not settings.llm:
        raise EvaluationError("No language model is set, so none can be measured. Set SETU_LLM, or measure the quotes.")
    if not DOCUMENTS.is_dir():
        raise EvaluationError(f"The sample papers are not on this machine: {DOCUMENTS}. They come with the source of Setu.")
    files = sorted(path for path in DOCUMENTS.rglob("*") if path.is_file())
    questions = list(read_questions(GOLD))[:limit]
    own = settings.home / "glossary.tsv"
    glossary = settings.glossary or (own if own.is_file() else None)
    apart = {"home": scratch, "database_url": None, "chroma_url": None, "glossary": glossary}
    tell("read", 0, 0)
    with KnowledgeBase.open(settings.model_copy(update=apart)) as kb:

        def read(step: Progress) -> None:
            if step.stage == "read":
                tell("read", min(step.pages_done, step.pages_total), step.pages_total)

        summary = kb.ingest([DOCUMENTS], progress=read)
        if summary.rejected:
            listing = "; ".join(f"{Path(one.file).name}: {one.reason}" for one in summary.rejected)
            raise EvaluationError(f"{len(summary.rejected)} sample papers could not be taken in, so the figures would be wrong: {listing}")
        tell("ask", 0, len(questions))
        report = evaluate(kb, questions, lambda done, total: tell("ask", done, total), engine=engine)
    report["data"] = {"corpus": digest_of_files(files), "queries": digest_of_files([GOLD]) + ("" if limit is None else f" first {limit}")}
    report["made"] = made(settings)
    return report


def made(settings: Settings) -> dict[str, Any]:
    """When (UTC), by which version of Setu, under which settings; passwords in addresses are hidden."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version("setu-qa"),
        "set": "samples",
        "settings": {one.name: one.value for one in listed(settings) if one.name in NOTED and one.value is not None},
    }


@click.command(epilog='Example: python -m eval samples --json "$SETU_HOME/evaluations/first.json"')
@options.save_json(required=True, help="where the run is written")
@options.engine()
@options.limit()
@click.option("--steps", is_flag=True, help="tell a program how far it is; stop when standard input is closed")
def command(out: Path, engine: str, limit: int | None, steps: bool) -> None:
    """Ask the sample papers their gold questions under the settings in force (SETU_HOME), and save the run.

    Exit status: 1 when it cannot be done, 130 when it was stopped.
    """
    if steps:
        # What a server in the background starts has interrupts ignored, and then none can be sent from a thread either.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.nice(NICENESS)
        threading.Thread(target=_stop_when_left, daemon=True).start()
    try:
        with (
            options.failing(1, EvaluationError, KnowledgeBaseError, OSError),
            tempfile.TemporaryDirectory(prefix="setu-samples-") as scratch,
        ):
            run = measured(Settings.load(), Path(scratch), engine=engine, limit=limit, tell=_step if steps else _line)
            _write(out, run)
    except KeyboardInterrupt:
        options.fail(130, "Stopped; nothing was saved.")
    if not steps:
        click.echo(f"{out}: {run['questions']} questions")


def _write(path: Path, run: Mapping[str, Any]) -> None:
    """Whole or not at all: others list the folder meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(run, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def _step(stage: str, done: int, total: int) -> None:
    sys.stdout.write(json.dumps({"stage": stage, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


def _line(stage: str, done: int, total: int) -> None:
    options.progress(done, total, "pages" if stage == "read" else "questions")


def _stop_when_left() -> None:
    # Not through sys.stdin, whose lock this thread would still hold when the interpreter ends.
    while os.read(0, 1024):
        pass
    _thread.interrupt_main()
