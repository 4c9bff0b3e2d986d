"""Which papers a question names: by party, place, publisher or title, in any script; not by a word that is there by chance."""

from __future__ import annotations

import pytest

from ingest.records import Kind
from kb.answer.document_selection.document_mentions import named_papers, naming, without
from kb.records import DocumentInfo, KnownBy
from lang.languages import Language

HELD: dict[int, tuple[str, Kind, Language, str | None, KnownBy]] = {
    1: ("Memorandum on Ferry Safety", "agreement", "en", None, KnownBy(("Port of Sagarnagar", "Government of Norway"))),
    2: ("Memorandum on Fish Markets", "agreement", "en", None, KnownBy(("Port of Sagarnagar", "Government of Iceland"))),
    3: ("सागरनगर बंदराचा करार मंजूर", "news", "mr", "दैनिक किनारा", KnownBy()),
    4: ("Keeping quays clean before the season", "best_practice", "en", "Takamatsu City", KnownBy()),
    5: ("साफसफाई मोहीम", "other", "mr", None, KnownBy((), "सागरनगर बंदर\nपरिपत्रक क्र. १२")),
    7: (
        "One Desk",
        "best_practice",
        "en",
        None,
        KnownBy((), "One Desk\nHow the permit counter of Oldenmere was mended, and why the Office\nwas"),
    ),
    6: ("高松市の岸壁清掃の報告", "best_practice", "ja", "高松市", KnownBy()),
}
PAPERS = [
    DocumentInfo(at, title, f"/papers/{at}.txt", 1, kind, language, by, None, 1, 1, "published")
    for at, (title, kind, language, by, _) in HELD.items()
]
KNOWN = {at: known for at, (*_, known) in HELD.items()}


@pytest.mark.parametrize(
    ("question", "language", "papers"),
    [
        ("Who signed the Norway memorandum?", "en", {1}),
        ("Compare the Norway and Iceland memoranda", "en", {1, 2}),
        ("आइसलैंड वाले समझौते में क्या है?", "hi", {2}),
        ("नॉर्वे करार कधी झाला?", "mr", {1}),
        ("आइसलैंडについての覚書", "ja", {2}),
        ("दैनिक किनाराची बातमी", "mr", {3}),
        ("the Takamatsu reports", "en", {4, 6}),
        ("What does the circular on साफसफाई say?", "en", {5}),
        ("What must be done before the tender?", "en", set()),
        ("the Oldenmere report", "en", {7}),
        ("オルデンミーアの報告書", "ja", {7}),
        ("ओल्डनमियरचा अहवाल", "mr", {7}),
        ("Which office has the permit?", "en", set()),
        ("How many seasons are there?", "en", set()),
        ("Which agreements are held?", "en", set()),
    ],
)
def test_a_paper_is_named_by_what_it_is_called(question: str, language: Language, papers: set[int]) -> None:
    assert {paper.id for paper in named_papers(question, language, PAPERS, KNOWN).papers} == papers


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Which agreements do we have?", {1, 2}),
        ("कोणते परिपत्रक निघाले?", {5}),
        ("ख़बर में क्या है?", {3}),
        ("報告書を見せて", {4, 6, 7}),
        ("What is the fare?", set()),
    ],
)
def test_a_kind_of_paper_is_known_by_its_words_and_by_how_a_paper_begins(question: str, kinds: set[int]) -> None:
    assert {paper.id for paper in named_papers(question, "en", PAPERS, KNOWN).of_kind} == kinds


def test_several_are_meant_where_it_is_said() -> None:
    assert named_papers("a table of all agreements", "en", PAPERS, KNOWN).many
    assert named_papers("दोन्ही बातम्यांत काय फरक आहे", "mr", PAPERS, KNOWN).many
    assert not named_papers("the Norway memorandum", "en", PAPERS, KNOWN).many


def test_words_are_cut_out_whole_and_short_ones_are_no_beginnings() -> None:
    assert without("How often do of the often", ("of", "do")) == "How often the often"
    assert without("अहवालाचा सारांश द्या", ("अहवाल", "सारांश")) == "द्या"


def test_only_words_of_the_papers_that_are_meant_name_them() -> None:
    asked = "the order to leave the Norway memorandum after the season"
    named = named_papers(asked, "en", PAPERS, KNOWN)
    assert {"order", "season", "Norway"} <= set(named.words)
    meant = naming(named, [paper for paper in PAPERS if paper.id == 1], KNOWN)
    assert without(asked, meant.words) == "the order to leave the after the season"
