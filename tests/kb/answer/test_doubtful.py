"""Words that may be misread are told with every quote, and nothing that rests on one is verified, taught or put into a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

from kb import KnowledgeBase
from kb.agreements.card_corrections import Change, correct, now
from kb.agreements.cards import make_card
from kb.agreements.due_dates import effective_span
from kb.records import Citation, Filters, Statement
from kb.verify.verdict import status_of
from tests.kb.make import base
from tests.scanned import scanned
from training.agreement.calendar_file import calendar
from training.material.source_sentences import citation, sentences

NOTE = """MEMORANDUM OF UNDERSTANDING ON TIDE GAUGES
Between the Port of Ottermouth and the Ministry of Tides.
Article 1 Costs
The Ministry of Tides shall pay for the tide gauges within ninety days after the signature of this Memorandum.
Article 2 Readings
The Port of Ottermouth shall publish the readings of the tide gauges in Ottermouth by 31 May 2022.
Signed at Ottermouth on 5 March 2021.
"""
NAMED = {"signed": "Signed", "effective": "Begins", "ends": "Ends", "notify": "Notify"}


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("doubtful")) as opened:
        opened.ingest_documents([
            scanned(NOTE, {"gauges", "ninety", "31"}, "agreement", name="deadlines.pdf"),
            scanned(NOTE.replace("TIDE GAUGES", "GAUGES OF TIDES"), {"5"}, "agreement", name="signed.pdf"),
            scanned(NOTE.replace("TIDE GAUGES", "SOUND GAUGES"), set(), "agreement", name="sound.pdf"),
        ])  # fmt: skip
        yield opened


def numbered(kb: KnowledgeBase, file: str) -> int:
    return next(info.id for info in kb.documents() if info.source.endswith(file))


def events(kb: KnowledgeBase, document: int) -> set[date]:
    data, _ = calendar(kb, make_card(kb, document), NAMED, lambda _: "http://127.0.0.1/")
    return {event["dtstart"].dt for event in Calendar.from_ical(data).walk("VEVENT")}


def test_the_doubtful_words_of_a_stretch_are_told_by_their_offsets_in_it(kb: KnowledgeBase) -> None:
    document = numbered(kb, "deadlines.pdf")
    text = kb.text(document)
    start = text.index("The Ministry")
    stretch = text[start : text.index("Article 2")]
    spans = kb.doubtful(document, None, start, start + len(stretch))
    assert [stretch[first:last] for first, last in spans] == ["gauges", "ninety"]
    inside = text.index("ninety") + 2
    assert kb.doubtful(document, 1, inside, inside + 2) == ((0, 2),)
    (page,) = kb.pages(document)
    assert [text[first:last] for first, last in page.doubtful] == ["gauges", "ninety", "gauges", "31"]
    assert kb.doubtful(numbered(kb, "sound.pdf"), None, 0, 10_000) == ()


def test_an_answer_that_rests_on_a_doubtful_word_is_not_verified(kb: KnowledgeBase) -> None:
    answer = kb.answer(
        "By when shall the Port publish the readings of the tide gauges?", filters=Filters(documents=(numbered(kb, "deadlines.pdf"),))
    )
    cited = [(s, c) for s in answer.statements for c in s.citations if "31 May" in c.quote]
    assert cited
    for statement, one in cited:
        doubtful = [one.quote[first:last] for first, last in one.doubtful]
        expected = ("verified", "partial", "partial") if "31" in doubtful else ("verified",) * 3
        assert (one.status, one.shown, statement.status) == expected
    assert any(one.doubtful for _, one in cited)


def quoted(quote: str, doubtful: tuple[tuple[int, int], ...]) -> Citation:
    return Citation(1, "", "", 1, "other", None, 1, "1", (), 0, len(quote), "en", quote, "verified", doubtful=doubtful)


def test_a_quote_is_verified_where_the_fact_that_is_marked_in_it_is_sound() -> None:
    one = quoted("The gauges cost Rs 400.", ((4, 10),))
    assert Statement(one.quote, "agreed", (one,), marks=((16, 22),)).status == "verified"
    assert Statement(one.quote, "agreed", (one,), marks=((0, 10),)).status == "partial"
    assert Statement(one.quote, "agreed", (one,)).status == "partial"
    assert Statement(one.quote, "agreed", (replace(one, doubtful=()),)).status == "verified"


def test_a_sentence_that_takes_a_doubtful_word_from_its_quote_is_partly_verified(kb: KnowledgeBase) -> None:
    one = quoted("The gauges cost Rs 400.", ((19, 22),))
    verdict = kb.judge("The gauges cost Rs 400.", (one,))
    assert [(finding.check, finding.said) for finding in verdict.findings] == [("doubtful", "400")]
    assert verdict.status == status_of(verdict.support, verdict.findings) == "partial"
    assert kb.judge("The gauges cost Rs 400.", (replace(one, doubtful=()),)).status == "verified"
    other = quoted("The gauges cost Rs 400. Of them 4 are read by hand, (twice) a day.", ((32, 33), (52, 59)))
    assert kb.judge("The gauges cost Rs 400.", (other,)).status == "verified"
    said = kb.judge("Of them 4 are read by hand, (twice) a day.", (other,))
    assert [finding.said for finding in said.findings] == ["4", "(twice)"]


def test_a_deadline_that_may_be_misread_has_no_day_and_is_in_no_calendar(kb: KnowledgeBase) -> None:
    doubted, sound = numbered(kb, "deadlines.pdf"), numbered(kb, "sound.pdf")
    owed = [(one.due, one.unsure, one.status) for one in make_card(kb, doubted).obligations]
    assert owed == [(None, True, "partial")] * len(owed) != []
    assert {one.due for one in make_card(kb, sound).obligations} == {date(2021, 6, 3), date(2022, 5, 31)}
    assert events(kb, doubted) == {date(2021, 3, 5)}
    assert events(kb, sound) == {date(2021, 3, 5), date(2021, 6, 3), date(2022, 5, 31)}


def test_a_day_of_signature_that_may_be_misread_counts_for_nothing_until_a_person_says_it(kb: KnowledgeBase) -> None:
    document = numbered(kb, "signed.pdf")
    assert effective_span(kb, document).signed is None
    card = make_card(kb, document)
    assert [(entry.value, entry.sure, entry.status) for entry in card.of("signed")] == [("2021-03-05", False, "partial")]
    assert {one.due for one in card.obligations} == {None, date(2022, 5, 31)}
    assert events(kb, document) == {date(2022, 5, 31)}
    kb.correct(document, "signed", "2021-03-06")
    try:
        assert effective_span(kb, document).signed == date(2021, 3, 6)
        assert date(2021, 6, 4) in events(kb, document)
    finally:
        kb.clear_correction(document, "signed")


def test_a_person_can_give_a_doubtful_deadline_its_day(kb: KnowledgeBase, tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents([scanned(NOTE, {"31"}, "agreement")])
        card = make_card(opened, 1)
        (one,) = (owed for owed in card.obligations if owed.unsure)
        correct(opened, card, Change(one.key, None, now(), due=date(2022, 5, 31)))
        (told,) = (owed for owed in make_card(opened, 1).obligations if owed.key == one.key)
        assert (told.due, told.unsure) == (date(2022, 5, 31), False)
        assert date(2022, 5, 31) in events(opened, 1)


def test_nothing_is_taught_of_a_sentence_with_a_doubtful_word(kb: KnowledgeBase) -> None:
    taught = {info.source.rsplit("/", 1)[-1]: {one.text for one in sentences(kb, info)} for info in kb.documents()}
    assert any("31 May 2022" in text for text in taught["sound.pdf"])
    assert not any("31 May 2022" in text or "ninety" in text for text in taught["deadlines.pdf"])
    assert any("Between" in text for text in taught["deadlines.pdf"])
    info = kb.document(numbered(kb, "sound.pdf"))
    assert all(citation(kb, one).doubtful == () for one in sentences(kb, info))
