"""Who signed is answered with the names below the signing line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb import KnowledgeBase
from kb.answer.scoring.candidates import sentences_of
from kb.answer.scoring.signatories import with_signatures
from tests.kb.answer.test_ask import answer
from tests.kb.answer_fakes import Shelf
from tests.kb.make import base_of, document

ENGLISH = (
    "Article 9\nThis Pact may be amended in writing, and an amendment takes effect on the last signature.\n"
    "Signed in two copies at Sagarpur on 4 May 2025.\nFor the Ministry of Harbours\nof Minato\nFor the City of Sagarpur\n"
    "Aoki Harumi\nDeputy Minister for Harbours and\nCanals\nRevati Kelkar\nMunicipal Commissioner"
)
MARATHI = "\n".join(
    (
        "दिनांक ४ मे २०२५ रोजी सागरपूर येथे स्वाक्षरी करण्यात आली.",
        "मंत्रालयाच्या वतीने\tमहानगरपालिकेच्या वतीने",
        *("आओकी हारुमी", "उपमंत्री", "रेवती केळकर", "आयुक्त"),
    )
)
JAPANESE = "\n".join(
    (
        "2025年5月4日、サガルプルにおいて署名した。",
        *("港湾省を代表して", "サガルプル市を代表して"),
        *("青木 晴海", "副大臣", "レヴァティ・ケルカル", "市政委員"),
    )
)


@pytest.mark.parametrize(
    ("question", "text", "language", "names"),
    [
        ("Who signed the pact?", ENGLISH, "en", ["Aoki Harumi", "Revati Kelkar"]),
        ("करारावर कोणी स्वाक्षरी केली?", MARATHI, "mr", ["आओकी हारुमी", "रेवती केळकर"]),
        ("協定に署名したのは誰ですか。", JAPANESE, "ja", ["青木 晴海", "レヴァティ・ケルカル"]),
    ],
)
def test_who_signed_is_answered_by_the_signing_line_with_the_names_below_it(question: str, text: str, language: str, names: list[str]):
    shelf = Shelf([(text, language, "agreement"), ("The mayor welcomed the guests who signed the book.", "en", "news")])  # type: ignore[list-item]
    first = answer(question, shelf).statements[0]
    assert text.endswith(first.text)
    assert first.status == "verified"
    assert [first.text[start:end] for start, end in first.marks] == names


@pytest.mark.parametrize(
    ("question", "text", "language"), [("When was the pact signed?", ENGLISH, "en"), ("करारावर कधी स्वाक्षरी झाली?", MARATHI, "mr")]
)
def test_when_it_was_signed_is_answered_by_the_signing_line_alone(question: str, text: str, language: str):
    shelf = Shelf([(text, language, "agreement")])  # type: ignore[list-item]
    first = answer(question, shelf).statements[0]
    assert "2025" in first.text or "२०२५" in first.text
    assert "\n" not in first.text
    assert [first.text[start:end] for start, end in first.marks] in (["4 May 2025"], ["४ मे २०२५"])


def test_the_signing_line_does_not_answer_for_another_paper():
    hit = Shelf([(ENGLISH, "en", "agreement")]).hit(0)
    found = sentences_of([hit])
    assert with_signatures("When was the letter of intent signed?", found, [hit]) == found


def test_a_signing_line_without_names_below_it_stays_as_it_is():
    hit = Shelf([("Signed at Sagarpur on 4 May 2025.\nAnnex\nThe fee is fixed each year by the committee.", "en", "agreement")]).hit(0)
    found = sentences_of([hit])
    assert with_signatures("Who signed the pact?", found, [hit]) == found


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    clauses = (
        "The Port and the Ministry will cooperate on tide gauges.",
        "Amendment. This agreement may be amended in writing, and an amendment takes effect on the date on which it was signed last.",
        "Signed in duplicate at Norrvik on 18 February 2026.\n"
        "For the Port of Sagarpur\nNaresh Kolhe\nFor the Ministry of Tides\nIlse Brandvik",
    )
    story = ("The agreement was signed by officials in a ceremony, and everybody who signed the agreement was given a shell.",)
    papers = [document("Memorandum on Tide Gauges", "en", "agreement", clauses), document("Harbour Courier", "en", "news", story)]
    with base_of(tmp_path_factory, "signed", papers) as kb:
        yield kb


@pytest.mark.parametrize(
    "question", ["who signed the agreement and when", "When was the memorandum signed and by whom?", "Who signed the agreement?"]
)
def test_who_signed_begins_with_the_names_whatever_else_speaks_of_signing(signed: KnowledgeBase, question: str) -> None:
    first = signed.answer(question).statements[0]
    assert first.side == ""
    assert all(said in first.text for said in ("18 February 2026", "Naresh Kolhe", "Ilse Brandvik"))
