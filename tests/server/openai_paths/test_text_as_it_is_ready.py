"""A stream sends the text as it is checked: what is sent is the beginning of the answer, in the end all of it, and never anything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kb import KnowledgeBase, Settings
from kb.generate.writer import Pen
from kb.records import Done
from server.evidence.answer_text import write_answer
from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.openai_paths.answering import MODEL, Replied, filters_of, reply
from server.openai_paths.conversation import Conversation
from server.openai_paths.request_records import Limits
from tests.kb.generate.scripted import Believing, Scripted
from tests.kb.hidden import VIEWER
from tests.once import copied
from tests.papers import few_samples
from tests.support import PROJECT

DATA = PROJECT / "eval" / "data"
SKILLS = (
    "Hello",
    "What is the capital of Iceland?",
    "Summarise the Memorandum of Cooperation.",
    "Compare the memorandum and the report on flood warning.",
    "Make a timeline of the flood-warning pilot.",
    "Make a table of costs and who bears them.",
    "Draft a letter to the Ministry about the flood-warning pilot.",
    "Who must do what by when under the memorandum?",
    "Translate Article 10 into Hindi.",
    "Translate Article 10 into Japanese.",
    "Which documents do you have?",
    "In your opinion, is the memorandum legally binding?",
    "Who pays for the lighthouse on the moon?",
    "When was it signed?",
    "सहयोग ज्ञापन का सारांश दीजिए।",
    "サイレンは何基ですか。",
)
"""Talk, refusals, a question back, what is declined, and the skills that lay out their answer."""
NOTICE = "How much notice must a Participant give to terminate the memorandum?"
ENGINES = ("extractive", "generative")
FIRST = '{"key": "E'


def gold() -> list[tuple[str, ...]]:
    rows = (DATA / "samples_gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [(json.loads(row)["text"],) for row in rows[::5]]


def talks() -> list[tuple[str, ...]]:
    rows = (DATA / "followups_gold.jsonl").read_text(encoding="utf-8").splitlines()[::9]
    turns = [[turn["text"] for turn in json.loads(row)["turns"]] for row in rows]
    return [tuple(said[:end]) for said in turns for end in range(2, len(said) + 1)]


def few(cases: list[tuple[str, ...]], every: int) -> list[Any]:
    """All of the cases, of which one in so many is asked in every run, and the others in a slow one."""
    return [pytest.param(one, id=one[-1], marks=() if at % every == 0 else pytest.mark.slow) for at, one in enumerate(cases)]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = copied(few_samples(tmp_path_factory), tmp_path_factory.mktemp("samples") / "home")
    with KnowledgeBase.open(Settings.load(home=home, readers=1)) as kb:
        yield kb


SILENT = '{"silent": true}\n'


def freely(prompt: str) -> str:
    """What a model makes of the passages; of some it makes nothing."""
    return SILENT if len(prompt) % 7 == 0 else written(prompt)


def written(prompt: str) -> str:
    """A sentence on each passage, one that joins two, one that is said twice, and one that quotes what stands nowhere."""
    shown = [json.loads(line) for line in prompt.splitlines() if line.startswith(FIRST)]
    keys = [{"key": one["key"], "quote": one["text"]} for one in shown]
    wrote = [{"text": f"{one['document']} says {at}.", "quotes": [keys[at]]} for at, one in enumerate(shown[:5])]
    wrote.insert(len(prompt) % 3, {"text": "Two papers say so.", "quotes": keys[:2]})
    wrote.insert(len(prompt) % 4, {"text": "Invented.", "quotes": [{"key": "E1", "quote": "No paper has these words."}]})
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in (*wrote, wrote[-1]))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has a model write what a function makes of the prompt."""

    def set_to(answer: Callable[[str], str], **limits: Any) -> None:
        pen = Pen(Scripted(answer), Believing(), **limits)  # type: ignore[arg-type]
        monkeypatch.setattr(KnowledgeBase, "_pen", lambda _kb: pen)

    return set_to


@dataclass
class Told:
    """What a stream told of an answer: its pieces, and how many of them before the answer was there."""

    pieces: list[str]
    early: int
    replied: Replied


def told(kb: KnowledgeBase, questions: tuple[str, ...], engine: Any, monkeypatch: pytest.MonkeyPatch) -> Told:
    pieces: list[str] = []
    early: list[int] = []
    ask = KnowledgeBase.ask

    def watched(self: KnowledgeBase, question: str, **named: Any) -> Iterator[Any]:
        for event in ask(self, question, **named):
            if isinstance(event, Done):
                early.append(len(pieces))
            yield event

    monkeypatch.setattr(KnowledgeBase, "ask", watched)
    seen = Seen(kb)
    limits = Limits(engine=engine)
    for step in reply(seen, EarlierTurns(), Conversation(questions), filters_of(seen, MODEL, limits), limits):
        if isinstance(step, str):
            pieces.append(step)
        elif step is not None:
            replied = step
    monkeypatch.setattr(KnowledgeBase, "ask", ask)
    return Told(pieces, early[-1], replied)


def whole(kb: KnowledgeBase, questions: tuple[str, ...], engine: Any) -> str:
    """The text of the answer, which nobody watched in the making."""
    seen = Seen(kb)
    filters = filters_of(seen, MODEL, Limits())
    history = EarlierTurns().of(kb, questions[:-1], filters)
    return write_answer(kb.answer(questions[-1], history=history, filters=filters, engine=engine), seen.address).whole


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("questions", [*few(gold(), 12), *few(talks(), 9), *few([(one,) for one in SKILLS], 5)])
def test_what_is_told_piece_by_piece_is_the_text_of_the_whole_answer(samples, model, monkeypatch, questions, engine) -> None:
    model(freely)
    made = told(samples, questions, engine, monkeypatch)
    assert "".join(made.pieces) == made.replied.shown == whole(samples, questions, engine)
    assert all(made.replied.shown[mark.start : mark.end] == f"[{mark.source.number}]" for mark in made.replied.text.marks)
    assert "Invented." not in made.replied.shown
    looked_up = made.replied.answer.skill in ("lookup", "clarify", "decline") and made.replied.answer.refusal is None
    assert bool(made.early) == looked_up  # what a skill lays out is moved about until the last word


@pytest.mark.parametrize("engine", ENGINES)
def test_conflicts_and_notes_come_after_the_last_statement(stocked, model, monkeypatch, engine) -> None:
    model(written)
    question = ("On which day was the Memorandum of Cooperation signed?",)
    kb = stocked.seen_by(VIEWER)
    made = told(kb, question, engine, monkeypatch)
    answer, before = made.replied.answer, "".join(made.pieces[: made.early])
    assert "".join(made.pieces) == whole(kb, question, engine)
    assert len(answer.statements) > 1
    assert answer.conflicts
    assert bool(answer.notes) == (engine == "generative")
    assert all(one.text in before for one in answer.statements)
    assert not any(said in before for said in (*(one.note for one in answer.conflicts), *answer.notes))


@pytest.mark.parametrize("failing", ["drop", "mark"])
def test_what_failed_the_check_is_told_as_the_whole_answer_tells_it(samples, model, monkeypatch, failing) -> None:
    model(written, failing=failing)
    made = told(samples, (NOTICE,), "generative", monkeypatch)
    assert "".join(made.pieces) == whole(samples, (NOTICE,), "generative")
    assert ("Invented." in made.replied.shown) == (failing == "mark")


@pytest.mark.parametrize("wrote", ["", "no line of JSON\n", SILENT])
def test_where_a_model_writes_nothing_quotes_are_told(samples, model, monkeypatch, wrote) -> None:
    model(lambda _prompt: wrote)
    made = told(samples, (NOTICE,), "generative", monkeypatch)
    assert "".join(made.pieces) == whole(samples, (NOTICE,), "generative")
    assert made.replied.answer.refusal is None
    assert (made.replied.answer.grade == "nearest") == (wrote == SILENT)  # the quotes answer, and the model says that nothing does
