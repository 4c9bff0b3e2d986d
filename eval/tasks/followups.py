"""Are follow-up questions understood? ``python -m eval followups``.

``eval/data/followups_gold.jsonl`` holds conversations about the sample papers, one a line. Each follow-up is searched and answered
*raw* (as it stands), *rewritten* (with the conversation before it, as in the chat) and *whole* (as a person would ask it alone: the
most that rewriting can reach). Questions that stand by themselves must not be rewritten, whatever was asked before.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from eval import DATA, PROJECT, options
from eval.metrics.answer_quality import folded
from eval.report.tables import markdown
from kb import KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from kb.records import Answer, Refusal, Timings, Turn
from kb.search.follow_up import Carrying, Rewriter, leaning_odds
from lang.languages import Language

GOLD = DATA / "followups_gold.jsonl"
ALONE = DATA / "samples_gold.jsonl"
"""Questions that each stand by themselves."""
DOCUMENTS = PROJECT / "samples" / "documents"
WAYS = ("raw", "rewritten", "whole")
HITS = 5
QUOTES = 4
HALVES = ("development", "held-out")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a conversation; ``whole`` is None where it stands by itself."""

    text: str
    answers: tuple[str, ...]
    whole: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions in their order; a rule may be looked at only on the ``development`` half."""

    id: str
    language: Language
    half: str
    turns: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Whether an answer stands in one of the first hits, and in one of the quotes."""

    hit: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A follow-up turn: what became of it each way, and what it was rewritten to (None: it was not noticed)."""

    conversation: Conversation
    turn: Asked
    asked_as: str | None
    found: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A question that stands by itself, asked after another, and what it was made into (None: it was left alone, as it should be)."""

    half: str
    before: str
    question: str
    asked_as: str | None


def read_gold(path: Path = GOLD) -> tuple[Conversation, ...]:
    """The conversations of a gold file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Conversation(
            row["_id"], row["lang"], row["half"], tuple(Asked(t["text"], tuple(t["answers"]), t.get("whole")) for t in row["turns"])
        )
        for row in rows
    )


def measure(kb: KnowledgeBase, conversations: Sequence[Conversation]) -> list[Outcome]:
    """Hold every conversation, and ask each follow-up in every way."""
    outcomes = []
    for conversation in conversations:
        history: list[Turn] = []
        for turn in conversation.turns:
            answer = kb.answer(turn.text, history=history)
            if turn.whole is not None:
                raw = kb.answer(turn.text)
                found = {
                    "raw": _found(kb, turn, turn.text, raw),
                    "rewritten": _found(kb, turn, answer.asked_as or turn.text, answer),
                    "whole": _found(kb, turn, turn.whole, kb.answer(turn.whole)),
                }
                outcomes.append(Outcome(conversation, turn, answer.asked_as, found))
            history.append(Turn(turn.text, answer))
    return outcomes


def false_rewrites(conversations: Sequence[Conversation], alone: Sequence[tuple[str, Language]], rewriter: Rewriter) -> list[Rewrite]:
    """Every question that stands by itself, rewritten or not.

    Those of the conversations come after what was asked there before. Those of ``alone`` (question and language) come after the one
    above in the list that is in the same language, and are a set of their own, ``other``.
    """
    found = []
    for conversation in conversations:
        for before, turn in zip(conversation.turns, conversation.turns[1:], strict=False):
            if turn.whole is None:
                said = before.whole or before.text
                found.append(Rewrite(conversation.half, said, turn.text, _rewritten(rewriter, said, turn.text, conversation.language)))
    last: dict[Language, str] = {}
    for question, language in alone:
        if language in last:
            found.append(Rewrite("other", last[language], question, _rewritten(rewriter, last[language], question, language)))
        last[language] = question
    return found


def report(outcomes: Sequence[Outcome], rewrites: Sequence[Rewrite]) -> dict[str, Any]:
    """Shares by half, and by language over both halves."""
    groups: dict[str, list[Outcome]] = {half: [o for o in outcomes if o.conversation.half == half] for half in HALVES}
    for language in sorted({o.conversation.language for o in outcomes}):
        groups[language] = [o for o in outcomes if o.conversation.language == language]
    return {
        "followups": {
            name: {
                "questions": len(group),
                "noticed": _share([o.asked_as is not None for o in group]),
                "ways": {
                    way: {
                        f"hit@{HITS}": _share([o.found[way].hit for o in group]),
                        "answered": _share([o.found[way].quoted for o in group]),
                    }
                    for way in WAYS
                },
            }
            for name, group in groups.items()
            if group
        },
        "alone": {
            half: {"questions": len(group), "rewritten": sum(r.asked_as is not None for r in group)}
            for half in (*HALVES, "other")
            if (group := [r for r in rewrites if r.half == half])
        },
    }


@click.command()
@options.home(help="a home that holds the sample papers; without it they are taken in anew")
@options.save_json()
@options.show(help="print what went wrong in the development half")
@options.failing(1, KnowledgeBaseError, OSError)
def command(home: Path | None, out: Path | None, show: bool) -> None:
    """Ask follow-up questions raw, rewritten, and whole."""
    conversations = read_gold()
    questions = [json.loads(line) for line in ALONE.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="setu-eval-") as scratch, _open(home or Path(scratch)) as kb:
        if not kb.documents():
            kb.ingest([DOCUMENTS])
        outcomes = measure(kb, conversations)
    rewriter = Carrying(partial(leaning_odds, Settings.load()))
    rewrites = false_rewrites(conversations, [(q["text"], q["lang"]) for q in questions], rewriter)
    found = report(outcomes, rewrites)
    options.save(out, found)
    click.echo(table(found))
    for line in _wrong(outcomes, rewrites) if show else ():
        click.echo(line)


def table(found: Mapping[str, Any]) -> str:
    """The report as a person reads it."""
    rows = []
    for name, group in found["followups"].items():
        ways = [f"{group['ways'][way][f'hit@{HITS}']:.3f} / {group['ways'][way]['answered']:.3f}" for way in WAYS]
        rows.append([name, group["questions"], f"{group['noticed']:.3f}", *ways])
    for name, group in found["alone"].items():
        rows.append([f"stands alone, {name}", group["questions"], f"{group['rewritten']} rewritten", *[""] * len(WAYS)])
    title = f"follow-up questions: an answer in the first {HITS} passages / in a quote"
    return markdown(["", "questions", "noticed", *WAYS], rows, title)


def _open(home: Path) -> KnowledgeBase:
    return KnowledgeBase.open(Settings.load(home=home))


def _wrong(outcomes: Sequence[Outcome], rewrites: Sequence[Rewrite]) -> list[str]:
    lines = []
    for o in outcomes:
        if o.conversation.half == "development" and o.found["rewritten"] != o.found["whole"]:
            lines.append(f"{o.conversation.id} {o.turn.text} -> {o.asked_as} {o.found['rewritten']} | {o.turn.whole} {o.found['whole']}")
    lines += [f"alone: {r.before} | {r.question} -> {r.asked_as}" for r in rewrites if r.half == "development" and r.asked_as]
    return lines


def _found(kb: KnowledgeBase, turn: Asked, asked: str, answer: Answer) -> Found:
    quotes = [c.quote for s in answer.statements for c in s.citations][:QUOTES]
    return Found(_holds([hit.text for hit in kb.search(asked, k=HITS).hits], turn), _holds(quotes, turn))


def _holds(texts: Sequence[str], turn: Asked) -> bool:
    return any(folded(answer) in folded(text) for text in texts for answer in turn.answers)


def _rewritten(rewriter: Rewriter, before: str, question: str, language: Language) -> str | None:
    nothing = Answer(before, language, "", (), Refusal("not_in_documents", ""), Timings(0.0, 0.0, 0.0))
    made = rewriter.rewrite(question, language, [Turn(before, nothing)])
    return made.question if made is not None else None


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
