"""``python -m eval tasks FILE``: tasks as officials put them, played through the real paths and scored, beside a plain baseline.

Each task is a conversation of its own; the answer to its last turn is scored (`eval.tasks.task_checks`). Beside Setu stand ``passages``:
the first two passages that are found for the last turn, shown whole, scored by the same checks in the same run. A pass is necessary and not
sufficient: read outputs beside what their task is about (``--show``).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from eval import PROJECT, options
from eval.datasets.splits import digest_of_files, digest_of_papers
from eval.metrics.comparison import paired_bootstrap
from eval.report.tables import markdown
from eval.tasks.task_checks import CHECKS, Output, Task, TasksError, Wrong, read_outputs, read_tasks, wrong_of
from kb import KnowledgeBase, Settings
from kb.answer.presentation.rendering import answer_text
from kb.errors import KnowledgeBaseError
from kb.records import Answer, Citation, Done, Hit, Turn

SAMPLES: Final = PROJECT / "samples" / "documents"
OF_SAMPLES: Final = (
    "memorandum-of-cooperation.pdf", "sahakarya-karar.pdf", "laharvarta-sahakarya-karar.html", "sagartat-samachar.txt",
    "lahargad-ledger.html", "flood-warning-kazehama.pdf", "city-data-platform.docx", "monsoon-circular-scan.pdf",
)  # fmt: skip
OF_CORPUS: Final = (
    "pudhari-mlit-thane.txt",
    "agreements_en/mou-us-malaysia.md",
    "agreements_en/mou-us-thailand.md",
    "agreements_en/mou-us-united-kingdom-of-great-britain.md",
    "agreements_en/2025-10-28-u-s-japan-technology-prosperity-deal.md",
    "agreements_en/2023-09-09-memorandum-of-understanding-on-the-principles-of-an-india-middle-east-europe-economic-corridor.md",
    "policies_en_ja/en/acceptable_use_policy.md",
    "policies_en_ja/ja/mdn_plus_terms.md",
)
"""The papers that the development tasks are about: eight of the samples, and eight of the folder ``corpus`` two above the tasks."""
PASSAGES: Final = 2
"""Those that the baseline shows whole."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a task: Setu's output and the baseline's, and the seconds of the last answer. A crash leaves ``ours`` empty."""

    ours: Output
    passages: Output
    seconds: float
    crashed: bool = False


def papers_of(file: Path, base: Path | None) -> list[Path]:
    """The papers that the tasks of a file are about: all of a folder, or without one those of the development tasks.

    Raises:
        TasksError: a paper is not there.
    """
    if base is not None:
        found = sorted(path for path in base.rglob("*") if path.is_file())
        if not found:
            raise TasksError(f"{base} holds no papers.")
        return found
    corpus = file.resolve().parents[2] / "corpus" if len(file.resolve().parents) > 2 else file.parent
    found = [*(SAMPLES / name for name in OF_SAMPLES), *(corpus / name for name in OF_CORPUS)]
    missing = [path for path in found if not path.is_file()]
    if missing:
        raise TasksError(
            f"{len(missing)} papers that the development tasks are about are missing, first {missing[0]}. Name others by --base."
        )
    return found


def play(kb: KnowledgeBase, task: Task) -> Played:
    """Hold the conversation of a task. What fails on the way is told on standard error, and the task has an empty output."""
    history: list[Turn] = []
    seconds = 0.0
    try:
        for turn in task.turns:
            started = time.perf_counter()
            answer = next(event.answer for event in kb.ask(turn, history=history) if isinstance(event, Done))
            seconds = time.perf_counter() - started
            history.append(Turn(turn, answer))
        ours, crashed = shown(task.id, history[-1].answer), False
    except Exception:  # noqa: BLE001 - one skill that fails must not hide how the others do
        sys.stderr.write(f"{task.id} failed:\n{traceback.format_exc(limit=-3)}")
        ours, crashed = Output(task.id), True
    asked = (history[-1].answer.asked_as if len(history) == len(task.turns) else None) or task.turns[-1]
    return Played(ours, by_passages(task.id, kb.search(asked, k=PASSAGES).hits), seconds, crashed)


def shown(task: str, answer: Answer) -> Output:
    """What a reader of an answer is shown, without the source under each quote."""
    statements = tuple(statement.text for statement in answer.statements)
    cited = (citation for statement in answer.statements for citation in statement.citations)
    return Output(task, answer_text(answer), statements, _names(cited), answer.refusal is not None, answer.skill)


def by_passages(task: str, hits: Sequence[Hit]) -> Output:
    """Passages as they are, as if they were the answer."""
    texts = tuple(hit.text for hit in hits[:PASSAGES])
    return Output(task, "\n\n".join(texts), texts, _names(hits[:PASSAGES]), not texts, "passages")


def report(tasks: Sequence[Task], systems: Mapping[str, Mapping[str, Output]], seconds: Mapping[str, float]) -> dict[str, Any]:
    """The figures of each system in all, by language, skill and number of turns; the interval of the passes; the seconds of ours.

    ``interval`` is that of the share that passes, ``ahead`` that of its lead over the baseline: 95 %, by the bootstrap over tasks.
    """
    wrong = {name: {task.id: wrong_of(task, outputs.get(task.id)) for task in tasks} for name, outputs in systems.items()}
    sides: dict[str, Callable[[Task], str]] = {
        "language": lambda task: task.language,
        "skill": lambda task: task.skill,
        "turns": lambda task: "1" if len(task.turns) == 1 else "2+",
    }
    found: dict[str, Any] = {"tasks": len(tasks), "systems": {}}
    for name, of in wrong.items():
        groups = {side: _groups(tasks, key) for side, key in sides.items()}
        by = {side: {key: _figures([of[t.id] for t in group]) for key, group in grouped.items()} for side, grouped in groups.items()}
        passes = [float(_passes(of[task.id])) for task in tasks]
        found["systems"][name] = {"all": _figures(list(of.values())), **by, "interval": _interval(passes, [0.0] * len(passes))}
        if name != "setu":
            found["systems"][name]["ahead"] = _interval([float(_passes(wrong["setu"][task.id])) for task in tasks], passes)
    if seconds:
        timed = {"all": tasks, **_groups(tasks, sides["skill"])}
        found["seconds"] = {key: _percentiles([seconds[task.id] for task in group]) for key, group in timed.items()}
    found["per_task"] = [
        {"id": task.id, "pass": _passes(wrong["setu"][task.id]), "wrong": {c: e for c, e in wrong["setu"][task.id].items() if e}}
        for task in tasks
    ]
    return found


@click.command(cls=options.ListCommand)
@click.argument("file", type=options.PATH)
@options.file("--base", metavar="DIR", help="the papers: every file of this folder; without it those of the development tasks")
@options.home(help="a knowledge base that holds the papers, or gets them where it is empty")
@options.collection()
@options.save_json(help="the figures")
@options.file("--outputs", "shown_in", metavar="OUT.jsonl", help="what was shown, a line a task, as the sets' own scorer reads it")
@click.option("--recorded", type=options.PATH, metavar="IN.jsonl", help="score these outputs instead of asking")
@click.option("--only", cls=options.ListOption, metavar="WORD…", help="only tasks of these ids, languages or skills")
@click.option("--failures", is_flag=True, help="list what was missing, task by task")
@click.option("--show", cls=options.ListOption, metavar="ID…", help="only these tasks: print the last output and what it should be")
@options.failing(1, TasksError, KnowledgeBaseError, OSError)
def command(
    file: Path, base: Path | None, home: Path | None, collection: tuple[str, ...], out: Path | None, shown_in: Path | None,
    recorded: Path | None, only: tuple[str, ...], failures: bool, show: tuple[str, ...],
) -> None:  # fmt: skip
    """Ask tasks as officials put them, a line of FILE each, beside a plain baseline.

    Exit status 1: the tasks or what they are asked of cannot be used.
    """
    every = read_tasks(file)
    tasks = _chosen(every, show, only)
    played, data = _played(tasks, file, base, home, collection) if recorded is None else ({}, {})
    outputs = {task: one.ours for task, one in played.items()} if recorded is None else read_outputs(recorded)
    systems = {"setu": outputs, **({"passages": {task: one.passages for task, one in played.items()}} if played else {})}
    found = report(tasks, systems, {task: one.seconds for task, one in played.items()})
    if len(tasks) < len(every):
        data = {part: f"{digest} of {len(tasks)} tasks" for part, digest in data.items()}  # no floors are for these
    found |= {"data": data, "crashed": sum(one.crashed for one in played.values())}
    options.save(out, found)
    if shown_in is not None:
        lines = (json.dumps(asdict(one), ensure_ascii=False) for one in outputs.values())
        shown_in.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if show:
        click.echo("".join(_whole(task, outputs.get(task.id)) for task in tasks), nl=False)
        return
    if failures:
        click.echo("".join(_failures(tasks, outputs)), nl=False)
    click.echo(_table(found))


def _played(
    tasks: Sequence[Task], file: Path, base: Path | None, home: Path | None, collection: Sequence[str]
) -> tuple[dict[str, Played], dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="setu-tasks-") as scratch:
        settings = Settings.load(home=home or Path(scratch))
        with KnowledgeBase.open(settings) as kb:
            if base is not None or not kb.documents():
                for one in kb.ingest(papers_of(file, base)).rejected:
                    click.echo(f"not taken in: {Path(one.file).name}: {one.reason}", err=True)
            asked = kb.within([kb.collections.named(name).id for name in collection]) if collection else kb
            held = [one for one in asked.documents() if one.state == "published"]
            papers = sorted((Path(one.source).name, kb.history(one.id)[-1].sha256) for one in held)
            data = {"corpus": digest_of_papers(papers), "queries": digest_of_files([file])}
            played = {}
            for done, task in enumerate(tasks, start=1):
                played[task.id] = play(asked, task)
                options.progress(done, len(tasks), "tasks")
    return played, data


def _chosen(tasks: Sequence[Task], ids: Sequence[str], words: Sequence[str]) -> list[Task]:
    chosen = [task for task in tasks if (not ids or task.id in ids) and (not words or {task.id, task.language, task.skill} & set(words))]
    if not chosen:
        raise TasksError("No task of the file is such a one.")
    return chosen


def _groups(tasks: Iterable[Task], key: Callable[[Task], str]) -> dict[str, list[Task]]:
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(key(task), []).append(task)
    return dict(sorted(groups.items()))


def _passes(wrong: Wrong) -> bool:
    return not any(wrong.values())


def _figures(wrongs: Sequence[Wrong]) -> dict[str, Any]:
    shares = {check: round(sum(not wrong[check] for wrong in wrongs) / len(wrongs), 4) for check in CHECKS}
    passed = sum(map(_passes, wrongs))
    return {"tasks": len(wrongs), "passed": passed, "pass": round(passed / len(wrongs), 4), **shares}


def _interval(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    found = paired_bootstrap(ours, theirs)
    return [round(found.low, 4), round(found.high, 4)]


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(seconds, share)), 2) for share in (50, 95)}


def _names(cited: Iterable[Citation | Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(Path(one.source).name for one in cited))


def _table(found: Mapping[str, Any]) -> str:
    columns = ("pass", *CHECKS)
    ours, seconds = found["systems"]["setu"], found.get("seconds", {})
    beside = found["systems"].get("passages")
    head = ["", "n", *columns, *(["passages"] if beside else []), *(["s p50", "s p95"] if seconds else [])]
    rows = []
    for side, key in [("", "all"), *((part, one) for part in ("language", "skill", "turns") for one in ours[part])]:
        row, theirs = (of and (of[side][key] if side else of[key]) for of in (ours, beside))
        cells = [f"{side} {key}".strip(), row["tasks"], *(f"{row[column]:.2f}" for column in columns)]
        cells += [f"{theirs['pass']:.2f}"] if theirs else []
        if seconds:
            cells += [f"{seconds[key][share]:.2f}" if side in ("", "skill") else "" for share in ("p50", "p95")]
        rows.append(cells)
    told = "pass {:.3f} in all, 95 % interval {:.3f} to {:.3f}".format(ours["all"]["pass"], *ours["interval"])
    ahead = "; ahead of the passages by {:.3f} to {:.3f}".format(*beside["ahead"]) if beside else ""
    return f"{markdown(head, rows)}\n\n{told}{ahead}"


def _failures(tasks: Sequence[Task], outputs: Mapping[str, Output]) -> Iterator[str]:
    for task in tasks:
        wrong = {check: list(entries) for check, entries in wrong_of(task, outputs.get(task.id)).items() if entries}
        if wrong:
            yield f"{task.id} {task.skill} {json.dumps(wrong, ensure_ascii=False)}\n"


def _whole(task: Task, output: Output | None) -> str:
    """A whole output as its reader sees it, between what was asked and what a good colleague would answer."""
    wrong = {check: list(entries) for check, entries in wrong_of(task, output).items() if entries}
    asked = "\n".join(f"> {turn}" for turn in task.turns)
    text = "(none)" if output is None else f"[{output.kind}{', refused' if output.refused else ''}]\n{output.text}"
    cited = "nothing" if output is None or not output.citations else ", ".join(output.citations)
    verdict = f"fails: {json.dumps(wrong, ensure_ascii=False)}" if wrong else "passes"
    return f"=== {task.id} · {task.skill} · {task.shape}\n{asked}\n\n{text}\n\nCited: {cited}\nWanted: {task.why}\nIt {verdict}.\n\n"
