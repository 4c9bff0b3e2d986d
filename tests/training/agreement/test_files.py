"""The files of a card: every link in them leads to the words that it stands beside."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import regex
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from icalendar import Calendar

from kb import KnowledgeBase
from kb.agreements.card_corrections import Change, correct, now
from kb.agreements.cards import make_card
from kb.records import Citation
from lang.languages import LANGUAGES
from tests.control_characters import clean, package_text, spoiled
from tests.kb.agreements.conftest import named
from training.agreement.calendar_file import calendar
from training.agreement.csv_table import COLUMNS, table
from ui.components.i18n import strings
from ui.components.permalinks import Passage, trace
from ui.export import export
from ui.export.card_document import card_sheet, passage_url
from ui.pages.agreements.card_wording import day_names

ADDRESS = "http://127.0.0.1:8501"


def link(cited: Citation) -> str:
    return passage_url(ADDRESS, cited)


def opens(kb: KnowledgeBase, address: str) -> str:
    passage = Passage.parse(address)
    assert passage is not None, address
    found = trace(kb, passage)
    assert found.state == "current"
    return found.text


def test_every_row_of_the_table_links_to_its_quote(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "memorandum-of-cooperation.pdf").id)
    rows = list(csv.DictReader(StringIO(table(card, link).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(card.entries) + len(card.obligations)
    for row in rows:
        assert (row["link"] != "") == (row["quote"] != "")
        if row["link"]:
            assert " ".join(opens(kb, row["link"]).split()) == row["quote"]
    (sensors,) = (row for row in rows if row["due"] == "2027-05-31")
    assert (sensors["actor"], sensors["force"], sensors["article"]) == ("Participants", "will", "Article 5 Pilot Projects › 1. › (a)")


def test_a_cell_that_a_spreadsheet_would_run_is_kept_from_it(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "new.txt").id)
    correct(kb, card, Change("", "contact", now(), value='=HYPERLINK("http://harbour.invalid")'))
    rows = csv.DictReader(StringIO(table(make_card(kb, card.document_id), link).decode("utf-8-sig")))
    assert [row["value"][:2] for row in rows if row["field"] == "contact"] == ["'="]


def test_the_calendar_holds_the_days_of_the_agreement_and_of_what_is_due(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "memorandum-of-cooperation.pdf").id)
    data, count = calendar(kb, card, day_names(strings("en")), link)
    events = {str(e["UID"]).removesuffix(f"-{card.document_id}@setu"): e for e in Calendar.from_ical(data).walk("VEVENT")}
    assert len(events) == count
    days = {name: events[name]["DTSTART"].dt for name in ("signed", "effective", "ends", "notify")}
    # In effect on 1 April 2026 for three years; to be renewed at least three months before it expires.
    assert days == {"signed": date(2026, 2, 18), "effective": date(2026, 4, 1), "ends": date(2029, 3, 31), "notify": date(2028, 12, 31)}
    due = {e["DTSTART"].dt for uid, e in events.items() if uid.startswith("obligation") and "RRULE" not in e}
    assert due == {date(2026, 5, 31), date(2027, 5, 31)}
    rules = sorted(e["RRULE"].to_ical().decode() for e in events.values() if "RRULE" in e)
    # Standards are exchanged twice a year; the committee meets in April and in October, the workshop is held every November.
    assert rules == ["FREQ=MONTHLY;UNTIL=20290331;INTERVAL=6", *["FREQ=YEARLY;UNTIL=20290331"] * 5]
    yearly = sorted(e["DTSTART"].dt for e in events.values() if "RRULE" in e and "FREQ=YEARLY" in e["RRULE"].to_ical().decode())
    assert yearly == [date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 30), date(2026, 10, 31), date(2026, 11, 30)]
    for event in events.values():
        assert opens(kb, str(event["URL"])) in str(event["DESCRIPTION"])
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))  # RFC 5545, 3.1


def test_the_word_document_has_a_footnote_for_each_clause_in_every_language(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "sahakarya-karar.pdf").id)
    spans = {(c.start, c.end) for c in (*(e.citation for e in card.entries), *(o.citation for o in card.obligations)) if c is not None}
    for language in LANGUAGES:
        words = strings(language)
        sheet = card_sheet(kb, card, words, today=date(2026, 3, 1), address=ADDRESS)
        document = Document(BytesIO(export(sheet, "docx")))
        text = "\n".join(p.text for p in document.paragraphs)
        assert words("cards.field.party") in text
        assert "मिझुहाराचे जल व नागरी व्यवहार मंत्रालय" in text
        (notes,) = (r.target_part for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.FOOTNOTES)
        links = [r.target_ref for r in notes.rels.values() if r.reltype == RELATIONSHIP_TYPE.HYPERLINK]
        assert len(links) == len(sheet.references) == len(spans)
        followed = {(p.start, p.end) for p in map(Passage.parse, links) if p is not None}
        assert followed == spans
        assert all(opens(kb, address) for address in links)
        out = [r.target_ref for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.HYPERLINK]
        assert out == [f"{ADDRESS}/cards?document={card.document_id}"]


def test_what_a_person_struck_out_is_in_no_file(kb: KnowledgeBase) -> None:
    card = make_card(kb, named(kb, "new.txt").id)
    (owed,) = card.obligations
    correct(kb, card, Change(owed.key, None, now(), dropped=True))
    again = make_card(kb, card.document_id)
    assert b"publish the readings" not in table(again, link)
    assert not regex.search(rb"obligation-", calendar(kb, again, day_names(strings("en")), link)[0])
    sheet = card_sheet(kb, again, strings("en"), today=date(2026, 3, 1), address=ADDRESS)
    assert "publish the readings" not in str(sheet.blocks)


def test_no_control_character_reaches_a_file_of_a_card(kb: KnowledgeBase) -> None:
    card = spoiled(make_card(kb, named(kb, "memorandum-of-cooperation.pdf").id))
    assert clean(table(card, link).decode("utf-8-sig"), "\t\r\n")
    assert clean(package_text(export(card_sheet(kb, card, strings("en"), today=date(2026, 3, 1), address=ADDRESS), "docx")))
    data, count = calendar(kb, card, day_names(strings("en")), link)
    assert clean(
        "".join(str(event[name]) for event in Calendar.from_ical(data).walk("VEVENT") for name in ("SUMMARY", "DESCRIPTION", "UID"))
    )
    unfolded = data.decode().replace("\r\n ", "")
    assert clean(unfolded, "\r\n")
    # Programs that break lines at every sign for it must not find a property in a text.
    assert [line for line in unfolded.splitlines() if not regex.match(r"[A-Z-]+[:;]", line)] == []
    assert unfolded.count("BEGIN:VEVENT") == count
