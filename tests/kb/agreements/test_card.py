"""The card of an agreement of the knowledge base: its citations, its days, what people correct, and what is no agreement."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

from kb import KnowledgeBase
from kb.agreements.card_corrections import Change, changes, correct, now, take_back
from kb.agreements.card_records import Card, CardError, NotAnAgreementError, UnknownCardLineError, added
from kb.agreements.cards import make_card
from kb.errors import UnknownDocumentError
from lang.values.calendars import Duration as Length
from tests.kb.agreements.conftest import named
from training.agreement.calendar_file import calendar

FILES = ("memorandum-of-cooperation.pdf", "sahakarya-karar.pdf", "sahyog-gyapan.txt", "kyoryoku-oboegaki.txt", "old.txt", "new.txt")


def memorandum(kb: KnowledgeBase) -> Card:
    return make_card(kb, named(kb, FILES[0]).id)


def test_every_line_of_every_card_is_the_words_of_its_place(kb: KnowledgeBase) -> None:
    for file in FILES:
        card = make_card(kb, named(kb, file).id)
        text = kb.text(card.document_id)
        cited = [*(e.citation for e in card.entries if e.citation), *(o.citation for o in card.obligations)]
        assert len(cited) >= 4, file
        for citation in cited:
            assert citation.status == "verified"
            assert text[citation.start : citation.end] == citation.quote
            place = kb.place(card.document_id, card.version, citation.start)
            assert (citation.page, citation.path) == (place.page, place.path)
        assert {e.citation is None for e in card.entries} <= ({False, True} if file.endswith(".pdf") else {False})


def test_the_card_of_the_sample_says_who_pays_what_and_until_when_it_runs(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    assert [e.value for e in card.of("party")] == ["Ministry of Water and Urban Affairs of Mizuhara", "Lahargad Municipal Corporation"]
    assert [e.value for e in card.of("term")] == ["3 years"]
    assert [e.value for e in card.of("renewal")] == ["by agreement, for 2 years"]
    assert [e.value for e in card.of("languages")] == ["en mr; prevails en"]
    assert len(card.of("area")) == 6
    shares = [(o.actor, o.action) for o in card.obligations if "60 per cent" in o.citation.quote]
    assert shares == [("Ministry", "bear 60 per cent and the Corporation 40 per cent"), ("Corporation", "40 per cent")]


def test_a_time_limit_that_runs_from_the_entry_into_force_has_a_day(kb: KnowledgeBase) -> None:
    (committee,) = (o for o in memorandum(kb).obligations if "sixty days" in o.citation.quote)
    assert committee.due == date(2026, 5, 31)  # 1 April 2026 and sixty days
    (marathi,) = (o for o in make_card(kb, named(kb, FILES[1]).id).obligations if "साठ दिवसांच्या" in o.citation.quote)
    assert marathi.due == date(2026, 5, 31)
    (paid,) = make_card(kb, named(kb, "old.txt").id).obligations
    assert (paid.actor, paid.force, paid.due) == ("Ministry of Tides", "shall", date(2021, 6, 3))  # 5 March 2021 and ninety days


def test_a_time_limit_that_runs_from_something_else_has_none(kb: KnowledgeBase) -> None:
    (minutes,) = (o for o in memorandum(kb).obligations if "fourteen days" in o.citation.quote)
    assert minutes.deadline is not None
    assert (minutes.deadline.key, minutes.due) == ("14 day", None)


def test_an_agreement_that_another_replaces_says_which(kb: KnowledgeBase) -> None:
    old, new = named(kb, "old.txt"), named(kb, "new.txt")
    by = make_card(kb, old.id).superseded_by
    assert by is not None
    assert (by.document_id, by.relation) == (new.id, "supersedes")
    assert make_card(kb, new.id).superseded_by is None


def test_a_newspaper_is_no_agreement_until_somebody_insists(kb: KnowledgeBase) -> None:
    news = named(kb, "sagartat-samachar.txt")
    with pytest.raises(NotAnAgreementError, match="taken for news") as caught:
        make_card(kb, news.id)
    assert caught.value.kind == "news"
    assert make_card(kb, news.id, any_kind=True).document_id == news.id


def test_there_is_no_card_of_a_document_that_does_not_exist(kb: KnowledgeBase) -> None:
    with pytest.raises(UnknownDocumentError):
        make_card(kb, 999)


def test_what_a_person_says_wins_and_what_was_read_stays_beside_it(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    contact = card.of("contact")[0]
    correct(kb, card, Change(contact.key, "contact", now(), "asha", value="Ms. Sayo | Director"))
    again = memorandum(kb).of("contact")[0]
    assert (again.value, again.extracted, again.citation) == ("Ms. Sayo | Director", contact.value, contact.citation)
    assert again.changed is not None
    take_back(kb, card, contact.key)
    assert memorandum(kb).of("contact")[0] == contact
    assert changes(kb, card.document_id) == ()


def test_an_obligation_is_corrected_in_all_its_parts_and_can_be_struck_out(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    first, second = card.obligations[:2]
    change = Change(first.key, None, now(), actor="Both", action="work together", force="shall", due=date(2027, 1, 1))
    correct(kb, card, change)
    correct(kb, card, Change(second.key, None, now(), dropped=True))
    one, other = memorandum(kb).obligations[:2]
    assert (one.actor, one.action, one.force, one.due) == ("Both", "work together", "shall", date(2027, 1, 1))
    assert one.extracted.startswith("Participants · will")
    assert other.dropped
    assert other.citation == second.citation


def test_a_day_that_is_none_is_struck_out_of_an_obligation_and_of_its_calendar(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    owed = next(o for o in card.obligations if o.due is not None and o.deadline is not None and o.deadline.every is None)
    correct(kb, card, Change(owed.key, None, now(), no_due=True))
    again = memorandum(kb)
    one = next(o for o in again.obligations if o.key == owed.key)
    assert (one.due, one.action, one.deadline) == (None, owed.action, owed.deadline)
    assert owed.due is not None
    assert owed.due.isoformat() in one.extracted
    file, count = calendar(kb, again, dict.fromkeys(("signed", "effective", "ends", "notify"), ""), lambda _: "")
    assert owed.key.encode() not in file
    assert count == calendar(kb, card, dict.fromkeys(("signed", "effective", "ends", "notify"), ""), lambda _: "")[1] - 1
    correct(kb, again, Change(owed.key, None, now(), due=date(2027, 1, 1)))
    assert next(o for o in memorandum(kb).obligations if o.key == owed.key).due == date(2027, 1, 1)


@pytest.mark.parametrize(("value", "expected"), [("none", {}), ("2021-04-01", {"signed": "20210401", "effective": "20210401"})])
def test_what_begins_on_signature_moves_with_the_day_of_signature_or_is_struck_out_with_it(
    kb: KnowledgeBase, tmp_path: Path, value: str, expected: dict[str, str]
) -> None:
    paper = tmp_path / "signature.txt"
    paper.write_text(
        "MEMORANDUM OF UNDERSTANDING ON BUOYS between the Port of Ottermouth and the Ministry of Tides\n\n"
        "Article 1 Costs\nThe Ministry of Tides shall pay for the buoys.\n\n"
        "Article 2 Term\nThis Memorandum comes into effect on the date of signature and remains in effect for three years.\n\n"
        "Signed at Ottermouth on 5 March 2021.\n",
        encoding="utf-8",
    )
    kb.ingest([paper], kind="agreement")
    card = make_card(kb, named(kb, "signature.txt").id)

    def days() -> dict[str, str]:
        file, _ = calendar(kb, card, {name: name for name in ("signed", "effective", "ends", "notify")}, lambda _: "")
        events = Calendar.from_ical(file).walk("VEVENT")
        return {str(e["SUMMARY"]).partition(":")[0]: e["DTSTART"].dt.strftime("%Y%m%d") for e in events}

    assert days() == {"signed": "20210305", "effective": "20210305", "ends": "20240304"}
    kb.correct(card.document_id, "signed", value)
    assert days() == expected | ({"ends": "20240331"} if expected else {})


def test_a_line_that_a_person_adds_has_no_clause_and_says_so(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "new.txt").id)
    correct(kb, card, Change("", "contact", now(), value="The harbour office"))
    (line,) = make_card(kb, card.document_id).of("contact")
    assert (line.value, line.citation, line.status, line.extracted) == ("The harbour office", None, None, "")
    take_back(kb, card, line.key)
    assert make_card(kb, card.document_id).of("contact") == ()


def test_a_fact_corrected_in_the_library_is_on_the_card_and_moves_its_days(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    kb.correct(card.document_id, "in_force", "2026-05-01")
    again = memorandum(kb)
    (effective,) = again.of("effective")
    assert (effective.value, effective.extracted) == ("2026-05-01", "2026-04-01")
    (committee,) = (o for o in again.obligations if "sixty days" in o.citation.quote)
    assert committee.due == date(2026, 6, 30)  # 1 May 2026 and sixty days
    kb.correct(card.document_id, "parties", "none")
    assert memorandum(kb).of("party") == ()


def test_a_correction_of_no_line_or_of_a_fact_or_without_words_is_refused(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    with pytest.raises(UnknownCardLineError):
        correct(kb, card, Change("contact-000000000000", "contact", now(), value="x"))
    with pytest.raises(CardError, match="setu docs correct"):
        correct(kb, card, Change("", "term", now(), value="2 years"))
    with pytest.raises(CardError, match="empty"):
        correct(kb, card, Change(card.of("contact")[0].key, "contact", now(), value="  "))
    with pytest.raises(UnknownCardLineError):
        take_back(kb, card, "contact-000000000000")


def test_damaged_corrections_are_an_error_that_says_what_to_do(kb: KnowledgeBase) -> None:
    card = memorandum(kb)
    kb.materials.save(f"card-{card.document_id}", "card", card.title, '{"changes": [{"key": "x"}]}', shared=True)
    with pytest.raises(CardError, match="Restore a backup"):
        memorandum(kb)


@pytest.mark.parametrize(
    ("day", "length", "wanted"),
    [
        (date(2026, 1, 31), Length(1, "month"), date(2026, 2, 28)),
        (date(2024, 2, 29), Length(1, "year"), date(2025, 2, 28)),
        (date(2026, 3, 1), Length(2, "week"), date(2026, 3, 15)),
        (date(2029, 4, 1), Length(-3, "month"), date(2029, 1, 1)),
    ],
)
def test_a_length_of_time_ends_on_the_last_day_of_a_shorter_month(day: date, length: Length, wanted: date) -> None:
    assert added(day, length) == wanted


def test_what_several_people_correct_at_once_is_all_kept(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "new.txt").id)
    said = [f"Write to desk {n}" for n in range(12)]
    before = list(changes(kb, card.document_id))
    with ThreadPoolExecutor(6) as people:
        list(people.map(lambda text: correct(kb, card, Change("", "contact", now(), value=text)), said))
    kept = changes(kb, card.document_id)
    assert sorted(c.value or "" for c in kept[len(before) :]) == sorted(said)
    for entry in [e for e in make_card(kb, card.document_id).entries if e.value in said]:
        take_back(kb, card, entry.key)
    assert list(changes(kb, card.document_id)) == before
