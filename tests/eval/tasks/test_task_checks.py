"""What a task asks of an output: entries in four scripts, shapes, and the verdicts of the sets' own scorer."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.tasks.task_checks import (
    SHAPES,
    Output,
    Task,
    TasksError,
    comparable,
    folded,
    read_outputs,
    read_tasks,
    says_nothing,
    words_of,
    wrong_of,
)
from tests.support import shared

ROW = {
    "id": "a",
    "language": "en",
    "skill": "lookup",
    "turns": ["How many gauges?"],
    "must": ["forty|40", "/gauges?/"],
    "must_not": ["fifty"],
    "cites": ["pact.txt"],
    "shape": "prose",
    "why": "Forty.",
}


def task(**changes: Any) -> Task:
    row = {**ROW, **changes}
    return Task(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})


def output(text: str = "There are forty gauges.", **changes: Any) -> Output:
    return Output("a", text, **{"citations": ("papers/pact.txt",), **changes})


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("forty|40", "４０ gauges"),
        ("forty|40", "४० संवेदक"),
        ("1000", "1,000 gauges"),
        ("half past nine", "**Half  past**\nnine"),
        ("काझेहामा|काज़ेहामा", "यह काज़ेहामा की रिपोर्ट है"),  # with the nukta apart and composed
        ("अँड|ॲप", "हे अॅप आहे"),
        ("風浜市", "風浜 市"),
        ("/(?<!\\d)10月26日/", "2025 年 10 月 26 日"),
        ("/GAUGES?/", "one gauge"),
    ],
)
def test_an_entry_is_found_however_it_is_typed(entry: str, text: str) -> None:
    assert wrong_of(task(must=[entry]), output(text))["must"] == ()


def test_a_regex_is_no_list_of_strings_and_a_string_no_regex() -> None:
    assert wrong_of(task(must=["/four|ty/", "gaug.s"]), output("There are four gauges."))["must"] == ("gaug.s",)


def test_what_is_missing_or_should_not_be_there_is_named_by_check() -> None:
    found = wrong_of(task(), output("Fifty sensors.", citations=("other.txt",), refused=True))
    assert found == {"must": ("forty|40", "/gauges?/"), "must_not": ("fifty",), "cites": ("pact.txt",), "shape": ("prose",)}
    assert not any(wrong_of(task(), output()).values())


def test_a_task_without_an_output_fails_every_check() -> None:
    assert all(wrong_of(task(must=[], must_not=[], cites=[]), None).values())


SHAPED = [
    ("prose", output(), True),
    ("prose", output(""), False),
    ("prose", output(refused=True), False),
    ("points", output("1. one\n2. two"), True),
    ("points", output("one"), False),
    ("table", output("| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"), True),
    ("table", output("| a | b |\n| --- | --- |\n| 1 | 2 |"), False),
    ("table", output("a | b\n1 | 2\n3 | 4"), False),
    ("table", output("<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr><tr><td>3<td>4</tr></table>"), True),
    ("table", output("a\tb\n1\t2\n3\t4"), True),
    ("letter", output("महोदय,\n\nकळविण्यात येते की …\n\nआपला विश्वासू,\n[नाव]"), True),
    ("letter", output("Dear Sir,\nWe write.\nThank you."), False),
    ("letter", output("Dear Sir,\nWe write.\nWith regards"), False),
    ("letter", output("Dear Sir,\nWe write.\nThank you.\nThe Commissioner"), False),
    ("letter", output("Hello,\nWe write.\nAgain.\nWith regards"), False),
    ("options", output("Which of these?\n- the pact\n- the news", statements=()), True),
    ("options", output("覚書ですか、それとも報道ですか。"), True),
    ("options", output("The pact says so."), False),
    ("options", output("The pact OR the news?"), False),
    ("options", output("The pact or the news."), False),
    ("options", output("The pact or the news?"), True),
    ("options", output("Both.", statements=("one", "two")), True),
    ("refusal", output("No.", refused=True), True),
    ("refusal", output("कागदपत्रांत याचा उल्लेख आढळत नाही."), True),
    ("refusal", output("資料には記載がありません。"), True),
    ("refusal", output("It costs four crore."), False),
    ("chat", output("Hello! Ask me about the papers.", citations=()), True),
    ("chat", output("Hello!"), False),  # it cites
    ("chat", output("The papers do not say.", citations=()), False),
    (
        "chat",
        output(
            "Hello! Ask me about the papers, in Marathi, Hindi, English or Japanese, as you like. It may be they do not say.", citations=()
        ),
        True,
    ),
    ("chat", output("x" * 900, citations=()), True),
    ("chat", output("x" * 901, citations=()), False),
]


@pytest.mark.parametrize(("shape", "shown", "fits"), SHAPED)
def test_a_shape_is_told_by_how_the_output_looks(shape: str, shown: Output, fits: bool) -> None:
    assert (wrong_of(task(shape=shape, must=[], cites=[]), shown)["shape"] == ()) is fits


def test_every_shape_is_tried_both_ways() -> None:
    assert {(shape, fits) for shape, _, fits in SHAPED} == {(shape, fits) for shape in SHAPES for fits in (True, False)}


@pytest.mark.parametrize("text", ["मुझे यह नहीं मिला।", "The papers don’t mention it.", "सांगता येत नाही", "お答えできません"])
def test_silence_is_heard_in_four_languages(text: str) -> None:
    assert says_nothing(text)


def test_compared_text_has_no_spaces_beside_japanese_letters_only() -> None:
    assert comparable("The 風浜 city 9 月") == "the風浜city 9月"


@pytest.mark.parametrize("row", [{"id": "b"}, [], {**ROW, "shape": "song"}, {**ROW, "turns": []}, {**ROW, "must": ["/(/"]}])
def test_a_line_that_is_no_task_is_named(row: object, tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps(ROW) + "\n\n" + json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(TasksError, match="line 3"):
        read_tasks(file)


def test_outputs_are_read_as_they_were_written(tmp_path: Path) -> None:
    file, made = tmp_path / "out.jsonl", output("one\u2028two", statements=("one",), kind="lookup")
    file.write_text(json.dumps(asdict(made), ensure_ascii=False) + "\n", encoding="utf-8")
    assert read_outputs(file) == {"a": made}


PIECES = (
    "The papers do not say who pays.", "I can’t share that.", "nothing on fish", "- one", "2) two", "③ three", "（क) four", "| a | b |",
    "| --- | :-: |", "| 1 | 2 |", "<tr><td>1</td><td>2</td></tr>", "x\ty", "Dear Madam,", "Yours faithfully", "प्रति, मा. आयुक्त", "सादर",
    "आपला", "拝啓", "敬具", "お願い申し上げます", "महोदय", "किंवा?", "これですか。", "それとも？", "Is it this or that?", "मिला या नहीं?", "",
    "या कागदपत्रांत तशी नोंद दिसत नाही.", "उसका ज़िक्र कहीं नहीं है।", "記載されていません", "分かりません", "सांगत नाही", "x" * 450, "１，０００",
    "दस्तावेज़ इस पर चुप हैं, कुछ नहीं", "1,00,000 रु.", "Ｋａｚｅｈａｍａ 風 浜", "**बाढ़** की चेतावनी", "अॅप", "सापडले नाही", "नमूद केलेले नाही",
)  # fmt: skip
ENTRIES = (
    "1000",
    "/\\bor\\b/",
    "बाढ़|पूर",
    "/(?<!\\d)100000/",
    "ＫＡＺＥＨＡＭＡ",
    "風浜",
    "/ॲप/",
    "a | b",
    "|",
    "/[ぁ-ん]/",
    "**",
    " ",
    "//",
    "/नहीं$/",
)


@pytest.fixture(scope="module")
def scorer() -> Any:
    """The sets' own."""
    spec = importlib.util.spec_from_file_location("tasks_dev_score", shared("benchmarks", "tasks-dev", "score.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sayings(pattern: Any) -> list[str]:
    """Texts that a regex finds: each choice once, and each repetition as seldom, once and as often as it may be."""
    texts = [""]
    for operator, argument in pattern:
        ways = [""]
        match str(operator):
            case "LITERAL":
                ways = [chr(argument)]
            case "IN":
                literal = [chr(value) for kind, value in argument if str(kind) == "LITERAL"]
                ways = literal if str(argument[0][0]) == "LITERAL" else ["x"]
            case "BRANCH":
                ways = [text for branch in argument[1] for text in sayings(branch)]
            case "SUBPATTERN":
                ways = sayings(argument[3])
            case "MAX_REPEAT":
                least, most, repeated = argument
                ways = [text * times for text in sayings(repeated) for times in {least, max(least, 1), most if most < 100 else 1}]
        texts = [text + way for text in texts for way in ways]
    return texts


@pytest.mark.shared
@pytest.mark.parametrize(("part", "theirs"), [("silent", "REFUSAL"), ("salutation", "SALUTE"), ("closing", "CLOSE")])
def test_whatever_one_of_the_scorers_hears_as_silence_or_a_letter_the_other_hears_too(scorer: Any, part: str, theirs: str) -> None:
    one, other = words_of(part), getattr(scorer, theirs)
    read = folded if part == "silent" else str
    texts = [read(f"x {text} x") for pattern in (one, other) for text in sayings(re._parser.parse(pattern.pattern))]  # type: ignore[attr-defined]
    assert len(texts) > 20
    assert [text for text in texts if not (one.search(text) and other.search(text))] == []


@pytest.mark.shared
@pytest.mark.parametrize("word", [" or ", " OR ", "किंवा", " की ", "की", "या", "それとも", "または", "もしくは", "、", "and"])
def test_a_choice_is_heard_by_the_same_words(scorer: Any, word: str) -> None:
    agrees(scorer, task(shape="options"), output(f"A{word}B?", statements=()))


def agrees(scorer: Any, wanted: Task, shown: Output) -> None:
    row = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(wanted).items()}
    theirs = scorer.check(row, {**asdict(shown), "statements": list(shown.statements)})
    ours = wrong_of(wanted, shown)
    assert {check: list(ours[check]) for check in ("must", "must_not")} == {check: theirs[check] for check in ("must", "must_not")}
    assert {check: bool(ours[check]) for check in ours} == {check: bool(theirs[check]) for check in theirs}, shown.text


@pytest.mark.shared
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_verdicts_are_those_of_the_sets_own_scorer(scorer: Any, data: st.DataObject) -> None:
    text = "\n".join(data.draw(st.lists(st.sampled_from(PIECES), max_size=6)))
    names = st.lists(st.sampled_from(["a/pact.txt", "b\\pact.txt", "other.md"]), max_size=2).map(tuple)
    shown = Output("a", text, data.draw(st.sampled_from([(), ("x",), ("x", "y")])), data.draw(names), data.draw(st.booleans()))
    entries = st.lists(st.sampled_from(ENTRIES), max_size=3)
    for shape in SHAPES:
        wanted = task(
            shape=shape, must=data.draw(entries), must_not=data.draw(entries), cites=data.draw(st.sampled_from([[], ["pact.txt"]]))
        )
        agrees(scorer, wanted, shown)


@pytest.mark.shared
def test_verdicts_on_the_development_tasks_are_the_same_for_what_any_of_them_wants(scorer: Any) -> None:
    tasks = read_tasks(shared("benchmarks", "tasks-dev", "tasks.jsonl"))
    texts = [f"{wanted.why}\n{wanted.turns[-1]}" for wanted in tasks]
    for at, wanted in enumerate(tasks):
        for text in (texts[at], texts[at - 1], "\n\n".join(texts[at - 4 : at])):
            agrees(scorer, wanted, Output(wanted.id, text, (text,), wanted.cites[:1], at % 5 == 0))
