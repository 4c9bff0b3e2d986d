"""Kinds that are not told lightly: an agreement or news has to be likelier than not, and minutes are known by who attended."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from ingest.document.build import build_document
from ingest.extract.document_kinds import by_phrases
from ingest.records import Document, Kind, RawBlock, RawDocument, RawPage, Source
from kb.classify.document_classifier import kind_of
from kb.classify.linear_model import Model

CLASSES: Final = ("agreement", "news", "other", "report")


class Flat:
    """Vectors of nothing."""

    name = "flat"
    dimension = 4

    def passages(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), self.dimension), dtype=np.float32)


def paper() -> Document:
    lines = (RawBlock("Rules of the walled garden", "title"), RawBlock("Visitors keep to the paths. Dogs stay outside the gate. " * 20))
    return build_document(RawDocument(Source("garden.txt", "0" * 64, "text", 1), (RawPage(1, "1", lines, "markup"),)))


def told(**chances: float) -> Kind:
    """The kind where a model says these chances of any paper."""
    bias = np.log([max(chances.get(name, 0.0), 1e-9) for name in CLASSES])
    columns = (1 << 13) + 2 * Flat.dimension
    model = Model(CLASSES, np.zeros((len(CLASSES), columns)), bias, np.zeros(Flat.dimension))
    return kind_of(paper(), model, Flat())  # type: ignore[arg-type]


@pytest.mark.parametrize("heavy", ["agreement", "news"])
def test_a_kind_that_weighs_has_to_be_likelier_than_not(heavy: str) -> None:
    assert told(**{heavy: 0.48, "other": 0.4, "report": 0.12}) == "other"
    assert told(**{heavy: 0.52, "other": 0.4, "report": 0.08}) == heavy


def test_a_light_kind_need_only_be_the_likeliest() -> None:
    assert told(agreement=0.3, other=0.28, report=0.42) == "report"


def test_minutes_that_tell_what_people_said_are_no_news() -> None:
    title = "नाट्य समिति की सातवीं बैठक का कार्यवृत्त"
    talk = "सचिव ने बताया कि मंच की मरम्मत हो गई है। अध्यक्ष ने कहा कि रंगाई शेष है। भंडारी ने बताया कि पर्दे धुल गए हैं।"
    assert by_phrases(title, f"{title}\nउपस्थित : श्रीमती सरोज तिवारी, श्री वसीम अहमद\n{talk}", ()).value == "report"
    assert by_phrases("नाट्य समिति की बैठक में मंच पर चर्चा", talk, ()).value == "news"


def test_a_byline_makes_a_story_news_and_a_special_representative_does_not() -> None:
    story = "शहराच्या जलवाहिन्यांसाठी करार झाला. आयुक्तांनी करारावर स्वाक्षऱ्या केल्या."
    assert by_phrases("जपानशी करार", f"जपानशी करार\nदि. १० मे २०२४ (आमच्या प्रतिनिधीकडून)\n{story}", ()).value == "news"
    assert by_phrases("Harbour pact signed", "Harbour pact signed\nBy our harbour correspondent\nThe mayors signed it.", ()).value == "news"
    assert by_phrases("करार", f"करार\nदोन्ही देशांचे विशेष प्रतिनिधी यांच्यात\n{story}", ()).value != "news"


def test_minutes_under_a_letterhead_and_public_notices_are_no_news() -> None:
    talk = "अभियंत्यांनी असे सांगितले. अध्यक्षांनी असे सांगितले. सदस्यांनी असे त्यांनी सांगितले."
    minutes = f"तिंदवी नगरपरिषद\nदीपगृह समितीच्या बैठकीचे इतिवृत्त\nउपस्थित: श्री. कदम, श्रीमती साने\n{talk}"
    assert by_phrases("तिंदवी नगरपरिषद", minutes, ()).value == "report"
    assert by_phrases("जाहीर सूचना", f"जाहीर सूचना\n{talk}", ()).value == "other"


@pytest.mark.parametrize(
    "line",
    [
        "The Harbour Courier, 19 May 2025. By our local harbour board correspondent.",
        "वेलवाडी, २२ एप्रिल २०२६ | प्रतिनिधी: सुहास गावंडे, दैनिक शिवार",
        "तटपुर, 3 मार्च 2026 | संवाददाता: रेखा सोनी",
        "沖浜新報 2026年3月6日 記者：高瀬",
    ],
)
def test_a_line_that_names_who_wrote_it_makes_a_story_news(line: str) -> None:
    title = "Two towns join hands; pact on harbours"
    assert by_phrases(title, f"{title}\n{line}\nThe mayors signed the agreement in front of guests.", ()).value == "news"


def test_who_stands_for_a_party_makes_no_news() -> None:
    text = "करारनामा\nतटपुर नगर निगम, प्रतिनिधि श्री गिरीश राव और ओकिहामा नगर के बीच यह करार हुआ।"
    assert by_phrases("करारनामा", text, ()).value != "news"
