"""The measures of answers, worked by hand; and the command from end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.metrics.answer_quality import (
    AskedQuestion,
    Cited,
    Outcome,
    Question,
    abstention,
    answer_in_quote,
    citation,
    complete,
    counts,
    language_match,
    marked,
    milliseconds,
    whole,
)
from eval.tasks.answers import EvaluationError, read_questions
from tests.kb.llm_server import Reply, Script, lines, serving, statement


def question(answerable: bool = True, answers: tuple[str, ...] = ("18 May",), relevant: tuple[str, ...] = ("a",)) -> Question:
    return Question("q", "When?", "en", answers, frozenset(relevant), answerable)


def outcome(*quotes: str, cited: tuple[str, ...] = (), refused: bool = False, language: str = "en", ms: float = 1.0) -> Outcome:
    return Outcome(quotes, cited, refused, language, ms)


def test_an_answer_is_found_in_a_quote_whatever_its_width_case_and_spaces():
    assert answer_in_quote([question(answers=("１８ may",))], [outcome("Signed on 18\nMay.")], 1) == 1.0


def test_only_the_first_k_quotes_count_and_a_refusal_is_a_miss():
    questions = [question(), question(), question(answerable=False)]
    outcomes = [outcome("nothing", "on 18 May"), outcome(refused=True), outcome("18 May")]
    assert answer_in_quote(questions, outcomes, 1) == 0.0
    assert answer_in_quote(questions, outcomes, 2) == 0.5


def test_an_empty_gold_answer_is_never_found():
    assert answer_in_quote([question(answers=("",))], [outcome("anything")], 1) == 0.0


def test_an_answer_of_several_facts_is_complete_only_when_all_stand_in_the_first_quotes():
    both = Question("q", "Which costs more?", "en", ("12 crore", "3 crore"), frozenset("a"), True, together=(("12 crore",), ("3 crore",)))
    outcomes = [outcome("It costs 12 crore.", "It costs 3 crore."), outcome("It costs 12 crore.", "It is late.")]
    assert complete([both, both], outcomes, 2) == 0.5
    assert complete([both, both], outcomes, 1) == 0.0
    assert complete([question()], [outcome("18 May")], 2) is None


def test_a_fact_is_marked_in_the_first_quote_that_answers_or_it_is_not():
    asked = Question("q", "When?", "en", ("18 May",), frozenset("a"), True, facts=("18 May",))
    quotes = ("Nothing of 3.", "Signed on 18 May by 2 persons.")
    right = Outcome(quotes, ("a", "a"), False, "en", 1.0, marks=(("3",), ("18 May",)))
    wrong = Outcome(quotes, ("a", "a"), False, "en", 1.0, marks=(("3",), ("2",)))
    none = Outcome(quotes[:1], ("a",), False, "en", 1.0, marks=((),))
    assert marked([asked, asked, asked], [right, wrong, none], 2) == 0.5
    assert marked([question()], [right], 2) is None


def test_citations_are_right_when_relevant_to_an_answerable_question():
    questions = [question(relevant=("a", "b")), question(answerable=False, relevant=("c",))]
    outcomes = [outcome("x", "y", "z", cited=("a", "a", "d")), outcome("w", cited=("c",))]
    # Right: a, a of four citations; found: a of a and b.
    assert citation(questions, outcomes) == {"precision": 0.5, "recall": 0.5}


def test_abstention_counts_refusals_of_what_cannot_be_answered():
    questions = [question(answerable=a) for a in (True, True, True, True, False, False)]
    outcomes = [outcome(refused=r) for r in (True, False, False, False, True, False)]
    assert abstention(questions, outcomes) == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "false_refusal": 0.25}


def test_where_nothing_is_unanswerable_recall_and_f1_are_undefined():
    assert abstention([question()], [outcome("x")]) == {"precision": None, "recall": None, "f1": None, "false_refusal": 0.0}


def test_counts_say_how_many_of_how_many():
    questions = [question(), question(), question(), question(answerable=False), question(answerable=False)]
    outcomes = [outcome("x", "18 May"), outcome("x", "y", "18 May"), outcome(refused=True), outcome(refused=True), outcome("18 May")]
    assert counts(questions, outcomes) == {"answerable": 3, "unanswerable": 2, "found@2": 1, "answered": 2, "refused": 1}


def test_language_match_and_milliseconds():
    questions = [question(), question()]
    assert language_match(questions, [outcome(language="en"), outcome(language="ja")]) == 0.5
    assert milliseconds([outcome(ms=10), outcome(ms=20), outcome(ms=30)]) == {"p50": 20.0, "p95": 29.0}


def test_gold_sentences_name_the_relevant_documents(tmp_path: Path):
    file = tmp_path / "gold.jsonl"
    row = {
        "_id": "1",
        "text": "t",
        "lang": "mr",
        "answerable": True,
        "answers": ["x"],
        "sentences": [{"document": "a.pdf"}, {"document": "b.txt"}],
    }
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert next(iter(read_questions(file))).relevant == {"a.pdf", "b.txt"}


def test_a_question_is_asked_with_the_conversation_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "papers").mkdir()
    said = "The wetland survey cost 40 crore.\nThe wetland survey was finished in 2024.\nThe harbour wall cost 70 crore.\n"
    (tmp_path / "papers" / "survey.txt").write_text(said, encoding="utf-8")
    row = {"_id": "q", "text": "When was it finished?", "lang": "en", "answers": ["2024"], "answerable": True}
    row |= {"before": ["What did the wetland survey cost?"], "together": [["2024"]], "marks": ["2024"], "document": "survey.txt"}
    (tmp_path / "gold.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (asked,) = read_questions(tmp_path / "gold.jsonl")
    assert asked.before == ("What did the wetland survey cost?",)
    argv = ["--documents", str(tmp_path / "papers"), "--gold", str(tmp_path / "gold.jsonl"), "--json", str(tmp_path / "run.json")]
    assert main(["answers", *argv]) == 0
    report = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert report["complete"]["@4"] == 1.0
    assert report["marked"] == 1.0
    assert json.loads(capsys.readouterr().out)["complete"]["@4"] == 1.0


def test_a_broken_line_is_named(tmp_path: Path):
    file = tmp_path / "q.jsonl"
    file.write_text('{"_id": "1"}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"line 1: the question has no field 'text'"):
        list(read_questions(file))


def test_the_engine_that_was_used_is_reported_whichever_was_asked_for():
    def asked(*engines: str) -> list[AskedQuestion]:
        return [AskedQuestion(question(), Outcome(("18 May",), ("a",), False, "en", 1.0, engine), {}) for engine in engines]

    assert whole(asked("extractive", "extractive"), "generative")["engine"] == "extractive"
    assert whole(asked("generative"), "generative")["engine"] == "generative"
    refusal = AskedQuestion(question(), outcome(refused=True), {})
    with_refusal = whole([*asked("generative"), refusal], "generative")
    assert (with_refusal["engine"], with_refusal["engines"]) == ("generative", {"generative": 1, "refused": 1})
    some = whole(asked("generative", "extractive", "generative"), "generative")
    assert (some["engine"], some["engines"], some["engine_asked"]) == ("mixed", {"generative": 2, "extractive": 1}, "generative")


def test_each_question_stands_with_what_became_of_it_and_each_language_with_its_figures():
    judged = {"verifier": (Cited(True, (True, False)),)}
    asked = [
        AskedQuestion(question(), Outcome(("x" * 400, "18 May", "y"), ("a", "b", "a"), False, "en", 1.0, statuses=("verified",)), judged),
        AskedQuestion(Question("r", "कधी?", "mr", (), frozenset(), False), outcome(refused=True, language="hi"), {"verifier": ()}),
    ]
    report = whole(asked, "extractive")
    first, second = report["per_question"]
    assert first["found"] == {"@1": False, "@2": True, "@4": True}
    assert first["alce"] == {"verifier": {"precision": 0.5, "recall": 1.0}}
    assert first["citation"] == {"precision": 0.6667, "recall": 1.0}
    assert [len(quote) for quote in first["quotes"]] == [300, 6]
    assert (second["found"], second["refused"], second["language_match"]) == (None, True, False)
    assert report["by_language"]["mr"]["abstention"]["recall"] == 1.0
    assert report["by_language"]["en"]["alce"]["verifier"]["precision"] == 0.5
    assert report["statements"] == {"verified": 1}


def files(folder: Path) -> list[str]:
    """A corpus and two questions, one of which it answers; as arguments of the command."""
    corpus = [
        {"_id": "p1", "title": "", "text": "The Ruvari bridge was opened on 4 March 2019. It has three lanes."},
        {"_id": "p2", "title": "", "text": "The harbour of Ruvari is closed in winter. Ships wait in the bay."},
    ]
    when, who = "When was the Ruvari bridge opened?", "Which vitamins does broccoli contain?"
    asked = [
        {"_id": "1", "text": when, "answers": ["4 March 2019"], "relevant": ["p1"], "answerable": True, "lang": "en"},
        {"_id": "2", "text": who, "answers": [], "relevant": [], "answerable": False, "lang": "en"},
    ]
    for name, rows in (("c.jsonl", corpus), ("q.jsonl", asked)):
        (folder / name).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return ["--corpus", str(folder / "c.jsonl"), "--questions", str(folder / "q.jsonl"), "--json", str(folder / "report.json")]


def test_the_command_takes_in_a_corpus_asks_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["answers", *files(tmp_path), "--home", str(tmp_path / "home"), "--limit", "1"]) == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    questions = report.pop("per_question")
    assert json.loads(capsys.readouterr().out) == report
    assert [one["id"] for one in questions] == ["1"]
    assert report["questions"] == 1
    assert report["engine"] == "extractive"
    assert report["models"] == []
    assert report["answer_in_quote"]["@1"] == 1.0
    assert report["citation"]["recall"] == 1.0
    assert report["alce"]["verifier"]["recall"] == 1.0
    assert report["groups"]["en same"] == {"answerable": 1, "unanswerable": 0, "found@2": 1, "answered": 1, "refused": 0}
    assert "data" not in report  # a given home may hold anything
    assert set(report) >= {"citation", "abstention", "language_match", "ms"}


def test_a_language_model_writes_and_another_judges_after_it_was_tried_on_labelled_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")
    labels = [
        {"claim": "The sun is a star.", "evidence": ["The sun is a star."], "label": "supported"},
        {"claim": "The sun is a planet.", "evidence": ["The sun is a star."], "label": "not_supported"},
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(r) + "\n" for r in labels), encoding="utf-8")
    sentence = "The Ruvari bridge was opened on 4 March 2019."
    writer, judge = Script([lines(statement("The Ruvari bridge opened on 4 March 2019.", ("E1", sentence)))]), Script()
    # The judge calls everything supported but the planet.
    judge.answer = lambda request: Reply([f'{{"support": "{"none" if "planet" in request["messages"][1]["content"] else "full"}"}}'])
    with serving(writer) as llm, serving(judge) as judging:
        monkeypatch.setenv("SETU_LLM", llm)
        monkeypatch.setenv("SETU_JUDGE", judging)
        argv = [*files(tmp_path), "--engine", "generative", "--judge-labels", str(tmp_path / "labels.jsonl"), "--limit", "1"]
        assert main(["answers", *argv]) == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["engine"], report["engines"]) == ("generative", {"generative": 1})
    assert report["models"][0]["model"] == llm
    assert report["models"][0]["prompt"].startswith("answer ")
    assert report["statements"] == {"verified": 1}
    assert report["alce"]["llm"] == {"precision": 1.0, "recall": 1.0, "answers": 1, "statements": 1, "supported": 1, "citations": 1}
    assert report["judge"]["labels"] == {"judged": 2, "agreement": 1.0, "kappa": 1.0, "sensitivity": 1.0, "specificity": 1.0}
    assert (report["judge"]["asked"], report["judge"]["supported_corrected"]) == (3, 1.0)


def test_a_generative_run_without_a_language_model_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["answers", *files(tmp_path), "--engine", "generative"]) == 1
    assert "SETU_LLM" in capsys.readouterr().err
    assert not (tmp_path / "report.json").exists()


def test_a_corpus_without_questions_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["answers", "--corpus", str(tmp_path / "c.jsonl"), "--json", str(tmp_path / "o.json")]) == 1
    assert "--questions" in capsys.readouterr().err
