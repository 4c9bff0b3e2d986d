"""A line that names a paper is its title, though an office stands in it; a line that names an office alone is none."""

from __future__ import annotations

import pytest

from ingest.extract.title_rules import find_publisher, find_title, is_letterhead
from ingest.extract.title_tagger import is_name
from ingest.records import Block, Hints, Role


@pytest.mark.parametrize(
    "line",
    ["Port of Salmora Corporation", "तिंदवी महानगरपालिका", "लहर नगर निगम, कल्याण विभाग", "風ヶ浦市港湾課", "Office of the Harbour Board"],
)
def test_an_office_is_a_letterhead(line: str) -> None:
    assert is_letterhead(line)


@pytest.mark.parametrize(
    "line",
    [
        "Salmora Municipal Corporation (Lighthouses) By-laws, 2023",
        "Notice of the Harbour Board",
        "तिंदवी महानगरपालिका दीपगृह नियम, २०२४",
        "तिंदवी नगर निगम (दीपस्तंभ) उपविधियाँ",
        "風ヶ浦市灯台規則",
        "तिंदवी नगर निगम और सलमोरा नगरपरिषद के बीच नौका समझौता",
        "तिंदवी महानगरपालिका आणि सलमोरा नगरपरिषद यांच्यातील सामंजस्य",
        "Contract between the Harbour Board and Tindavi Corporation",
    ],
)
def test_what_an_office_lays_down_is_a_title(line: str) -> None:
    assert not is_letterhead(line)


@pytest.mark.parametrize(
    ("line", "may_be"),
    [("Govt. of Tindavi, Ports Dept.", True), ("हे संकेतस्थळ कुकीज वापरते. स्वीकारा", False), ("このサイトはクッキーを使います。同意する", False)],
)
def test_what_a_site_says_of_itself_is_no_publisher(line: str, may_be: bool) -> None:
    assert is_name(line) is may_be


def test_the_first_clause_below_a_letterhead_is_no_title() -> None:
    lines: list[tuple[Role, str]] = [
        ("title", "तिंदवी महानगरपालिका"),
        ("heading", "अनुच्छेद 1 उद्देश्य"),
        ("heading", "1. Background"),
        ("heading", "The lamps of the quay"),
    ]
    blocks, at = [], 0
    for role, text in lines:
        blocks.append(Block(1, role, (), text, at, at + len(text), "en"))
        at += len(text) + 1
    text = "\n".join(text for _, text in lines)
    assert find_title(text, blocks, Hints(), "paper.docx").value == "The lamps of the quay"
    assert find_title(text, blocks[:3], Hints(), "paper.docx").value == "तिंदवी महानगरपालिका"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("WALKING PLAN 2025-2030: ACTIONS", "WALKING PLAN 2025-2030: ACTIONS"),
        ("The Board has made this plan with its neighbours.", "HARBOUR BOARD OF SALMORA"),
        ("To all pilots", "HARBOUR BOARD OF SALMORA"),
    ],
)
def test_a_line_under_a_letterhead_that_names_a_paper_is_its_title(line: str, title: str) -> None:
    head = "HARBOUR BOARD OF SALMORA"
    blocks = [Block(1, "title", (), head, 0, len(head), "en"), Block(1, "paragraph", (), line, 25, 25 + len(line), "en")]
    assert find_title(f"{head}\n{line}", blocks, Hints(), "paper.txt").value == title


def test_the_name_before_the_day_of_a_credited_story_is_its_newspaper() -> None:
    line = "The Upland Rambler, 19 May 2025. By our own harbour correspondent."
    blocks = [Block(1, "title", (), "Two towns join hands", 0, 20, "en"), Block(1, "paragraph", (), line, 21, 21 + len(line), "en")]
    text = f"Two towns join hands\n{line}"
    title = find_title(text, blocks, Hints(), "story.html")
    found = find_publisher(text, blocks, Hints(), "news", title)
    assert found is not None
    assert found.value == "The Upland Rambler"
    assert find_publisher(text, blocks, Hints(), "report", title) is None
