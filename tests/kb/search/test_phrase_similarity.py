"""How near phrases are to passages, and the terms both name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings

PAPER = "Tide gauges of Ottermouth\n\nThe harbour office reads forty tide gauges every ten minutes and warns the fishing boats.\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home: Path = tmp_path_factory.mktemp("likeness")
    (home / "gauges.txt").write_text(PAPER, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=home / "home")) as kb:
        kb.ingest([home / "gauges.txt"], kind="best_practice")
        yield kb


def test_a_passage_is_nearer_to_what_it_is_about_in_any_language(base: KnowledgeBase) -> None:
    phrases = ["warning of high tides", "school meals", "भरतीची पूर्वसूचना", "शालेय पोषण आहार"]
    found = base.likeness.cosines(phrases, [("", "The harbour office warns the boats of high tides.")])
    assert found.shape == (4, 1)
    assert found[0, 0] > found[1, 0]
    assert found[2, 0] > found[3, 0]


def test_a_stored_passage_is_compared_by_its_stored_vector_as_the_search_does(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    hit = base.search("tide gauges", k=1).hits[0]
    monkeypatch.setattr(base.likeness._embedder, "passages", lambda texts: pytest.fail("it was embedded again"))
    stored = base.likeness.cosines(["tide gauges"], [(hit.document, hit.text)])
    assert stored[0, 0] == pytest.approx(hit.channels["dense"], abs=1e-4)


def test_nothing_is_compared_with_nothing(base: KnowledgeBase) -> None:
    assert base.likeness.cosines([], [("a", "b")]).shape == (0, 1)
    assert base.likeness.cosines(["a"], []).shape == (1, 0)


def test_a_term_is_the_same_whatever_language_names_it(base: KnowledgeBase) -> None:
    terms = base.likeness.terms
    assert terms("training of officers", "en") & terms("अधिकाऱ्यांचे प्रशिक्षण", "mr") & terms("職員の研修", "ja") & terms("प्रशिक्षण", "hi")


def test_an_area_can_be_said_with_the_usual_names_of_its_terms(base: KnowledgeBase) -> None:
    names = base.likeness.names("a flood warning from a pumping station", "en")
    assert names["ja"] == ("洪水警報", "ポンプ場")
    assert names["mr"] == ("पूर इशारा", "पंपिंग केंद्र")


def test_a_sentence_is_likest_to_its_translation(base: KnowledgeBase) -> None:
    said = ["Each sensor is checked twice a year.", "प्रत्येक संवेदकाची वर्षातून दोनदा तपासणी होते.", "The council meets in the town hall."]
    found = base.likeness.among(said)
    assert found.shape == (3, 3)
    assert found[0, 0] == pytest.approx(1.0, abs=1e-3)
    assert found[0, 1] > found[0, 2]
    assert base.likeness.among([]).shape == (0, 0)
