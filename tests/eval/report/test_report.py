"""Saved runs as a page: what stands on it, and that it is safe, self-contained and whole."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from eval.metrics.answer_quality import AskedQuestion, Cited, Outcome, Question, whole
from eval.metrics.comparison import CompareError
from eval.report.html_page import page as whole_page
from eval.report.paired_answers import ANSWERED, BECAME, FOUND, REFUSED, became, changed, differences, paired
from tools.screenshots import browsed, chromium

EVIL = '<script src="https://x.example/a.js"></script><img src=x onerror=1>'
LANGUAGES = ("mr", "hi", "en", "ja")


def answers(found_at: dict[int, int], refused: tuple[int, ...] = (), quote: str = "The fee is nine yen.") -> dict[str, Any]:
    """A run of twelve questions, every third without an answer; of the others the answer stands where ``found_at`` says, else first."""
    asked = []
    for i in range(12):
        question = Question(f"q{i}", f"What is the fee {i}? {EVIL}", LANGUAGES[i % 4], ("nine",), frozenset({"a"}), i % 3 != 0)
        quotes = tuple(quote if at == found_at.get(i, 0) else f"No {at}. {EVIL}" for at in range(4))
        gone = i in refused
        outcome = Outcome(() if gone else quotes, () if gone else ("a",) * 4, gone, question.language, 10.0 + i)
        asked.append(AskedQuestion(question, outcome, {"verifier": () if gone else (Cited(True, (True, False)),)}))
    return {**whole(asked, "extractive"), "models": [], "data": {"corpus": "c" * 64, "queries": "q" * 64}}


def verification(auroc: float = 0.79) -> dict[str, Any]:
    row = {"auroc": auroc, "low": 0.7, "high": 0.85, "calibration_error": 0.04}
    bins = [
        {"low": 0.0, "high": 0.5, "count": 30, "score": 0.2, "supported": 0.25},
        {"low": 0.5, "high": 1.0, "count": 5, "score": 0.8, "supported": 0.6},
    ]
    agreed = {"judged": 35, "agreement": 0.7, "kappa": 0.31, "sensitivity": 0.5, "specificity": 0.9}
    return {
        "claims": 35, "supported": 11, "scorer": "alignment", "systems": {"score": row}, "reliability": {"score": bins}, "data": "d" * 64,
        "verdicts": {**agreed, "by_label": {"supported": {"verified": 6}, "other": {"partial": 2}}},
        "ms_per_statement": {
            "p50": 40.0, "p95": 60.0, "processor": {"p50": 30.0, "p95": 50.0}, "known_quotes": {"p50": 9.0, "p95": 20.0}, "budget": 50.0,
        },
    }  # fmt: skip


class Page(HTMLParser):
    """What a browser would read: elements with their attributes, and whether each that was opened was closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def shown(folder: Path, *runs: tuple[str, dict[str, Any]], old: dict[str, Any] | None = None) -> Page:
    argv = []
    for name, run in runs:
        (folder / name).write_text(json.dumps(run), encoding="utf-8")
        argv.append(str(folder / name))
    if old is not None:
        (folder / "old.json").write_text(json.dumps(old), encoding="utf-8")
        argv += ["--against", str(folder / "old.json")]
    assert main(["report", *argv, "-o", str(folder / "report.html")]) == 0
    return Page((folder / "report.html").read_text(encoding="utf-8"))


def test_the_page_runs_nothing_and_fetches_nothing_whatever_a_paper_says(tmp_path: Path):
    page = shown(tmp_path, ("new.json", answers({})), ("v.json", verification()), old=answers({1: 3}, refused=(2,)))
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "object", "form"} & {tag for tag, _ in page.elements}
    assert not [1 for _, attributes in page.elements for name in attributes if name in {"src", "href"} or name.startswith("on")]
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert any(EVIL in words for words in page.words)


def test_every_plot_has_a_title_a_description_and_a_table(tmp_path: Path):
    page = shown(tmp_path, ("new.json", answers({})), ("v.json", verification()), old=answers({1: 3}))
    plots = page.all("svg")
    ids = {attributes["id"] for tag, attributes in page.elements if tag in {"title", "desc"} and "id" in attributes}
    assert len(plots) == 4
    assert all(plot["role"] == "img" and set((plot["aria-labelledby"] or "").split()) <= ids for plot in plots)
    assert len(page.all("table")) > len(plots)
    assert all("scope" in head for head in page.all("th"))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_stand_out_by_day_and_by_night():
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5."""
    day, night = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in whole_page("", []).split("prefers-color-scheme: dark")[:2])
    assert day.keys() == night.keys() >= {"back", "panel", "ink", "soft", "bad", "three"}
    for colours in (day, night):
        for ground in ("back", "panel"):
            for ink in ("ink", "soft", "one", "two", "three", "bad"):
                light, dark = sorted((luminance(colours[ground]), luminance(colours[ink])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)


def test_figures_stand_per_language_and_questions_carry_their_language(tmp_path: Path):
    page = shown(tmp_path, ("new.json", answers({})), old=answers({}, refused=(1,)))
    words = "\n".join(page.words)
    assert all(name in words for name in ("Marathi", "Hindi", "English", "Japanese"))
    assert {attributes["lang"] for attributes in page.all("span") if "lang" in attributes} == {"hi"}  # of question 1, which changed


def test_differences_are_paired_by_question_and_each_measure_takes_those_it_applies_to():
    # Answerable: 1 2 4 5 7 8 10 11. Saved: 1 in the third quote, 2 refused; unanswerable 0 refused.
    pairs = paired(answers({}), answers({1: 2}, refused=(0, 2)))
    found = {(one.measure, one.language): one for one in differences(pairs)}
    assert (found[FOUND, None].questions, found[FOUND, None].saved, found[FOUND, None].new) == (8, 0.75, 1.0)
    assert (found[ANSWERED, None].saved, found[ANSWERED, None].new) == (0.875, 1.0)
    assert (found[REFUSED, None].questions, found[REFUSED, None].saved, found[REFUSED, None].new) == (4, 0.25, 0.0)
    assert found[FOUND, "hi"].saved == pytest.approx(0.5)  # hi: 1 and 5 (9 has no answer)
    assert found["citation precision (verifier)", None].questions == 10  # refusals cite nothing


def test_a_question_that_got_worse_is_lost_and_one_that_got_better_won():
    old = answers({1: 2}, refused=(0, 2))
    new = answers({5: 1}, quote="The fee is nine yen!")
    fates = {one.new["id"]: one.fate for one in changed(paired(new, old))}
    assert fates == {"q0": "lost", "q5": "lost", "q1": "won", "q2": "won"} | {f"q{i}": "other quotes" for i in (3, 4, 6, 7, 8, 9, 10, 11)}
    rows = {row["id"]: BECAME[became(row)] for row in old["per_question"]}
    assert (rows["q0"], rows["q1"], rows["q2"]) == ("rightly refused", "answer in the third or fourth quote", "refused")


def test_runs_over_other_documents_or_without_questions_are_not_compared():
    other = {**answers({}), "data": {"corpus": "d" * 64}}
    with pytest.raises(CompareError, match="different documents"):
        paired(answers({}), other)
    with pytest.raises(CompareError, match="The saved run has no `per_question`"):
        paired(answers({}), {**answers({}), "per_question": []})


def test_the_terminal_names_the_measures_that_are_better_or_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shown(tmp_path, ("new.json", answers({})), old=answers(dict.fromkeys((1, 2, 4, 5), 3)))
    page, *lines = capsys.readouterr().out.splitlines()
    assert "report.html" in page
    # Of eight answerable questions four had their answer in the fourth quote.
    assert [line.split(" (")[0] for line in lines] == [
        "new, answer in first quote: 0.500 → 1.000",
        "new, answer in first 2 quotes: 0.500 → 1.000",
    ]
    assert all(line.endswith("of 8), better") for line in lines)


def test_an_older_verification_stands_beside_the_new_one(tmp_path: Path):
    page = shown(tmp_path, ("v.json", verification(0.79)), old=verification(0.71))
    assert {"AUROC before", "0.790", "0.710"} <= set(page.words)


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")
def test_a_browser_shows_the_page_on_a_telephone_at_night(tmp_path: Path):
    pytest.importorskip("playwright")
    shown(tmp_path, ("new.json", answers({})), ("v.json", verification()), old=answers({1: 3}, refused=(0, 2)))
    with browsed(viewport={"width": 390, "height": 800}, color_scheme="dark") as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto((tmp_path / "report.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 29)"
        boxes = [svg.bounding_box() for svg in page.locator("svg").all()]
        assert all(box is not None and 300 <= box["width"] <= 390 and box["height"] > 100 for box in boxes)
        # Nothing of a plot is cut off: all its words lie inside it.
        assert page.evaluate("""() => [...document.querySelectorAll("svg")].every(svg => { const whole = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("text")].every(text => { const box = text.getBoundingClientRect();
                return box.left >= whole.left - 1 && box.right <= whole.right + 1 && box.bottom <= whole.bottom + 1; }); })""")
        assert said == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("{", "cannot be read"), ("{}", "neither"), (json.dumps({"answer_in_quote": {}, "by_language": {}}), "older Setu")],
)
def test_a_file_that_is_no_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str):
    file = tmp_path / "x.json"
    file.write_text(content, encoding="utf-8")
    assert main(["report", str(file), "-o", str(tmp_path / "r.html")]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert "x.json" in error
    assert not (tmp_path / "r.html").exists()


def test_an_older_run_of_the_other_kind_is_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, run in (("a.json", answers({})), ("v.json", verification())):
        (tmp_path / name).write_text(json.dumps(run), encoding="utf-8")
    assert main(["report", str(tmp_path / "a.json"), "--against", str(tmp_path / "v.json"), "-o", str(tmp_path / "r.html")]) == 2
    assert "nothing to compare" in capsys.readouterr().err
