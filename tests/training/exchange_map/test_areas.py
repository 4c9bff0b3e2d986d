"""The areas of cooperation that agreements name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from tests.support import shared
from tests.training.exchange_map.papers import base
from training.exchange_map.areas import areas_of, head, opening
from training.exchange_map.build import joined


@pytest.fixture(scope="module")
def agreements(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("areas"), "moc.md", "karar.md") as kb:
        yield kb


def _areas(kb: KnowledgeBase, language: str) -> list[str]:
    info = next(d for d in kb.documents() if d.language == language)
    return [area.quote for area in areas_of(kb, info)]


def test_the_items_of_the_list_are_the_areas_without_number_and_without_the_open_one(agreements: KnowledgeBase) -> None:
    assert _areas(agreements, "en") == [
        "tide warning for fishing boats",
        "public libraries, including the lending of books between the cities",
    ]
    assert _areas(agreements, "mr") == ["मासेमारी नौकांसाठी भरतीची पूर्वसूचना", "शहरांमध्ये पुस्तकांच्या देवाणघेवाणीसह सार्वजनिक ग्रंथालये"]


def test_an_area_is_cited_where_it_stands(agreements: KnowledgeBase) -> None:
    info = next(d for d in agreements.documents() if d.language == "en")
    area = areas_of(agreements, info)[0]
    assert agreements.text(info.id)[area.start : area.end] == area.quote
    assert area.path[0] == "Article 2 Areas of Cooperation"
    assert opening(agreements, area) == ""


def test_language_versions_are_one_row(agreements: KnowledgeBase) -> None:
    infos = sorted(agreements.documents(), key=lambda d: d.language)
    rows = joined([areas_of(agreements, info) for info in infos], agreements.likeness)
    assert [[text.language for text in row] for row in rows] == [["en", "mr"], ["en", "mr"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A fund for orchards will be set up.\n\nThe parties will cooperate in the following fields:\n\n(1) orchards;\n\n(2) bees.", 2),
        ("# Accord\n\n## Purpose\n\nFriendship.\n\n## Orchards\n\nPears.\n\n## Bees\n\nHoney.\n\n## Duration\n\nTen years.", 2),
        ("# Accord\n\n## Areas of cooperation\n\n2.1 The towns share advice on:\n\n(a) pears\n\n(b) bees\n\n2.2 More may come.", 2),
        ("# Accord on orchards and bees\n\nBoth towns are friends.", 1),
    ],
)
def test_lists_that_a_sentence_leads_in_and_articles_that_are_not_formal_count_too(tmp_path: Path, text: str, expected: int) -> None:
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        (tmp_path / "accord.md").write_text(text, encoding="utf-8")
        kb.ingest([tmp_path / "accord.md"], kind="agreement")
        assert len(areas_of(kb, kb.documents()[0])) == expected


@pytest.mark.shared
def test_headings_under_the_areas_of_a_real_agreement_are_its_areas(tmp_path: Path) -> None:
    file = shared("corpus", "agreements_en", "2025-10-28-u-s-japan-technology-prosperity-deal.md")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([file])
        found = areas_of(kb, kb.documents()[0])
        assert len(found) == 7
        assert found[-1].quote == "Space"
        assert opening(kb, found[-1]).startswith("Recognizing")


@pytest.mark.parametrize(
    ("text", "language", "core"),
    [
        ("a city data platform with open interfaces", "en", "a city data platform"),
        ("care for the elderly, including visits by nurses", "en", "care for the elderly"),
        ("training of staff", "en", "training of staff"),
        ("खुल्या आंतरफलकांसह शहर माहिती मंच", "mr", "शहर माहिती मंच"),
        ("स्रोत पर पृथक्करण सहित ठोस अपशिष्ट प्रबंधन", "hi", "ठोस अपशिष्ट प्रबंधन"),
        ("高齢者の介護（看護師の訪問を含む。）", "ja", "高齢者の介護"),
    ],
)
def test_what_goes_with_an_area_is_not_its_core(text: str, language: str, core: str) -> None:
    assert head(text, language) == core  # type: ignore[arg-type]
