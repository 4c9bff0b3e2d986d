"""What is logged, and what must never be."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb import KnowledgeBase, KnowledgeBaseError, Settings, event_log
from tests.kb.make import PAPERS, papers

KEY = "sk-the-key-that-nobody-may-see"
QUESTION = "When was the Quizzical Memorandum signed in Kalpanagar?"


@pytest.fixture(autouse=True)
def _no_handlers_stay() -> Iterator[None]:
    before = {name: logging.getLogger(name).level for name in event_log.OURS}
    yield
    for name, level in before.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        for handler in [h for h in logger.handlers if isinstance(h, event_log.LogFile | event_log.LogStream)]:
            logger.removeHandler(handler)


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Starts the log of a home and, called again without arguments, reads it."""

    def use(**settings: object) -> list[dict[str, Any]]:
        if settings:
            event_log.start(Settings.load(home=tmp_path, **settings))
        file = tmp_path / event_log.FILE
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    return use


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # noqa: BLE001
        return caught


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_word_of_a_question_a_paper_or_a_key_is_in_the_log(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_LLM_KEY", KEY)
    monkeypatch.setenv("SETU_LOG", form)
    monkeypatch.setenv("SETU_LOG_LEVEL", "debug")
    note = tmp_path / "note.txt"
    note.write_text("The Zanzibar gauge was moved to the northern pier.\n", encoding="utf-8")
    broken = tmp_path / "broken-Ypsilanti.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing of a Ypsilanti document")
    settings = Settings.load(home=tmp_path / "home")
    event_log.start(settings)
    with KnowledgeBase.open(settings) as base:
        base.ingest_documents(papers())
        base.ingest([note, broken])
        base.answer(QUESTION)
        base.answer("पूर इशारा प्रणालीसाठी किती संवेदक बसवले?")
        next(iter(base.ask(QUESTION)))
        with pytest.raises(KnowledgeBaseError):
            base.document(99)
        text = base.text(base.documents()[0].id)
        logging.getLogger("kb.somewhere").warning("Something of %s was odd.", text, exc_info=raised(ValueError(text)))
        event_log.failure("question", raised(KnowledgeBaseError(f"{QUESTION} {KEY}")), chars=len(QUESTION))
    written = (tmp_path / "home" / event_log.FILE).read_text(encoding="utf-8")
    assert "odd" in written
    assert written.count("outcome") >= 4
    said = [KEY, QUESTION, "Quizzical", "Zanzibar", "Ypsilanti", "संवेदक", "note.txt"]
    for passage in (p for _, _, passages in PAPERS.values() for p in passages):
        said += [passage, *(word for word in passage.split() if len(word) > 5 or not word.isascii())]
    assert [words for words in said if words in written] == []


def test_a_question_and_an_ingest_are_one_line_each_with_their_figures(tmp_path: Path, log: Callable[..., list[dict[str, Any]]]) -> None:
    log(log="json")
    (tmp_path / "note.txt").write_text("The lantern bridge is closed on Mondays.\n", encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as base:
        base.ingest([tmp_path / "note.txt"])
        base.answer("When is the lantern bridge closed?")
        base.answer("x" * 3000)
    ingest, answered, refused = log()
    assert (ingest["event"], ingest["added"], ingest["rejected"], ingest["outcome"]) == ("ingest", 1, 0, "done")
    assert (answered["event"], answered["chars"], answered["language"], answered["outcome"]) == ("question", 34, "en", "answered")
    assert (answered["statements"], answered["verified"]) == (1, 1)
    assert answered["ms"] >= answered["search_ms"] >= 0
    assert (refused["chars"], refused["outcome"]) == (3000, "refused")
    assert refused["reason"] == "bad_question"
    assert (tmp_path / event_log.FILE).stat().st_mode & 0o777 == 0o600


def test_an_error_has_its_code_and_its_place_and_not_its_message(log: Callable[..., list[dict[str, Any]]]) -> None:
    log(log="json")
    with pytest.raises(ZeroDivisionError):
        list(event_log.told("secret words", (1 / 0 for _ in "x")))
    (line,) = log()
    assert (line["level"], line["event"], line["code"], line["outcome"], line["chars"]) == (
        "error",
        "question",
        "ZeroDivisionError",
        "failed",
        12,
    )
    assert "kb/event_log.py:" in line["at"]
    assert "division" not in json.dumps(line)


def test_an_answer_that_nobody_waits_for_is_logged_as_stopped_and_its_search_is_closed(log: Callable[..., list[dict[str, Any]]]) -> None:
    log(log="json")
    closed = []

    def events() -> Iterator[Any]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    asked = event_log.told("words", events())
    next(asked)
    asked.close()  # type: ignore[attr-defined]
    assert (log()[0]["outcome"], closed) == ("stopped", [True])


def test_level_and_off_are_obeyed_and_starting_twice_writes_once(log: Callable[..., list[dict[str, Any]]]) -> None:
    log(log="json", log_level="warning")
    log(log="json", log_level="warning")
    event_log.event("quiet")
    event_log.event("loud", logging.WARNING)
    assert [line["event"] for line in log()] == ["loud"]
    log(log="off")
    event_log.event("loud", logging.ERROR)
    assert len(log()) == 1


def test_a_full_log_is_set_aside_five_are_kept_and_no_line_is_lost_between_two_writers(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "setu.log"
    writers = [event_log.LogFile(file, 2000) for _ in range(2)]
    for number in range(60):
        writers[number % 2].emit(logging.LogRecord("kb", logging.INFO, "", 0, f"line {number} " + "x" * 100, None, None))
    files = [file, *(file.with_suffix(f".{n}.log") for n in range(1, 6))]
    numbers = [int(line.split()[1]) for f in reversed(files) if f.exists() for line in f.read_text(encoding="utf-8").splitlines()]
    assert numbers == list(range(60))
    for number in range(600):
        writers[0].emit(logging.LogRecord("kb", logging.INFO, "", 0, f"line {number} " + "x" * 100, None, None))
    assert len(list(file.parent.glob("*.log"))) == 6
    assert sum(f.stat().st_size for f in file.parent.glob("*.log")) < 6 * 2200


def test_a_disk_that_cannot_be_written_stops_no_answer(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    event_log.start(Settings.load(home=tmp_path, log="json"))
    for _ in range(2):
        logging.getLogger("kb.somewhere").warning("Something of %s was odd.", "a secret paper")
    said = capfd.readouterr().err
    assert said.count("cannot be written") == 1
    assert "secret" not in said


def test_a_log_that_goes_to_stderr_is_a_json_object_a_line_and_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event_log.start(Settings.load(home=tmp_path, log="json", log_to="stderr"))
    event_log.event("question", chars=37, outcome="answered")
    logging.getLogger("server.problems").error("A request failed.\n%s", QUESTION, exc_info=raised(ValueError(QUESTION)))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line.get("outcome"), line.get("code")) for line in lines] == [
        ("question", "answered", None),
        ("message", None, "ValueError"),
    ]
    assert "Quizzical" not in json.dumps(lines)
    assert not (tmp_path / event_log.FILE).exists()
