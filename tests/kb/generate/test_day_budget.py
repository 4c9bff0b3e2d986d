"""What a language model may cost on a day, and what is recorded of what it was sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings, event_log
from kb.auth.roles import Reader
from kb.generate.destinations import Destination
from kb.generate.paraphrase import Wanted, rewrite
from kb.generate.writer import Pen
from kb.store.user_data import model_usage
from kb.store.user_data.model_usage import DayBudget
from tests.kb.generate.scripted import Believing, Scripted, said
from tests.kb.make import base, document

FEE = "The fee of the harbour pilot is nine yen a day."
QUESTION = "What is the fee of the harbour pilot?"
ASHA, MAYA = Reader("asha", "viewer", id="p-1"), Reader("maya", "viewer", id="p-2")


def purse(kb: KnowledgeBase, who: Reader, person: int = 0, everybody: int = 0) -> DayBudget:
    return DayBudget(kb._catalogue, who, person=person, everybody=everybody)


def test_tokens_are_set_aside_given_back_and_run_out_by_person_and_for_all_also_in_another_process(tmp_path: Path) -> None:
    with base(tmp_path) as kb, base(tmp_path) as other:
        assert purse(kb, ASHA, person=5000).take(3000) == 3000
        assert purse(other, ASHA, person=5000).take(3000) == 2000  # what is left
        assert purse(kb, ASHA, person=5000).take(3000) == 0
        assert purse(kb, MAYA, person=5000).take(3000) == 3000
        purse(other, ASHA, person=5000).settle(3000, 500)
        assert purse(kb, ASHA, person=5000).take(3000) == 2500
        assert purse(kb, MAYA, person=50_000, everybody=8500).take(3000) == 0  # 5,000 and 3,000 of these are spent
        assert purse(kb, MAYA, person=50_000, everybody=9500).take(3000) == 1500
        assert purse(kb, MAYA).take(99_000) == 99_000


def test_a_new_day_begins_with_nothing_spent_and_the_note_says_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path) as kb:
        monkeypatch.setattr(model_usage, "_now", lambda: datetime(2026, 3, 4, 23, 59))
        assert purse(kb, ASHA, everybody=2000).take(2000) == 2000
        assert purse(kb, ASHA, everybody=2000).take(2000) == 0
        assert purse(kb, ASHA, everybody=2000).again.startswith("2026-03-05 00:00")
        monkeypatch.setattr(model_usage, "_now", lambda: datetime(2026, 3, 5, 0, 1))
        assert purse(kb, ASHA, everybody=2000).take(2000) == 2000


def test_an_answer_counts_what_it_took_and_when_that_is_spent_the_papers_are_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Scripted(lambda _: said("The fee is nine yen a day.", "E1", FEE))

    class Pens:
        def pen(self) -> Pen:
            return Pen(chat, Believing(), tokens=3000, destination=Destination("10.0.0.9:8080", inside=True))  # type: ignore[arg-type]

    with base(tmp_path, llm_day_person=3500, log="json") as kb:
        event_log.start(Settings.load(home=tmp_path, log="json"))
        kb.ingest_documents([document("fees", "en", "agreement", (FEE,))])
        view = kb.seen_by(ASHA)
        monkeypatch.setattr(view, "_pens", Pens)
        first = view.answer(QUESTION, engine="generative")
        assert first.sent is not None
        assert (first.sent.model, first.sent.host, first.sent.passages, first.sent.fault) == ("scripted", "10.0.0.9:8080", 1, "")
        cost = first.sent.tokens_in + first.sent.tokens_out
        assert 500 < cost < 3000
        assert purse(kb, ASHA, person=3500).take(3500) == 3500 - cost
        second = view.answer(QUESTION, engine="generative")
        assert (second.engine, second.sent, len(chat.sent)) == ("extractive", None, 1)
        assert "today is spent" in second.notes[0]
        other = kb.seen_by(MAYA)
        monkeypatch.setattr(other, "_pens", Pens)
        assert other.answer(QUESTION, engine="generative").model == "scripted"
        entries = [e.about for e in kb.audit.list(action="asked", who="asha")]
    assert f"1 passages sent to scripted at 10.0.0.9:8080: {first.sent.tokens_in} + {first.sent.tokens_out} tokens" in entries[1]
    assert "sent to" not in entries[0]
    lines = [json.loads(line) for line in (tmp_path / event_log.FILE).read_text().splitlines()]
    (written, _of_maya) = [line for line in lines if line["event"] == "written"]
    assert (written["model"], written["host"], written["passages"], written["tokens_in"]) == (
        "scripted", "10.0.0.9:8080", 1, first.sent.tokens_in,
    )  # fmt: skip
    assert not any(word in json.dumps(lines) + " ".join(entries) for word in ("nine", "harbour", "pilot"))
    for handler in [h for name in event_log.OURS for h in event_log.logging.getLogger(name).handlers]:
        for name in event_log.OURS:
            event_log.logging.getLogger(name).removeHandler(handler)


def test_training_material_stops_where_the_tokens_of_the_day_are_spent(tmp_path: Path) -> None:
    chat = Scripted(lambda _: said("Nine yen a day is the fee.", "E1", ""))
    with base(tmp_path) as kb:
        kb.ingest_documents([document("fees", "en", "agreement", (FEE,))])
        (statement, *_) = kb.answer(QUESTION, engine="extractive").statements
        wanted = [Wanted("a", FEE, statement.citations)]
        pen = Pen(chat, Believing(), tokens=3000, purse=purse(kb, ASHA, person=1000))  # type: ignore[arg-type]
        made = rewrite(wanted, "en", replace(pen, tokens=1000))
        assert made.fault != "spent"
        purse(kb, ASHA, person=1000).take(1000)
        sent = len(chat.sent)
        made = rewrite(wanted, "en", pen)
        assert (made.fault, len(chat.sent)) == ("spent", sent)
        assert made.again
