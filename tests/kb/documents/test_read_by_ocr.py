"""What OCR read says so wherever it is cited, and what it read badly stands behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.store.schema import pages
from lang.languages import LANGUAGES
from ui.cli.json_output import shape
from ui.components.answer_wording import page_words, place_of
from ui.components.i18n import strings

SAID = "The ferry to Lantern Island leaves the north pier at nine every morning."


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    for name in ("scan", "print"):
        (tmp_path / f"{name}.txt").write_text(f"NOTICE of the port, {name}\n\n{SAID}\n", encoding="utf-8")
    with KnowledgeBase.open(Settings(home=tmp_path / "home")) as base:
        base.ingest([tmp_path / "scan.txt", tmp_path / "print.txt"])
        yield base


def read_by_ocr(kb: KnowledgeBase, quality: float, *titles: str) -> None:
    """As if a scanner had made the papers."""
    ids = [info.id for info in kb.documents() if any(title in info.source for title in titles)]
    versions = [kb._catalogue.version_id(one, None) for one in ids]
    with kb._catalogue.write() as conn:
        conn.execute(pages.update().where(pages.c.version_id.in_(versions)).values(method="ocr", quality=quality))


@pytest.mark.parametrize("quality", [0.93, 0.6])
def test_a_citation_says_that_its_page_was_read_from_a_picture(kb: KnowledgeBase, quality: float) -> None:
    read_by_ocr(kb, quality, "scan", "print")
    citation = kb.answer("When does the ferry to Lantern Island leave?").statements[0].citations[0]
    assert citation.ocr == quality
    assert shape(citation)["ocr"] == quality
    for language in LANGUAGES:
        words = strings(language)
        told = page_words(citation, words)
        assert told != page_words(replace(citation, ocr=None), words)
        assert told != page_words(replace(citation, ocr=1.53 - quality), words)
        assert told in place_of(citation, words)


def test_a_citation_of_a_text_says_nothing_of_pictures(kb: KnowledgeBase) -> None:
    citation = kb.answer("When does the ferry to Lantern Island leave?").statements[0].citations[0]
    assert citation.ocr is None
    assert page_words(citation, strings("en")) == strings("en")("place.page", label=citation.page_label)


def test_what_was_read_badly_stands_behind_what_was_read_well(kb: KnowledgeBase) -> None:
    for bad in ("scan", "print"):
        read_by_ocr(kb, 0.95, "scan", "print")
        read_by_ocr(kb, 0.3, bad)
        hits = kb.search("ferry to Lantern Island").hits
        assert [bad in hit.source for hit in hits[:2]] == [False, True]
        assert hits[1].channels["badly_read"] < 0
