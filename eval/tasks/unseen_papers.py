"""``python -m eval unseen DIR``: papers and questions that strangers wrote, asked through the real paths, beside plain baselines.

``DIR/corpus`` holds the papers, ``DIR/questions.jsonl`` the questions: ``id, question, language, type, cross, answerable, keys,
all_keys`` and, for a follow-up, ``after``, the question asked just before. A key must stand in a right answer (any, or all where
``all_keys`` is true); ``a|b`` in a key means that one of the two will do. Text is compared in NFKC, case-folded, without spaces and
quotation marks.

Beside Setu stand, over the same search in the same run, ``windows``: the two windows of at most 350 characters of the first five passages
that are nearest to the question by the standard scores of cosine and BM25; and ``passages``: the first two passages whole.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import regex

from eval import options
from eval.datasets.splits import digest_of_files
from eval.metrics.baselines import Z_WEIGHT, Okapi, words
from eval.report.tables import markdown
from kb import KnowledgeBase, Settings
from kb.embed.embedder import Embedder, open_embedder
from kb.errors import KnowledgeBaseError
from kb.records import Answer, Hit, Turn

WINDOW: Final = 350
READ: Final = 5
"""Passages that the windows are cut from."""
ROOM: Final = 1200
"""Characters of the first two statements that count."""
_DROPPED = regex.compile(r"[\s\"'`“”„‟‘’‚«»‹›「」『』\u200b-\u200d\ufeff]+")
_BREAK = regex.compile(r"(?<=[.!?।。！？\n])")


class UnseenError(Exception):
    """The set cannot be used; the message says which file and line, and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the set and what a right answer holds."""

    id: str
    text: str
    language: str
    type: str
    across: bool
    answerable: bool
    keys: tuple[str, ...]
    every: bool
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What one system shows for a question: statements in order, and whether it says that it is not sure or does not know."""

    statements: tuple[str, ...]
    unsure: bool = False
    silent: bool = False


def read_set(folder: Path) -> list[Question]:
    """The questions of a set.

    Raises:
        UnseenError: a line is no question, or there is none.
    """
    file = folder / "questions.jsonl"
    found, number = [], 0
    try:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):  # noqa: B007 - the error names it
            if not line.strip():
                continue
            row = json.loads(line)
            keys = tuple(row["keys"]) if row["answerable"] else ()
            found.append(
                Question(
                    row["id"], row["question"], row["language"], row["type"], bool(row.get("cross")), row["answerable"], keys,
                    bool(row.get("all_keys")), row.get("after"),
                )
            )  # fmt: skip
    except OSError as error:
        raise UnseenError(f"{file} cannot be read: {error}. Name a folder that holds corpus/ and questions.jsonl.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnseenError(f"{file}, line {number}: not a question of such a set ({error!r}).") from error
    if not found or not (folder / "corpus").is_dir():
        raise UnseenError(f"{folder} holds no questions or no folder corpus/.")
    return found


def ask_all(
    kb: KnowledgeBase, embedder: Embedder, questions: Sequence[Question], told: Callable[[int, int], None]
) -> dict[str, dict[str, Shown]]:
    """What Setu and the baselines show, by system and question."""
    shown: dict[str, dict[str, Shown]] = {"setu": {}, "windows": {}, "passages": {}}
    for done, question in enumerate(questions, start=1):
        history: list[Turn] = []
        if question.after is not None:
            history.append(Turn(question.after, kb.answer(question.after)))
        answer = kb.answer(question.text, history=history)
        hits = kb.search(answer.asked_as or question.text, k=READ).hits
        shown["setu"][question.id] = by_setu(answer)
        shown["windows"][question.id] = Shown(tuple(windows(embedder, answer.asked_as or question.text, hits)[:2]))
        shown["passages"][question.id] = Shown(tuple(hit.text for hit in hits[:2]))
        told(done, len(questions))
    return shown


def by_setu(answer: Answer) -> Shown:
    """What a reader of an answer sees of the papers."""
    return Shown(tuple(s.text for s in answer.statements), answer.grade == "nearest", answer.refusal is not None)


def windows(embedder: Embedder, question: str, hits: Sequence[Hit]) -> list[str]:
    """The passages cut at sentence ends into windows, nearest to the question first."""
    cut = [window for hit in hits for window in _cut(hit.text)]
    if not cut:
        return []
    cosine = embedder.passages(cut) @ embedder.query(question)
    order = np.argsort(-(_standard(cosine) + Z_WEIGHT * _standard(Okapi(cut, words, 1.2, 0.75, False).scores(question))), kind="stable")
    return [cut[i] for i in order]


def figures(questions: Sequence[Question], shown: Mapping[str, Shown]) -> dict[str, Any]:
    """Shares over a system's answers: right in the first statement, in the first two (of at most `ROOM` characters), in all; refusals."""
    answerable = [q for q in questions if q.answerable]
    near = [q for q in questions if not q.answerable]
    lengths = [sum(map(len, shown[q.id].statements)) for q in questions if not shown[q.id].silent]
    return {
        "questions": len(questions),
        "answerable": len(answerable),
        "first": _share(right(q, shown[q.id], 1) for q in answerable),
        "first_two": _share(right(q, shown[q.id], 2) for q in answerable),
        "shown": _share(right(q, shown[q.id], None) for q in answerable),
        "refused": _share(shown[q.id].silent for q in answerable),
        "near_misses": len(near),
        "near_refused": _share(shown[q.id].silent or shown[q.id].unsure for q in near),
        "characters": round(float(np.mean(lengths)), 1) if lengths else None,
    }


def right(question: Question, shown: Shown, statements: int | None) -> bool:
    """Whether the first statements hold what a right answer holds; one that is refused never does."""
    if shown.silent:
        return False
    text = "\n".join(shown.statements[:statements])
    text = comparable(text[:ROOM] if statements == 2 else text)
    held = [any(comparable(one) in text for one in key.split("|")) for key in question.keys]
    return bool(held) and (all(held) if question.every else any(held))


def comparable(text: str) -> str:
    """The text as keys are compared with it."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())


def report(questions: Sequence[Question], shown: Mapping[str, Mapping[str, Shown]]) -> dict[str, Any]:
    """The figures of each system: of all questions, by language, type, and same language or across."""
    sides: list[tuple[str, Callable[[Question], str]]] = [
        ("language", lambda q: q.language),
        ("type", lambda q: q.type),
        ("side", lambda q: "near miss" if not q.answerable else "across" if q.across else "same"),
    ]
    systems: dict[str, Any] = {}
    for name, answers in shown.items():
        groups: dict[str, dict[str, list[Question]]] = {title: defaultdict(list) for title, _ in sides}
        for question in questions:
            for title, side in sides:
                groups[title][side(question)].append(question)
        by = {title: {key: figures(group, answers) for key, group in sorted(found.items())} for title, found in groups.items()}
        systems[name] = {"all": figures(questions, answers), **by}
    return {"questions": len(questions), "room": ROOM, "systems": systems}


@click.command()
@click.argument("folder", metavar="DIR", type=options.PATH)
@options.home()
@options.save_json(help="the figures")
@click.option("--answers", type=options.PATH, metavar="OUT", help="what Setu showed, a line a question, as the sets' own scorer reads it")
@options.failing(1, UnseenError, KnowledgeBaseError, OSError)
def command(folder: Path, home: Path | None, out: Path | None, answers: Path | None) -> None:
    """Ask papers and questions of strangers, beside plain baselines. DIR holds corpus/ and questions.jsonl.

    Exit status 1: the set cannot be used.
    """
    questions = read_set(folder)
    with tempfile.TemporaryDirectory(prefix="setu-unseen-") as scratch:
        settings = Settings.load(home=home or Path(scratch))
        with KnowledgeBase.open(settings) as kb:
            summary = kb.ingest([folder / "corpus"])
            for one in summary.rejected:
                click.echo(f"not taken in: {Path(one.file).name}: {one.reason}", err=True)
            shown = ask_all(kb, open_embedder(settings), questions, partial(options.progress, what="questions"))
    found = report(questions, shown)
    papers = sorted((path for path in (folder / "corpus").rglob("*") if path.is_file()), key=lambda path: path.name)
    found["data"] = {"corpus": digest_of_files(papers), "queries": digest_of_files([folder / "questions.jsonl"])}
    found["rejected"] = len(summary.rejected)
    options.save(out, found)
    if answers is not None:
        lines = ({"id": key, "statements": one.statements, "refused": one.silent} for key, one in shown["setu"].items())
        answers.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    click.echo(_table(found))


def _table(found: Mapping[str, Any]) -> str:
    columns = ("first", "first_two", "shown", "refused", "near_refused", "characters")
    rows = []
    for system, groups in found["systems"].items():
        by_group = (one for title in ("language", "type", "side") for one in groups[title].items())
        for key, row in (("all", groups["all"]), *by_group):
            rows.append([f"{system} {key}", row["questions"], *("-" if row[c] is None else row[c] for c in columns)])
    return markdown(["", "n", *columns], rows)


def _cut(text: str) -> Iterator[str]:
    held = ""
    for piece in _BREAK.split(text):
        if held and len(held) + len(piece) > WINDOW:
            yield held.strip()
            held = ""
        held += piece
        while len(held) > WINDOW:
            yield held[:WINDOW]
            held = held[WINDOW:]
    if held.strip():
        yield held.strip()


def _standard(values: Any) -> Any:
    return (values - np.mean(values)) / (np.std(values) or 1.0)


def _share(truths: Iterator[bool]) -> float | None:
    held = list(truths)
    return round(sum(held) / len(held), 3) if held else None
