"""Nothing of a paper that is not to leave the house goes to a language model outside, on any way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.metrics.llm_judge import LlmJudge
from kb import Settings, SettingsError
from kb.answer.ask import ask
from kb.generate.chat_model import LangChainChat, model_name
from kb.generate.destinations import Destination, destination, in_house
from kb.generate.paraphrase import Wanted, rewrite
from kb.generate.writer import Pen
from kb.records import Answer, Citation, Done, Refusal, StatementReady, Timings, Turn
from tests.kb.answer_fakes import Shelf
from tests.kb.generate.scripted import Believing, Scripted, said
from tests.kb.make import base, document
from training.make import make
from training.material.preview import preview
from training.records import Request
from training.rewrite import fluent

INSIDE, OUTSIDE = Destination("10.0.0.9", inside=True), Destination("api.openai.com", inside=False)
OPEN = "The fee of the harbour pilot is nine yen a day."
KEPT = "A harbour pilot pays a fee of seven yen in Kalpanagar."
QUESTION = "What is the fee of the harbour pilot?"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "localhost", "LOCALHOST.", "a.localhost", "10.1.2.3", "172.16.0.1", "172.31.255.255",
     "192.168.4.4", "169.254.1.1", "fe80::1", "fe80::1%eth0", "fd12:3456::1", "::ffff:10.0.0.1", "gpu.local", "llm.example.org"],
)  # fmt: skip
def test_this_machine_private_networks_and_named_hosts_are_in_the_house(host: str) -> None:
    assert in_house(host, {"llm.example.org"})


@pytest.mark.parametrize(
    "host",
    ["8.8.8.8", "172.32.0.1", "172.15.0.1", "11.0.0.1", "192.169.0.1", "100.64.0.1", "2001:db8::1", "::ffff:8.8.8.8", "api.openai.com",
     "llm", "local", "notlocal", "llm.example.org.evil.example", "10.0.0.1.example.org", "127.0.0.1.nip.io", "2130706433", ""],
)  # fmt: skip
def test_every_other_host_is_outside(host: str) -> None:
    assert not in_house(host, {"llm.example.org"})


def test_a_way_by_a_proxy_outside_leads_outside_and_by_one_inside_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "http://10.0.0.9:8080/v1"
    assert destination(address) == Destination("10.0.0.9:8080", inside=True)
    monkeypatch.setenv("http_proxy", "http://proxy.example.com:3128")
    assert not destination(address).inside
    assert destination("https://10.0.0.9/v1").inside
    monkeypatch.setenv("no_proxy", "10.0.0.9")
    assert destination(address).inside
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", "10.0.0.1:3128")
    assert destination(address).inside


def test_a_providers_service_is_outside_and_ollama_is_where_its_address_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")
    from pydantic import SecretStr

    def where(setting: str, *hosts: str) -> Destination:
        return LangChainChat(model_name(setting), SecretStr("a-key")).destination(hosts)

    assert where("openai:gpt-4.1-mini", "api.openai.com") == Destination("api.openai.com", inside=False)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert not where("openai:gpt-4.1-mini").inside
    assert where("anthropic:claude-sonnet-4-5").inside is False
    assert where("ollama:gemma3").inside
    monkeypatch.setenv("OLLAMA_HOST", "http://ollama.example.com:11434")
    assert where("ollama:gemma3") == Destination("ollama.example.com:11434", inside=False)
    assert where("ollama:gemma3", "ollama.example.com").inside
    assert where("http://127.0.0.1:8080/v1#m").inside
    assert not where("https://llm.example.org/v1#m").inside
    assert where("https://llm.example.org/v1#m", "llm.example.org").inside


def test_the_setting_names_hosts_and_no_addresses(tmp_path: Path) -> None:
    named = Settings.load(home=tmp_path, llm_inside=" LLM.example.org , [2001:db8::1],, ")
    assert named.inside_hosts == {"llm.example.org", "2001:db8::1"}
    assert Settings.load(home=tmp_path).inside_hosts == frozenset()
    with pytest.raises(SettingsError, match="SETU_LLM_INSIDE"):
        Settings.load(home=tmp_path, llm_inside="https://llm.example.org/v1")


def answer(chat: Scripted, shelf: Shelf, kept: set[int], where: Destination = OUTSIDE, question: str = QUESTION, **more: object) -> Answer:
    ports = replace(shelf.ports(), in_house=lambda: frozenset(kept))
    pen = Pen(chat, Believing(), destination=where)  # type: ignore[arg-type]
    events = list(ask(question, ports=ports, pen=pen, **more))  # type: ignore[arg-type]
    found = next(e.answer for e in events if isinstance(e, Done))
    shown = [e.statement for e in events if isinstance(e, StatementReady)]
    assert shown == list(found.statements)
    return found


def shelf() -> Shelf:
    return Shelf([(OPEN, "en", "agreement"), (KEPT, "en", "agreement")])


def writes(_prompt: str) -> str:
    return said("The fee is nine yen a day.", "E1", OPEN)


def test_a_model_outside_is_shown_the_other_papers_and_the_kept_one_is_quoted_beside_what_it_wrote() -> None:
    chat = Scripted(writes)
    found = answer(chat, shelf(), {1})
    assert len(chat.sent) == 1
    assert OPEN in chat.sent[0]
    assert "Kalpanagar" not in chat.sent[0]
    assert "document 1" not in chat.sent[0]
    written, quoted = found.statements
    assert (written.text, quoted.text, quoted.verdict) == ("The fee is nine yen a day.", KEPT, None)
    assert found.engine == "generative"
    assert any("not to leave the house" in note and "1." in note for note in found.notes)


def test_a_model_in_the_house_is_shown_every_paper() -> None:
    chat = Scripted(writes)
    found = answer(chat, shelf(), {1}, INSIDE)
    assert KEPT in chat.sent[0]
    assert found.notes == ()


def test_where_all_that_answers_is_kept_no_model_is_asked_and_the_note_says_why() -> None:
    chat = Scripted(writes)
    found = answer(chat, shelf(), {0, 1})
    assert chat.sent == []
    assert found.engine == "extractive"
    assert {s.text for s in found.statements} == {OPEN, KEPT}
    assert "are not to leave the house" in found.notes[0]


def test_where_the_model_finds_nothing_in_the_others_the_kept_paper_answers() -> None:
    found = answer(Scripted(lambda _: '{"answer": "none"}\n[]\n'), shelf(), {1})
    assert KEPT in [s.text for s in found.statements]
    assert found.refusal is None


def test_a_kept_paper_is_not_shown_when_a_statement_is_sent_back() -> None:
    chat = Scripted(lambda _: said("It is seven yen in Kalpanagar.", "E2", KEPT) + said("No such key.", "E9", "x"))
    answer(chat, shelf(), {1})
    assert len(chat.sent) == 2
    assert "Kalpanagar" not in chat.sent[0]
    # What the model itself made up goes back to it, as what it said and as what is wrong with it.
    assert all("document 1" not in one for one in chat.sent)
    assert chat.sent[1].count(KEPT) == 2


def test_a_question_that_leans_on_the_conversation_goes_out_in_the_askers_words_alone() -> None:
    before = Answer("Who is Karlo Kumar?", "en", "extractive", (), None, Timings(0, 0, 0), asked_as="Who is Carlo Kummer-Secret?")
    chat = Scripted(writes)
    answer(chat, shelf(), {1}, question="And what is the fee of the harbour pilot to him?", history=[Turn("Who is Karlo Kumar?", before)])
    assert chat.sent
    assert "Kummer-Secret" not in chat.sent[0]


def cited(document_id: int, quote: str) -> Citation:
    found = next(e for e in ask(QUESTION, ports=Shelf([(quote, "en", "agreement")]).ports()) if isinstance(e, Done))
    return replace(found.answer.statements[0].citations[0], document_id=document_id)


def test_training_material_is_not_worded_by_a_model_outside_where_a_quote_or_what_it_rests_on_is_kept() -> None:
    one, other = cited(0, OPEN), cited(1, KEPT)
    wanted = [Wanted("a", OPEN, (one,)), Wanted("b", KEPT, (other,)), Wanted("c", "The committee sits.", (one, other))]

    def worded(prompt: str) -> str:
        return "".join(said("The fee is nine yen a day.", f"E{n}", "") for n in range(1, 1 + prompt.count('"key": "E')))

    chat = Scripted(worded)
    made = rewrite(wanted, "en", Pen(chat, Believing(), destination=OUTSIDE), in_house={1})  # type: ignore[arg-type]
    assert (set(made.wordings), made.withheld, made.fault) == ({"a"}, 2, None)
    assert "Kalpanagar" not in "".join(chat.sent)
    assert "The committee sits." not in "".join(chat.sent)
    inside = rewrite(wanted, "en", Pen(chat, Believing(), destination=INSIDE), in_house={1})  # type: ignore[arg-type]
    assert (set(inside.wordings), inside.withheld) == ({"a", "b", "c"}, 0)
    nothing = Scripted(worded)
    made = rewrite(wanted[1:], "en", Pen(nothing, Believing(), destination=OUTSIDE), in_house={1})  # type: ignore[arg-type]
    assert (made.fault, nothing.sent) == ("in_house", [])


def test_a_judge_outside_is_not_asked_of_what_cites_a_kept_paper() -> None:
    chat = Scripted(lambda _: '{"support": "none"}\n')
    judge = LlmJudge(chat, 1000, 5.0, OUTSIDE)
    asked = judge.sparing({1}, lambda _statement, _citations: True)
    assert asked("It sits in Sagarpur.", [cited(0, OPEN)]) is False
    assert asked("It moves.", [cited(0, OPEN), cited(1, KEPT)]) is True
    assert (judge.report()["withheld"], len(chat.sent)) == (1, 1)
    assert "Kalpanagar" not in chat.sent[0]
    assert LlmJudge(chat, 1000, 5.0, INSIDE).sparing({1}, lambda *_: True)("It moves.", [cited(1, KEPT)]) is False


def test_a_paper_stays_marked_in_its_next_version_and_the_mark_is_recorded_and_taken_off(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents([document("moc", "en", "agreement", (OPEN,)), document("news", "en", "news", ("The tram runs.",))])
        (paper,) = (d for d in kb.documents() if d.title == "moc")
        assert not any(d.in_house for d in kb.documents())
        kb.keep_in_house(paper.id, kept=True)
        kb.ingest_documents([document("moc", "en", "agreement", (OPEN, KEPT))])
        assert (kb.document(paper.id).version, kb.document(paper.id).in_house) == (2, True)
        assert [d.title for d in kb.documents() if d.in_house] == ["moc"]
        kb.keep_in_house(paper.id, kept=False)
        assert not kb.document(paper.id).in_house
        assert [e.about.rpartition(": ")[2] for e in kb.audit.list(action="corrected")] == ["may leave the house", "stays in the house"]


def test_answers_and_training_material_of_a_base_leave_out_what_is_marked_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents([document("open", "en", "agreement", (OPEN,)), document("closed", "en", "agreement", (KEPT,))])
        (closed,) = (d.id for d in kb.documents() if d.title == "closed")
        kb.keep_in_house(closed, kept=True)
        chat = Scripted(writes)

        class Pens:
            def pen(self) -> Pen:
                return Pen(chat, Believing(), destination=OUTSIDE)  # type: ignore[arg-type]

        monkeypatch.setattr(kb, "_pens", Pens)
        found = kb.answer(QUESTION, engine="generative")
        assert "Kalpanagar" not in "".join(chat.sent)
        assert any("not to leave the house" in note for note in found.notes) or found.model is None
        request = Request("harbour pilot", ("en",), slides=6, items=0)
        shown = preview(kb, request)
        module = make(kb, replace(request, also=tuple(one.key for one in shown.others)), engine="extractive")
        made = fluent(kb, module)
        assert chat.sent
        assert not any("Kalpanagar" in one or "closed" in one for one in chat.sent)
        assert {"kept_in_house", "not_written"} & {note.code for note in made.notes}
        kb.keep_in_house(closed, kept=False)
        kb.answer(QUESTION, engine="generative")
        assert json.dumps(KEPT) in chat.sent[-1]


def test_a_refusal_is_no_answer_for_a_model() -> None:
    chat = Scripted(writes)
    found = answer(chat, Shelf([]), set())
    assert isinstance(found.refusal, Refusal)
    assert chat.sent == []
