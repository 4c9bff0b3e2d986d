from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.tasks.documents.quote_boxes import BoxesError, agreement, load, nearest, run, summary, table
from ingest.pdf.render import Rect
from tests.ingest.ocr.test_ocr import needs_tesseract
from tests.support import shared


def test_two_areas_agree_by_what_they_share_of_all_they_cover() -> None:
    # The drawn box covers the left half of the true one and as much beside it: a third of all; half of the true one is covered.
    overlap, covered = agreement([Rect(0.1, 0.1, 0.3, 0.2)], [(0.2, 0.1, 0.4, 0.1, 0.4, 0.2, 0.2, 0.2)])
    assert overlap == pytest.approx(1 / 3, abs=0.01)
    assert covered == pytest.approx(1 / 2, abs=0.01)
    assert agreement([], [(0.2, 0.1, 0.4, 0.1, 0.4, 0.2, 0.2, 0.2)]) == (0, 0)


def test_an_area_that_two_boxes_cover_counts_once() -> None:
    one = Rect(0.2, 0.1, 0.4, 0.2)
    assert agreement([one, one], [one.corners])[0] == 1


def test_a_quote_is_looked_for_where_the_text_is_most_like_it() -> None:
    text = "Preamble\nThe Corporati0n keeps records\nfor ten years."
    start, end = nearest("The Corporation keeps records for ten", text)
    assert text[start:end] == "The Corporati0n keeps records\nfor ten"
    assert nearest("ठाणे महानगरपालिका धोरण", text) == (0, 0)


@pytest.mark.parametrize("lines", [[], [[0.1, 0.2, 0.3]]])
def test_a_gold_without_four_corners_a_line_is_refused(tmp_path: Path, lines: list[list[float]]) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"file": "a.pdf", "page": 1, "quote": "x", "twin": "", "lines": lines}), encoding="utf-8")
    with pytest.raises(BoxesError, match=r"line 1.*four corners"):
        load(gold)


def test_the_gold_has_quotes_of_both_kinds_of_pages_and_of_every_language() -> None:
    gold = load()
    assert len(gold) >= 60
    assert sum(bool(box.twin) for box in gold) >= 30
    assert {box.file[:2] for box in gold} == {"mr", "hi", "ja", "en"}


def measured(*files: str) -> list[float]:
    corpus = shared("corpus", "extraction")
    rows = run(corpus, [box for box in load() if box.file in files])
    assert ["all", str(len(rows))] in [line.replace("|", " ").split()[:2] for line in table(summary(rows)).splitlines()]
    return [row.overlap for row in rows]


@pytest.mark.shared
def test_quotes_of_text_layers_are_boxed_where_they_stand() -> None:
    assert min(measured("mr_policy.lo.pdf", "ja_tate.lo.pdf", "en_twocol.chr.pdf")) >= 0.8


@pytest.mark.shared
@pytest.mark.slow
@needs_tesseract
def test_quotes_of_a_scan_that_lies_askew_are_boxed_where_they_stand() -> None:
    assert min(measured("en_policy.scan.pdf", "mr_policy.scan.pdf")) >= 0.8
