"""A glossary's meaning is a definition that a paper gives; where no paper gives one there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from training.cited_lines import Scribe
from training.glossary import defines, glossary
from training.material.gather import gather
from training.records import Entry, Request

DEFINITIONS = [
    ("“Flood warning” means a message of the joint cell to the wards.", "flood warning"),
    ("In this policy, “sewage” means water from houses.", "sewage"),
    ("The term storm-water drain refers to any channel that carries rain.", "storm-water drain"),
    ("Flood gauges (automatic) are defined as instruments on a bridge.", "flood gauge"),
    ("A flood gauge is an instrument that reports the level of a river.", "flood gauge"),
    ("“पूर इशारा” म्हणजे प्रभागांना दिलेला संदेश.", "पूर इशारा"),
    ("बाढ़ चेतावनी का अर्थ है वार्डों को दिया गया संदेश।", "बाढ़ चेतावनी"),
    ("बाढ़ चेतावनी से अभिप्रेत है वार्डों को दिया गया संदेश।", "बाढ़ चेतावनी"),
    ("この要綱において「洪水警報」とは、区に伝える通知をいう。", "洪水警報"),
    ("水位計とは、川の水位を測る装置のことである。", "水位計"),
]
MENTIONS = [
    ("Flood warnings are sent to the wards within ten minutes.", "flood warning"),
    ("This means that every flood warning is kept for a year.", "flood warning"),
    ("A flood warning by means of a siren is sent at night.", "flood warning"),
    ("A storm-water drain means any channel that carries rain.", "drain"),
    ("The flood gauge is a year older than the bridge that bears it.", "flood gauge"),
    ("“Ward” means a part of the city with its own flood gauge.", "flood gauge"),
    ("पूर इशारा म्हणजे काय हे प्रभागांना शिकवावे.", "पूर इशारा"),
    ("पूर इशारा मिळताच म्हणजे दहा मिनिटांत दरवाजे बंद करावेत.", "पूर इशारा"),
    ("बाढ़ चेतावनी मिलने का अर्थ वार्ड अधिकारी समझाएँ।", "बाढ़ चेतावनी"),
    ("洪水警報とは別の通知である。", "洪水警報"),
    ("洪水警報は十分以内に伝える。", "洪水警報"),
]
PAPER = """Flood notes

Flood warning

Every flood warning is sent to the wards by the storm-water drain office within ten minutes.

“Flood warning” means a message of the joint cell that a river will leave its bed.

A flood warning is repeated every hour, and the storm-water drain office keeps a list of all that were sent.
"""


@pytest.mark.parametrize(("text", "name"), DEFINITIONS)
def test_a_sentence_that_says_what_a_thing_is_defines_it(text: str, name: str) -> None:
    assert defines(text, name)


@pytest.mark.parametrize(("text", "name"), MENTIONS)
def test_a_sentence_that_only_names_a_thing_or_defines_another_does_not_define_it(text: str, name: str) -> None:
    assert not defines(text, name)


def test_a_term_that_a_paper_defines_stands_with_its_definition_and_one_that_it_only_names_does_not(tmp_path: Path) -> None:
    paper = tmp_path / "notes.txt"
    paper.write_text(PAPER, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([paper])
        entries = glossary(Scribe(kb, gather(kb, Request("flood warning", ("en",)))))
    warning = _called(entries, "flood warning")
    assert warning.meaning is not None
    assert warning.meaning.text == "“Flood warning” means a message of the joint cell that a river will leave its bed."
    assert {name.listed for name in warning.names} == {"paper"}
    assert not [one for one in entries for name in one.names if name.text == "storm-water drain"]


def test_a_term_that_no_list_has_stands_with_its_definition(tmp_path: Path) -> None:
    paper = tmp_path / "bylaw.txt"
    paper.write_text(PAPER.replace("“Flood warning” means", "“Night bell” means"), encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([paper])
        entries = glossary(Scribe(kb, gather(kb, Request("flood warning", ("en",)))))
    bell = _called(entries, "Night bell")
    assert bell.meaning is not None
    assert bell.meaning.text.startswith("“Night bell” means a message")


def _called(entries: tuple[Entry, ...], name: str) -> Entry:
    return next(one for one in entries for named in one.names if (named.language, named.text) == ("en", name))


def test_an_abbreviation_stands_with_its_long_name_and_an_everyday_word_in_two_languages_does_not(tmp_path: Path) -> None:
    english = PAPER.replace(
        "Every flood warning is sent", "The River Watch Centre (RWC) sends every flood warning, and the RWC keeps a meeting; it is sent"
    )
    marathi = "पूर नोंदी\n\nपूर इशारा\n\nप्रत्येक पूर इशारा बैठकीनंतर दहा मिनिटांत प्रभागांना पाठवला जातो.\n"
    for name, text in (("notes.txt", english), ("nondi.txt", marathi)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([tmp_path / "notes.txt", tmp_path / "nondi.txt"])
        entries = glossary(Scribe(kb, gather(kb, Request("flood warning", ("en",)))))
    short = _called(entries, "RWC")
    assert short.meaning is not None
    assert short.meaning.text == "River Watch Centre (RWC)"
    assert not [one for one in entries if one.named("en") is not None and one.named("en").text == "meeting"]  # type: ignore[union-attr]
