"""An answer as text: the words of papers act on nothing, and every mark stands where it is said to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb.records import Answer, Citation, Conflict, Grade, Statement, Timings
from server.evidence.answer_text import inert, write_answer

ADDRESS = "https://setu.example"
CITATION = Citation(3, "Pact [draft]", "test:pact", 1, "agreement", None, 2, "ii", ("Article 1",), 10, 20, "en", "quote", "verified")


def answer(*texts: str) -> Answer:
    statements = tuple(Statement(t, "agreed", (replace(CITATION, start=10 + at, quote=t),)) for at, t in enumerate(texts))
    return Answer("q", "en", "extractive", statements, None, Timings(1, 1, 2))


HOSTILE = [
    "![picture](http://evil.invalid/x.png)",
    "[click](http://evil.invalid)",
    "[click][1]\n\n[1]: http://evil.invalid",
    "<img src=http://evil.invalid/x.png>",
    "<http://evil.invalid>",
    "see https://evil.invalid now, or www.evil.invalid, or a@evil.invalid",
    "```\nno fence",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_paper_says_becomes_no_link_image_html_or_fence(text: str) -> None:
    made = write_answer(answer(text), ADDRESS)
    shown = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(made.body)
    tokens = [child for token in shown for child in (token, *(token.children or ()))]
    assert not [t for t in tokens if t.type in ("link_open", "image", "html_inline", "html_block", "fence", "code_block")]
    assert made.body.replace("\N{WORD JOINER}", "").count(text.strip()) == 1


def test_a_number_in_brackets_in_a_paper_is_no_mark_of_a_source() -> None:
    made = write_answer(answer("As said in [1] and [2]."), ADDRESS)
    assert [made.body[mark.start : mark.end] for mark in made.marks] == ["[1]"]
    assert made.body.count("[1]") == 1


def test_the_sources_are_listed_below_with_their_links() -> None:
    made = write_answer(answer("One.", "Two.", "One."), ADDRESS)
    assert made.whole == made.body + made.listed
    assert [line for line in made.listed.splitlines() if line[:1].isdecimal()] == [
        f"{n}. [Pact \\[draft\\] · Article 1 · p. ii](https://setu.example/?passage=3.1.{9 + n}.20)" for n in (1, 2, 3)
    ]


def test_sources_are_numbered_in_the_order_in_which_they_are_met_in_the_text() -> None:
    """Open WebUI shows the n-th annotation's source at the mark [n]."""
    later = replace(CITATION, start=50, end=60)
    conflict = Conflict("amount", later, CITATION, "a", "b", "open", "They differ.")
    made = write_answer(replace(answer("One.", "Two."), conflicts=(conflict,)), ADDRESS)
    assert [mark.source.number for mark in made.marks] == [1, 2, 3, 1]
    assert [source.number for source in made.sources] == [1, 2, 3]
    assert made.body.endswith("They differ. [3] [1]")


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
def test_each_mark_stands_where_it_is_said_to(texts: list[str]) -> None:
    made = write_answer(answer(*texts), ADDRESS)
    assert len(made.marks) == len(texts)
    assert all(made.body[mark.start : mark.end] == f"[{mark.source.number}]" for mark in made.marks)


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4), st.integers(0, 4), st.sampled_from(["answers", "nearest"]))
def test_more_statements_conflicts_and_notes_only_add_to_the_text(texts: list[str], end: int, grade: Grade) -> None:
    conflict = Conflict("amount", replace(CITATION, start=50, end=60), CITATION, "a", "b", "open", "They differ.")
    whole = replace(answer(*texts), grade=grade, conflicts=(conflict,), notes=("A note.",))
    begun = replace(whole, statements=whole.statements[: max(end, 1)], conflicts=(), notes=())
    assert write_answer(whole, ADDRESS).body.startswith(write_answer(begun, ADDRESS).body)


@given(st.text(max_size=200))
def test_inert_text_reads_as_it_did(text: str) -> None:
    from kb.sanitize import visible

    plain = visible(text).replace("\ue000", "").replace("\ue001", "").replace("\N{WORD JOINER}", "")
    assert inert(text).replace("\N{WORD JOINER}", "") == plain
