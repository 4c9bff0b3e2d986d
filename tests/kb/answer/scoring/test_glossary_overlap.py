"""Glossary terms carry a question to a sentence in another script; a name that no passage holds keeps it from one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.answer.scoring.refusals import unknown_names
from kb.answer.scoring.sentence_features import bridged
from kb.embed.e5_model import BundledEmbedder
from kb.records import ExpandedTerm, Hit

SIGNED = ExpandedTerm("署名", {"ja": ("署名",), "en": ("signature", "signed"), "mr": ("स्वाक्षरी",)})
SIGNED_MR = ExpandedTerm("स्वाक्षरी", {"mr": ("स्वाक्षरी",), "en": ("signature", "signed"), "ja": ("署名", "調印")})


def hit(text: str, document: str = "Memorandum") -> Hit:
    return Hit(1, 1.0, {"dense": 0.8}, 1, 1, document, "m.pdf", 1, "agreement", "en", None, 1, "1", (), 0, len(text), text)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> BundledEmbedder:
    return BundledEmbedder(Path(tmp_path_factory.mktemp("e5")))


def test_a_term_stands_in_a_sentence_under_its_name_there() -> None:
    question = "覚書はいつ署名されましたか。"
    (span,) = bridged(question, "Signed in duplicate at Hoshimori.", "en", [SIGNED])
    assert question[slice(*span)] == "署名"
    assert bridged(question, "It enters into force in April.", "en", [SIGNED]) == ()


def test_an_inflected_term_is_found_by_its_beginning_and_the_other_way_round() -> None:
    question = "करारावर स्वाक्षऱ्या कधी झाल्या?"
    assert bridged(question, "両者は覚書に調印した。", "ja", [SIGNED_MR])
    assert bridged("署名したのは誰ですか。", "करारावर आज स्वाक्षरी झाली.", "mr", [SIGNED])


def test_in_the_script_of_the_question_a_second_name_is_bridged_and_the_word_itself_is_not() -> None:
    assert bridged("Who signed it?", "It was signed.", "en", [ExpandedTerm("signed", {"en": ("signed",)})]) == ()
    binding = ExpandedTerm("legally binding", {"en": ("legally binding", "rights or obligations"), "hi": ("कानूनी रूप से बाध्यकारी",)})
    question = "Is it legally binding?"
    (span,) = bridged(question, "It does not create rights or obligations under international law.", "en", [binding])
    assert question[slice(*span)] == "legally binding"
    assert bridged(question, "It is not legally binding and creates no rights or obligations.", "en", [binding]) == ()


def test_a_name_that_no_passage_holds_is_a_stranger(embedder: BundledEmbedder) -> None:
    hits = [hit("The mayor of Lahargad opened the pumping station."), hit("Kazehama lies on the coast.")]
    assert unknown_names("Who is the mayor of Nagpur?", hits, embedder) == ("Nagpur",)
    assert unknown_names("今日の大阪の天気はどうですか。", hits, embedder) == ("大阪",)


def test_a_name_in_another_script_or_in_a_title_is_none(embedder: BundledEmbedder) -> None:
    hits = [hit("The city opened the pumping station.", "Lahargad circular")]
    assert unknown_names("लहरगडचे पंपिंग स्टेशन कधी सुरू झाले?", hits, embedder) == ()
    assert unknown_names("Who opened the station of Lahargad?", hits, embedder) == ()
    assert unknown_names("Who opened the station?", [], embedder) == ()
