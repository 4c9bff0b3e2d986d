"""The structure figures: which units blocks open, what agrees, and the gold itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.tasks.documents.structure import GOLD, StructureError, Unit, agrees, align, found_units, load, run, summary
from ingest.records import Block, Role
from tests.support import shared


def block(role: Role, path: tuple[str, ...], text: str) -> Block:
    return Block(1, role, path, text, 0, len(text), "en")


def test_a_heading_opens_a_unit_and_its_clauses_open_units_below_it() -> None:
    article = "Article 4 Costs"
    found = found_units(
        [
            block("title", (), "Memorandum"),
            block("heading", (article,), "Article 4"),
            block("heading", (article,), "Costs"),
            block("paragraph", (article, "1."), "1. Each side pays."),
            block("list_item", (article, "1.", "(a)"), "(a) for travel"),
            block("paragraph", (article, "1."), "and for nothing else."),
            block("paragraph", (article, "2."), "2. No fees."),
        ]
    )
    assert found == [
        Unit(("title",), "Memorandum"),
        Unit((article,)),
        Unit((article, "1."), "Each side pays."),
        Unit((article, "1.", "(a)"), "for travel"),
        Unit((article, "2."), "No fees."),
    ]


def test_a_clause_that_opens_two_levels_at_once_counts_as_two_units() -> None:
    found = found_units([block("paragraph", ("Article 2", "(1)", "(a)"), "(1) (a) Scope.")])
    assert [unit.path for unit in found] == [("Article 2",), ("Article 2", "(1)"), ("Article 2", "(1)", "(a)")]
    assert found[-1].words == "Scope."


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        (Unit(("Article 1",)), Unit(("ARTICLE 1: Purpose",)), True),
        (Unit(("Article 1",)), Unit(("Article 10",)), False),
        (Unit(("कलम ४",)), Unit(("कलम 4 : खर्च",)), True),
        (Unit(("第4条", "2")), Unit(("第４条（定義）", "２")), True),
        (Unit(("第一章",)), Unit(("第一章　総則",)), True),
        (Unit(("Scope", "1.")), Unit(("1.",)), False),
        (Unit(("1.",), "The Ministry"), Unit(("1.",), "The Corporation pays"), False),
        (Unit(("1.",)), Unit(("1.1",)), False),
    ],
)
def test_units_agree_when_the_label_and_everything_around_it_do(gold: Unit, found: Unit, same: bool) -> None:
    assert agrees(gold, found) is same


def test_alignment_keeps_the_order_and_pairs_each_unit_once() -> None:
    one, two, three = Unit(("1.",), "One"), Unit(("2.",), "Two"), Unit(("3.",), "Three")
    assert align([one, two, three], [two, one, three]) in ([(0, 1), (2, 2)], [(1, 0), (2, 2)])
    assert align([one, one], [one]) in ([(0, 0)], [(1, 0)])


def test_a_gold_that_skips_a_level_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    row = {"files": ["a.md"], "root": "corpus", "held_out": False, "title": None, "outline": ["One", "> > (a)"]}
    file.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(StructureError, match="line 1"):
        load(file)


def test_the_gold_holds_labels_and_short_names_only() -> None:
    for outline in load():
        for unit in outline.units:
            assert len(unit.path[-1].split()) <= 7, unit
            assert len(unit.words) <= 60, unit


def test_a_file_is_measured_against_its_outline(tmp_path: Path) -> None:
    (tmp_path / "paper.md").write_text(
        "# Paper\n\n## 1. Aim\n\nWe want it to be read.\n\n## 2. Means\n\nWe read it aloud.\n", encoding="utf-8"
    )
    rows = [{"files": ["paper.md"], "root": "corpus", "held_out": True, "title": "Paper", "outline": ["1. Aim", "2. Ends"]}]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (row,) = run(tmp_path, gold)
    assert (row.gold, row.found, row.right) == (3, 3, 2)
    assert row.missing == ("2. Ends",)
    figures = {one["name"]: one for one in summary([row])}
    assert figures["all, held out"]["f1"] == 0.6667


@pytest.mark.shared
@pytest.mark.slow
def test_articles_clauses_and_headings_are_found_and_numbered_right() -> None:
    rows = [row for row in run(shared("corpus"), GOLD) if row.corpus in {"agreements_en", "udhr"}]
    figures = {one["name"]: one["f1"] for one in summary(rows)}
    assert len(rows) == 26
    assert figures["agreements_en"] >= 0.97
    assert figures["udhr"] >= 0.97
