"""A language model writes, and the papers must bear it out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.answer.ask import ask
from kb.embed.e5_model import BundledEmbedder
from kb.generate import streaming
from kb.generate.chat_model import LangChainChat, model_name
from kb.generate.writer import Pen
from kb.records import Answer, Done, Refused, StatementReady
from kb.verify.verdict import Verifier
from tests.kb.answer_fakes import Shelf
from tests.kb.llm_server import Reply, Script, lines, serving, statement

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")

AGREEMENT = (
    "The Joint Committee meets twice a year. The secretariat of the Joint Committee sits in Sagarpur. Each Party pays its own travel."
)
SEAT = "The secretariat of the Joint Committee sits in Sagarpur."
QUESTION = "Where does the secretariat of the Joint Committee sit?"
TRUE = statement("The secretariat of the Joint Committee is in Sagarpur.", ("E1", SEAT))
FALSE = statement("The secretariat of the Joint Committee is in Kalpanagar with 40 staff.", ("E1", SEAT))
ROUNDS = statement("The Joint Committee meets twice a year.", ("E1", "The Joint Committee meets twice a year"))


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    bundled = BundledEmbedder(tmp_path_factory.mktemp("cache"))
    return Verifier(bundled, layered=bundled.layered)


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    with serving(script):
        yield script


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "FIRST_WAIT_S", 0.01)


def shelf() -> Shelf:
    return Shelf([(AGREEMENT, "en", "agreement")])


def events(script: Script, verifier: Verifier, question: str = QUESTION, papers: Shelf | None = None, **limits: object):
    pen = Pen(LangChainChat(model_name(script.url), None), verifier, **limits)  # type: ignore[arg-type]
    return ask(question, ports=(papers or shelf()).ports(), pen=pen)


def answer(script: Script, verifier: Verifier, *args: object, **limits: object) -> Answer:
    return next(e.answer for e in events(script, verifier, *args, **limits) if isinstance(e, Done))  # type: ignore[arg-type]


def texts(found: Answer) -> list[str]:
    return [s.text for s in found.statements]


def test_a_statement_that_its_quote_bears_out_is_verified_and_cites_the_stored_text(script, verifier):
    script.replies = [lines(TRUE)]
    found = answer(script, verifier)
    (only,) = found.statements
    assert (found.engine, only.text, only.status, only.standing) == ("generative", TRUE["text"], "verified", "agreed")
    (citation,) = only.citations
    assert (citation.quote, AGREEMENT[citation.start : citation.end]) == (SEAT, SEAT)
    assert found.notes == ()


def test_the_record_names_the_model_and_the_version_of_the_prompts(script, verifier):
    script.replies = [lines(TRUE)]
    found = answer(script, verifier)
    assert found.model == script.url
    assert found.prompt is not None
    assert found.prompt.startswith("answer 1.1.1.2.1.3.1.2 ")


def test_what_failed_and_is_then_left_out_leaves_the_quotes(script, verifier):
    script.replies = [lines(FALSE), lines({"silent": True})]
    found = answer(script, verifier)
    assert (found.engine, found.refusal, texts(found)) == ("extractive", None, [AGREEMENT])
    assert found.sent is not None
    assert found.sent.fault == "unverified"


def test_each_statement_is_an_event_while_the_model_still_writes(script, verifier):
    first_came = threading.Event()
    script.replies = [Reply([json.dumps(TRUE), "\n", json.dumps(ROUNDS)[:20], json.dumps(ROUNDS)[20:]], until=first_came)]
    came = 0
    for event in events(script, verifier):
        if isinstance(event, StatementReady):
            came += 1
            first_came.set()  # only now the server sends its last words
    assert came == 2


def test_a_quote_cut_short_is_widened_to_the_sentence_that_it_stands_in(script, verifier):
    script.replies = [lines(statement(TRUE["text"], ("E1", "committee  SITS in Sagarpur")))]
    assert answer(script, verifier).statements[0].citations[0].quote == SEAT


@pytest.mark.parametrize(
    "wrong",
    [
        statement(TRUE["text"], ("E9", SEAT)),
        statement(TRUE["text"], ("E1", "The secretariat sits in Sagarpur and Kalpanagar.")),
        statement(TRUE["text"], ("E1", SEAT), ("E1", "The treaty says so.")),
        statement(TRUE["text"], ("E1", "")),
        statement(TRUE["text"]),
        {"text": TRUE["text"], "quotes": ["E1"]},
        FALSE,
        statement("The secretariat does not sit in Sagarpur.", ("E1", SEAT)),
        statement("Where does the secretariat sit in Sagarpur?", ("E1", SEAT)),
    ],
    ids=["unknown key", "changed quote", "one of two invented", "empty quote", "no quote", "key alone", "number added", "denied", "asked"],
)
def test_a_statement_that_its_evidence_does_not_bear_out_is_sent_back_once_and_then_left_out(script, verifier, wrong):
    script.replies = [lines(wrong, ROUNDS), lines(wrong)]
    found = answer(script, verifier)
    assert texts(found)[0] == ROUNDS["text"]
    assert all(beside.verdict is None for beside in found.statements[1:])  # what answers in the papers' own words
    assert len(found.statements) <= 2
    assert len(script.requests) == 2
    assert "left out: 1" in found.notes[0]
    assert [one.status for one in found.left_out] == ["unsupported"] * len(found.left_out)
    assert all(one.citations and one.text == wrong["text"] for one in found.left_out)
    assert bool(found.left_out) == any(
        quote.get("quote") == SEAT for quote in wrong["quotes"] if isinstance(quote, dict) and quote["key"] == "E1"
    )


def test_a_statement_that_was_repaired_is_shown(script, verifier):
    script.replies = [lines(FALSE), lines(TRUE)]
    found = answer(script, verifier)
    assert texts(found) == [TRUE["text"]]
    assert "40" in script.requests[1]["messages"][-1]["content"]


def test_by_setting_a_failing_statement_is_shown_as_unsupported_with_its_reason(script, verifier):
    script.replies = [lines(ROUNDS, FALSE), lines(FALSE)]
    found = answer(script, verifier, failing="mark")
    assert [s.status for s in found.statements] == ["verified", "unsupported"]
    assert found.statements[1].verdict is not None
    assert ("number", "40") in [(f.check, f.said) for f in found.statements[1].verdict.findings]


def test_where_nothing_stands_the_answer_is_made_of_quotes_and_says_so(script, verifier):
    script.replies = [lines(FALSE)]
    found = answer(script, verifier)
    assert found.engine == "extractive"
    assert found.model is None
    assert SEAT in texts(found)[0]
    assert "did not pass the check" in found.notes[0]


def test_the_papers_own_words_joined_to_another_subject_are_not_verified(script, verifier):
    script.replies = [lines(statement("The secretariat of the Joint Committee meets twice a year.", ("E1", AGREEMENT[:38])))]
    assert [s.text for s in answer(script, verifier).statements if s.status == "verified" and s.verdict is not None] == []


@pytest.mark.parametrize(
    ("reply", "requests", "says"),
    [
        (Reply(status=503, body="{}"), 3, "could not be reached"),
        (Reply(status=429, body="{}", headers={"retry-after": "0"}), 3, "could not be reached"),
        (Reply(status=401, body="{}"), 1, "refused the key"),
        (Reply(status=400, body="{}"), 1, "could not be reached"),
        (Reply(["The secretariat is in Sagarpur [E1]."]), 1, "no usable answer"),
    ],
)
def test_a_model_that_fails_is_replaced_by_quotes_and_only_a_passing_fault_is_tried_again(script, verifier, reply, requests, says):
    script.replies = [reply]
    found = answer(script, verifier)
    assert found.engine == "extractive"
    assert SEAT in texts(found)[0]
    assert says in found.notes[0]
    assert len(script.requests) == requests


def test_a_fault_that_passes_leaves_no_trace(script, verifier):
    script.replies = [Reply(status=502, body="{}"), lines(TRUE)]
    found = answer(script, verifier)
    assert (texts(found), found.notes) == ([TRUE["text"]], ())


def test_a_server_that_is_not_there_is_replaced_by_quotes(verifier):
    script = Script(url="http://127.0.0.1:9/v1#nobody")
    assert "could not be reached" in answer(script, verifier).notes[0]


def test_the_fallback_is_announced_in_the_language_of_the_question(script, verifier):
    script.replies = [Reply(status=500, body="{}")]
    papers = Shelf([("संयुक्त समितीचे सचिवालय सागरपूर येथे आहे. समितीची बैठक वर्षातून दोनदा होते.", "mr", "agreement")])
    assert answer(script, verifier, "संयुक्त समितीचे सचिवालय कोठे आहे?", papers).notes[0].startswith("भाषा प्रारूपाशी संपर्क")


def test_a_slow_model_is_left_when_the_time_is_over(script, verifier):
    script.replies = [Reply(["x"] * 300, pause=0.2)]
    started = time.monotonic()
    found = answer(script, verifier, seconds=0.5)
    assert time.monotonic() - started < 300 * 0.2 / 4  # of the time that the model would have taken
    assert "took too long" in found.notes[0]
    assert script.hung_up.wait(30)


def test_what_stood_before_the_time_was_over_counts_and_is_said_to_be_incomplete(script, verifier):
    script.replies = [Reply([json.dumps(TRUE), *"x" * 100], pause=0.2)]
    found = answer(script, verifier, seconds=3)
    assert texts(found) == [TRUE["text"]]
    assert "may be incomplete" in found.notes[0]


def test_an_asker_who_leaves_ends_the_request(script, verifier):
    script.replies = [Reply([json.dumps(TRUE), *"x" * 400], pause=0.1)]
    running = events(script, verifier)
    assert next(e for e in running if isinstance(e, StatementReady)).statement.text == TRUE["text"]
    running.close()  # type: ignore[attr-defined]
    assert script.hung_up.wait(30)


def test_the_tokens_of_an_answer_bound_its_prompts_and_its_replies(script, verifier):
    papers = Shelf([(AGREEMENT, "en", "agreement")] + [(f"{n}. {AGREEMENT * 12}", "en", "news") for n in range(30)])
    reply = lines(FALSE)
    reply.tokens = 2900
    script.replies = [reply]
    answer(script, verifier, QUESTION, papers, tokens=3000)
    assert len(script.requests) == 1, "a repair would have gone beyond 3000 tokens"
    assert script.requests[0]["max_tokens"] == 500
    assert len(script.said) / 3 < 2500


def test_a_server_that_does_not_keep_to_the_limit_is_left(script, verifier):
    script.replies = [Reply(["word "] * 20_000)]
    answer(script, verifier, tokens=1000)
    assert script.hung_up.wait(30)


def test_an_answer_in_another_language_is_sent_back_once_and_then_marked(script, verifier):
    papers = Shelf([("संयुक्त समितीचे सचिवालय सागरपूर येथे आहे. समितीची बैठक वर्षातून दोनदा होते.", "mr", "agreement")])
    quote = ("E1", "संयुक्त समितीचे सचिवालय सागरपूर येथे आहे.")
    script.replies = [lines(statement("The secretariat of the Joint Committee is in Sagarpur.", quote))]
    (only,) = answer(script, verifier, "संयुक्त समितीचे सचिवालय कोठे आहे?", papers).statements
    assert len(script.requests) == 2
    assert only.status in ("partial", "unsupported")
    assert only.verdict is not None
    assert "language" in [f.check for f in only.verdict.findings]


def test_the_prompt_asks_for_the_language_of_the_question_whatever_that_of_the_papers(script, verifier):
    script.replies = [lines(TRUE)]
    papers = Shelf([("संयुक्त समितीचे सचिवालय सागरपूर येथे आहे.", "mr", "agreement"), (AGREEMENT, "en", "agreement")])
    answer(script, verifier, QUESTION, papers)
    assert "one short sentence in English" in script.said
    assert script.requests[0]["messages"][-1]["content"].endswith("exactly as they stand.")


def test_the_prompt_asks_for_the_language_that_the_question_names(script, verifier):
    script.replies = [lines(TRUE)]
    found = answer(script, verifier, f"{QUESTION} Please answer in Hindi.")
    assert "one short sentence in Hindi" in script.said
    assert found.language == "hi"


def test_a_model_that_finds_no_answer_makes_a_refusal_with_the_nearest_passages(script, verifier):
    script.replies = [lines({"silent": True})]
    found = list(events(script, verifier))
    refused = next(e.refusal for e in found if isinstance(e, Refused))
    assert refused.reason == "not_in_documents"
    assert refused.nearest
    assert isinstance(found[-1], Done)
    assert found[-1].answer.statements == ()


def test_where_the_papers_are_silent_no_model_is_asked(script, verifier):
    script.replies = [lines(TRUE)]
    assert answer(script, verifier, "How tall is Mount Kilimanjaro?", Shelf([("The mayor welcomed guests.", "en", "news")] * 4)).refusal
    assert script.requests == []


def test_without_a_language_model_in_the_settings_none_is_looked_for(tmp_path: Path):
    from tests.kb.make import base, papers

    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        assert kb.answer("When was this Memorandum signed?").engine == "extractive"
        with pytest.raises(Exception, match="Set SETU_LLM"):
            kb.answer("When was this Memorandum signed?", engine="generative")


def test_one_setting_makes_the_knowledge_base_answer_through_the_model(script, tmp_path: Path):
    from tests.kb.make import base, papers

    script.answer = lambda request: lines(
        statement("The Memorandum was signed on 12 March 2025.", (_key_of(request, "12 March"), "This Memorandum was signed in Kalpanagar"))
    )
    with base(tmp_path, llm=script.url) as kb:
        kb.ingest_documents(papers())
        found = kb.answer("When was this Memorandum signed?")
        assert found.engine == "generative"
        assert found.statements[0].status == "verified"
        assert kb.answer("When was this Memorandum signed?", engine="extractive").engine == "extractive"


def _key_of(request: dict, words: str) -> str:
    shown = [line for line in request["messages"][-1]["content"].splitlines() if line.startswith('{"key"')]
    return next(json.loads(line)["key"] for line in shown if words in line)


def test_what_a_repair_passes_over_is_left_out_and_counted_and_the_best_quote_stands_below(script, verifier):
    script.replies = [lines(FALSE, ROUNDS), lines({"silent": True})]
    found = answer(script, verifier)
    said, quote = found.statements
    assert said.text == ROUNDS["text"]
    assert quote.verdict is None
    assert SEAT in quote.text
    assert [one.text for one in found.left_out] == [FALSE["text"]]
    assert any("left out: 1" in note for note in found.notes)
