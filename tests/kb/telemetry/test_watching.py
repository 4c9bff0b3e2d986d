"""What a node is watched by: figures and traces, neither where nobody asked for them, and no word of a question or a paper in either."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kb import KnowledgeBase, KnowledgeBaseError, Settings, SettingsError, event_log
from kb.auth.sign_in import SignIn
from kb.errors import MissingExtraError
from kb.generate.writing_queue import WritingQueue
from kb.telemetry import queues, spans, watching
from tests.kb.make import base, papers
from tests.kb.telemetry.collector import collector
from tests.support import PROJECT
from tests.test_deploy import free_port

QUESTION = "When was the Quizzical Memorandum signed in Kalpanagar?"


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("watched")) as kb:
        kb.ingest_documents(papers())
        yield kb


def figures(address: str) -> dict[tuple[str, ...], float]:
    """Every figure that is shown, by its name and the values of its labels in the order of their names."""
    text = httpx.get(f"http://{address}/metrics").text
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if "le" not in sample.labels:
                found[(sample.name, *(sample.labels[name] for name in sorted(sample.labels)))] = sample.value
    return found


def test_nothing_watches_and_nothing_is_loaded_where_nobody_asked(stocked: KnowledgeBase, tmp_path: Path) -> None:
    assert not spans.watched()
    assert spans.span("search") is spans.span("request")
    steps = (number for number in range(3))
    assert spans.spanned("answer", steps) is steps
    watching.start(Settings.load(home=tmp_path))()
    assert not spans.watched()
    code = (
        "import sys, kb.base, server.app\nfrom kb import Settings\nfrom kb.telemetry import watching\nwatching.start(Settings.load())\n"
        "print([name for name in sys.modules if name.startswith(('prometheus_client', 'opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_done_is_counted_and_timed_in_figures_without_a_word_of_it(stocked: KnowledgeBase, tmp_path: Path) -> None:
    note = tmp_path / "Ypsilanti.txt"
    note.write_text("The Zanzibar gauge was moved to the northern pier.\n", encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    stop = watching.start(Settings.load(home=tmp_path, metrics=address))
    try:
        stocked.ingest([note, tmp_path / "missing-Ypsilanti.pdf"])
        stocked.search("the northern pier")
        stocked.answer(QUESTION)
        next(iter(stocked.ask(QUESTION)))
        with pytest.raises(KnowledgeBaseError):
            list(stocked.ask(QUESTION, engine="generative"))
        event_log.event("written", model="asha-7b", tokens_in=700, tokens_out=80, ms=2500, fault="slow", host="llm.example.org")
        SignIn(tmp_path / "home", 12).enter("ravi", "wrong", "192.0.2.7")
        event_log.failure("webhook", OSError("https://ravi.example/secret"))
        queue = WritingQueue(1)
        queues.show("model", queue, WritingQueue.waiting)
        held = [queue.enter() for _ in range(3)]
        shown, raw = figures(address), httpx.get(f"http://{address}/metrics").text
        held[0].leave()
        assert figures(address)[("setu_waiting", "model")] == 1
    finally:
        stop()
    assert {key: shown[key] for key in COUNTED} == COUNTED
    assert shown[("setu_search_seconds_count",)] >= 2
    assert shown[("setu_search_seconds_sum",)] > 0
    for word in ("Quizzical", "Kalpanagar", "Ypsilanti", "Zanzibar", "northern", "ravi", "192.0.2.7", "llm.example.org"):
        assert word not in raw
    assert not spans.watched()
    with pytest.raises(httpx.TransportError):
        figures(address)


COUNTED = {
    ("setu_ingests_total", "done"): 1,
    ("setu_papers_total", "added"): 1,
    ("setu_papers_total", "rejected"): 1,
    ("setu_ingest_seconds_count",): 1,
    ("setu_answers_total", "extractive", "answered", ""): 1,
    ("setu_answers_total", "", "stopped", ""): 1,
    ("setu_answer_seconds_count",): 2,
    ("setu_at_work", "answer"): 0,
    ("setu_model_tokens_total", "in", "asha-7b"): 700,
    ("setu_model_tokens_total", "out", "asha-7b"): 80,
    ("setu_model_seconds_total", "asha-7b"): 2.5,
    ("setu_model_faults_total", "slow", "asha-7b"): 1,
    ("setu_sign_ins_total", "failed"): 1,
    ("setu_errors_total", "OSError", "webhook"): 1,
    ("setu_waiting", "model"): 2,
}
"""By the names of their labels in order: code, direction, engine, event, fault, model, outcome, queue, reason, what."""


def test_traces_tell_what_was_done_within_what_and_not_of_what(stocked: KnowledgeBase, tmp_path: Path) -> None:
    with collector() as found:
        stop = watching.start(Settings.load(home=tmp_path, traces=f"{found.address}/"))
        stocked.answer(QUESTION)
        with pytest.raises(ValueError, match="Unknown channel"):
            stocked.search("the northern pier", channels=("smell",))
        next(iter(stocked.ask(QUESTION)))
        stop()
    names = [span.name for span in found.spans]
    assert (names.count("answer"), set(names)) == (2, {"answer", "search"})
    whole = next(span for span in found.spans if span.name == "answer")
    inside = [span for span in found.spans if span.name == "search" and span.parent_span_id == whole.span_id]
    assert inside
    assert all(span.trace_id == whole.trace_id for span in inside)
    assert {pair.key: pair.value.int_value for pair in inside[0].attributes}["setu.hits"] > 0
    (failed,) = (span for span in found.spans if span.status.code == 2)
    assert {pair.key: pair.value.string_value for pair in failed.attributes}["setu.code"] == "ValueError"
    said = b"".join(found.raw)
    assert not any(word in said for word in (b"Quizzical", b"Kalpanagar", b"northern", b"smell", b"moc"))


def test_the_environment_names_a_collector_as_opentelemetry_has_it(
    stocked: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collector() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.address)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "setu-api-1")
        stop = watching.start(Settings.load(home=tmp_path))
        stocked.search("joint committee")
        stop()
    assert [span.name for span in found.spans] == ["search"]
    assert b"setu-api-1" in found.raw[0]


def test_a_collector_that_is_gone_costs_no_answer(stocked: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    stop = watching.start(Settings.load(home=tmp_path, traces=f"http://127.0.0.1:{free_port()}"))
    assert stocked.search("joint committee").hits
    stop()


def test_what_cannot_be_is_said_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"127.0.0.1:{free_port()}"
    settings = Settings.load(home=tmp_path, metrics=address)
    stop = watching.start(settings)
    with pytest.raises(SettingsError, match=rf"SETU_METRICS names {address}, where nothing can listen: .* Name a free port"):
        watching.start(settings)
    stop()
    for wrong in ({"metrics": "9464"}, {"metrics": "127.0.0.1:x"}, {"metrics": "127.0.0.1:70000"}, {"traces": "collector:4318"}):
        with pytest.raises(SettingsError, match=r"such as (127\.0\.0\.1:9464|http://127\.0\.0\.1:4318)"):
            Settings.load(home=tmp_path, **wrong)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "kb.telemetry.metrics", raising=False)
    monkeypatch.delattr("kb.telemetry.metrics", raising=False)
    with pytest.raises(MissingExtraError, match=r"-e '\.\[metrics\]'"):
        watching.start(settings)
