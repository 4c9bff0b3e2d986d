"""A language model words a module, and what the papers do not bear out is not taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kb import KnowledgeBase, Settings
from kb.generate import streaming
from tests.kb.llm_server import Reply, Script, lines, serving, statement
from training.freshness import checked
from training.make import make
from training.module_store import read_module, write_module
from training.records import Line, Module, Note, Request
from training.rewrite import fluent

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")

PAPER = """# Memorandum of Cooperation on Tide Warnings

## Article 1 Tide gauges

The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026.

The Port of Ottermouth will check each tide gauge twice a year.
"""
PLAIN = {
    "The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026.":
        "By 30 June 2026 the Ministry of Tides will install forty tide gauges in the harbour of Ottermouth.",
    "The Port of Ottermouth will check each tide gauge twice a year.": "The Port of Ottermouth checks each tide gauge twice a year.",
}  # fmt: skip
MARATHI = {
    "The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026.":
        "भरती मंत्रालय ३० जून २०२६ पर्यंत ओटरमाउथ बंदरात चाळीस भरतीमापक बसवेल.",
    "The Port of Ottermouth will check each tide gauge twice a year.": "ओटरमाउथ बंदर प्रत्येक भरतीमापकाची वर्षातून दोनदा तपासणी करेल.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "FIRST_WAIT_S", 0.01)


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    script = Script()
    with serving(script):
        yield script


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory, script: Script) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("fluent")
    (folder / "memorandum.md").write_text(PAPER, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=folder / "home", llm=script.url)) as opened:
        opened.ingest([folder / "memorandum.md"])
        yield opened


@pytest.fixture(scope="module")
def module(kb: KnowledgeBase) -> Module:
    return make(kb, Request("tide gauges", ("en",), slides=6, items=0), engine="extractive")


@pytest.fixture(autouse=True)
def _fresh(script: Script) -> None:
    script.requests.clear()
    script.replies, script.answer = [], None


def wording(table: dict[str, str], change: Callable[[str], str] = lambda text: text) -> Callable[[dict], Reply]:
    """A model that says what a table says of each sentence it is sent; of others it says nothing."""

    def answer(request: dict) -> Reply:
        human = request["messages"][-1]["content"]
        sent = [json.loads(line) for line in human.splitlines() if line.startswith("{")]
        return lines(*(statement(change(table[one["text"]]), (one["key"], "")) for one in sent if one.get("text") in table))

    return answer


def quotes(module: Module) -> list[Line]:
    return [line for part, line in module.lines() if part in ("briefing", "slides", "handout") and line.citations[0].quote in PLAIN]


def test_a_line_is_worded_and_its_quote_stays_beside_it(kb, script, module) -> None:
    script.answer = wording(PLAIN)
    made = fluent(kb, module)
    assert {line.origin for line in quotes(made)} == {"written"}
    for line in quotes(made):
        assert line.text == PLAIN[line.citations[0].quote]
        assert line.status == "verified"
    assert made.model is not None
    assert made.prompt is not None
    assert made.prompt.startswith("training 1.1.1.1 ")


def test_a_sentence_is_asked_for_once_however_often_it_stands_in_the_module(kb, script, module) -> None:
    script.answer = wording(PLAIN)
    fluent(kb, module)
    first = "The Ministry of Tides will install forty"
    assert len(quotes(module)) > 2
    assert script.said.count(first) == 1


def test_a_wording_that_changes_a_number_is_sent_back_and_then_left_out(kb, script, module) -> None:
    script.answer = wording(PLAIN, lambda text: text.replace("forty", "sixty"))
    made = fluent(kb, module)
    by_quote = {line.citations[0].quote: line for line in quotes(made)}
    gauges, checks = (by_quote[quote] for quote in PLAIN)
    assert (gauges.origin, gauges.text, gauges.status) == ("quote", gauges.citations[0].quote, "verified")
    assert checks.origin == "written"
    assert "this number is not in the quotes: sixty" in script.said
    assert "partly_written" in {note.code for note in made.notes}


def test_a_translation_is_held_against_the_original(kb, script, module) -> None:
    checks = list(MARATHI)[1]

    def translated(change: Callable[[str], str]) -> Line:
        script.answer = wording(MARATHI, change)
        made = fluent(kb, replace(module, request=replace(module.request, languages=("mr",))))
        return next(line for line in quotes(made) if line.citations[0].quote == checks)

    right = translated(lambda text: text)
    assert (right.text, right.language, right.origin) == (MARATHI[checks], "mr", "written")
    assert right.status in ("verified", "partial")
    wrong = translated(lambda text: text.replace("वर्षातून दोनदा", "वर्षातून ५० वेळा"))
    assert (wrong.text, wrong.language, wrong.origin) == (checks, "en", "quote")


def test_a_second_language_stands_beside_the_lines(kb, script, module) -> None:
    def answer(request: dict) -> Reply:
        system = request["messages"][0]["content"]
        return wording(MARATHI if "Marathi" in system else PLAIN)(request)

    script.answer = answer
    made = fluent(kb, replace(module, request=replace(module.request, languages=("en", "mr"))))
    line = next(one for one in quotes(made) if "twice a year" in one.citations[0].quote)
    assert line.text == PLAIN[line.citations[0].quote]
    assert [(one.language, one.text, one.origin) for one in line.beside] == [("mr", MARATHI[line.citations[0].quote], "written")]
    assert checked(kb, read_module(write_module(made))) == checked(kb, made)


def test_where_nothing_is_worded_the_notes_on_what_was_worded_before_stay(kb, script, module) -> None:
    before = replace(module, notes=(*module.notes, Note("partly_written")))
    assert fluent(kb, before, parts=("quiz",)) == before
    assert not script.requests


def test_a_part_that_is_worded_anew_leaves_what_is_known_of_the_other_parts(kb, script, module) -> None:
    def codes(made: Module) -> set[str]:
        return {note.code for note in made.notes} & {"not_written", "partly_written"}

    script.answer = wording({text: said for text, said in PLAIN.items() if "twice" in text})
    partly = fluent(kb, module)
    assert codes(partly) == {"partly_written"}
    script.answer = wording(PLAIN)
    again = fluent(kb, replace(partly, handout=module.handout), parts=("handout",))
    assert any(line.origin == "quote" for line in quotes(again))
    assert codes(again) == {"partly_written"}
    whole = replace(fluent(kb, module), notes=module.notes)  # as when there was nothing else to word
    script.replies = [Reply(status=503)]
    script.answer = None
    failed = fluent(kb, replace(whole, handout=module.handout), parts=("handout",))
    assert {line.origin for part, line in failed.lines() if part == "handout" and line.citations} == {"quote"}
    assert (codes(failed), failed.model) == ({"partly_written"}, whole.model)


def test_a_model_that_is_down_leaves_quotes_and_says_so(kb, script, module) -> None:
    script.replies = [Reply(status=503)]
    made = fluent(kb, module)
    assert {line.origin for line in quotes(made)} == {"quote"}
    (note,) = (note for note in made.notes if note.code == "not_written")
    assert "could not be reached" in note.about
    assert made.model is None


def test_a_model_that_talks_of_other_things_leaves_quotes(kb, script, module) -> None:
    script.replies = [Reply(["Here is a poem about the sea."])]
    made = fluent(kb, module)
    assert {line.origin for line in quotes(made)} == {"quote"}
    assert any("no usable answer" in note.about for note in made.notes)


def test_an_address_or_another_language_is_not_taken(kb, script, module) -> None:
    script.answer = wording(PLAIN, lambda text: f"{text[:-1]} (see https://tides.example).")
    assert {line.origin for line in quotes(fluent(kb, module))} == {"quote"}
    script.answer = wording(MARATHI)
    assert {line.origin for line in quotes(fluent(kb, module))} == {"quote"}


def test_pinned_and_dropped_lines_are_not_sent(kb, script, module) -> None:
    from training.edit import drop, pin

    script.answer = wording(PLAIN)
    kept = quotes(module)[0]
    made = fluent(kb, pin(module, kept.id))
    assert next(line for line in quotes(made) if line.id == kept.id).origin == "quote"
    dropped = module
    for _, line in module.lines():
        dropped = drop(dropped, line.id)
    script.requests.clear()
    fluent(kb, dropped)
    assert "forty tide gauges" not in script.said


def test_a_module_is_worded_when_it_is_made_where_a_model_is_set(kb, script) -> None:
    script.answer = wording(PLAIN)
    made = make(kb, Request("tide gauges", ("en",), slides=6, items=2))
    assert made.model is not None
    assert any(line.origin == "written" and line.status == "verified" for line in quotes(made))
    assert all(item.proof.origin == "quote" for item in made.quiz)
