"""The deadlines of all papers: the view of the page of cards, ``setu due``, and the files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.agreements.cards import handle, make_card
from kb.agreements.obligation_register import overview
from kb.auth.roles import Reader, Role
from kb.user_records import Handling
from lang.languages import LANGUAGES, Language
from tests.once import copied, once
from tests.ui.apps import alone, offered, shown, taken
from tests.ui.conftest import Setu, opened
from tests.ui.links import AT, folded, stands
from ui.components.i18n import strings
from ui.components.markup import label
from ui.export.card_files import HEADS, due_file

TODAY = date(2026, 7, 20)
# The page asks for the day that it is: its papers are far in the past and in the future, whenever these tests run.
PAPER = """MEMORANDUM OF UNDERSTANDING ON THE FERRY

The Port of Ottermouth (hereinafter "the Port") and the Ministry of Tides (hereinafter "the Ministry") have agreed as follows:

Article 1 Duties
1. The Port shall paint the ferry by 30 June 2016.
2. The Ministry shall build a shelter by 31 December 2190.
3. The Ministry shall send its accounts on or before 31 March each year.
4. The Port shall inspect the engine every month.
5. The Port shall reply within 30 days of a complaint.
6. The Ministry shall announce works at least ten days before each closing.
7. A signboard shall be put up by 1 August 2016.
8. The Port shall keep the keys of the gate.

Signed at Ottermouth on 31 January 2015.
"""


@pytest.fixture(scope="session")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        (folder / "ferry.txt").write_text(PAPER, encoding="utf-8")
        with KnowledgeBase.open(Settings(home=folder / "home")) as kb:
            assert not kb.ingest([folder / "ferry.txt"], kind="agreement").rejected

    return once(tmp_path_factory, "ferry", make)


@pytest.fixture
def home(ferry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from opened(copied(ferry / "home", tmp_path / "home"), monkeypatch)


def drawn(home, reader, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from ui.components.i18n import strings
    from ui.pages.agreements.agreement_page import cards_page

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    cards_page(base().seen_by(reader), reader, strings(language))


def page(home: Path, role: Role = "editor", lang: Language = "en", **address: str) -> AppTest:
    return alone(drawn, str(home), Reader("", role), lang, **({"view": "due"} | address))


def put(home: Path, words: str, wanted: Handling) -> str:
    """Set something for the clause with these words; returns its key in the address."""
    with KnowledgeBase.open(Settings(home=home)) as kb:
        card = make_card(kb, 1)
        key = next(one.key for one in card.obligations if words in one.citation.quote)
        handle(kb, card, key, wanted)
    return f"1.{key}"


def headings(html: str) -> list[str]:
    return [line.split(">")[1].split("<")[0] for line in html.splitlines() if line.startswith('<h3 class="setu-card-part">')]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_view_tells_what_is_overdue_returning_relative_and_undated(home: Path, language: Language) -> None:
    words = strings(language)
    said = shown(page(home, lang=language))
    parts = [words(f"cards.dues.{due}") for due in ("overdue", "later", "relative", "undated")]
    assert [part for part in headings(said) if part.rsplit(" (", 1)[0] in parts] == [
        f"{part} ({count})" for part, count in zip(parts, (2, 1, 2, 1), strict=True)
    ]
    assert words("cards.by", date=words.date(date(2016, 6, 30))) in said
    assert words("cards.not_dated") in said
    assert words("cards.not_dated_ahead") in said
    assert words("cards.ahead", time=words.count("cards.unit.day", 10)) in said
    assert said.count(words("cards.nobody")) == 1


def test_a_row_opens_its_clause_at_its_place(home: Path) -> None:
    app = page(home)
    one = next(b for b in app.button if b.key and b.key.startswith("cards-open-1-obligation-"))
    assert '<mark id="setu-mark">' in shown(one.click().run())
    assert app.query_params["src"].startswith("1.1.")


def test_an_editor_sets_how_an_obligation_stands_and_a_done_one_folds_away(home: Path) -> None:
    words = strings("en")
    app = page(home)
    app = next(b for b in app.button if b.key and b.key.startswith("cards-set-1.")).click().run()
    app.radio[0].set_value("done")
    app.text_area[0].set_value("It shines.")
    app = next(b for b in app.button if b.label == words("cards.save")).click().run()
    said = shown(app)
    assert label(words("cards.set_kept")) in app.success[0].value
    assert [one.label for one in app.expander] == [f"{words('cards.dues.closed')} (1)"]
    assert f"{words('cards.dues.overdue')} (1)" in headings(said)
    assert "It shines." in said
    assert "set by a person on" in said
    with KnowledgeBase.open(Settings(home=home)) as kb:
        (kept,) = kb.handlings.of()[1]
        assert (kept.handling.state, kept.handling.through) == ("done", None)


def test_what_returns_is_done_through_its_last_day_unless_another_is_given(home: Path) -> None:
    words = strings("en")
    at = put(home, "accounts", Handling("open", "Asha"))
    app = page(home, set=at)
    app.radio[0].set_value("done")
    app = next(b for b in app.button if b.label == words("cards.save")).click().run()
    assert not app.exception
    today = date.today()
    last = date(today.year if today >= date(today.year, 3, 31) else today.year - 1, 3, 31)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        (kept,) = kb.handlings.of()[1]
    assert (kept.handling.through, kept.handling.owner) == (last, "Asha")
    app = page(home, set=at)
    app.radio[0].set_value("in_progress")
    next(b for b in app.button if b.label == words("cards.save")).click().run()
    with KnowledgeBase.open(Settings(home=home)) as kb:
        (kept,) = kb.handlings.of()[1]
    assert (kept.handling.state, kept.handling.through) == ("in_progress", last)


def test_what_was_set_is_shown_on_the_card_and_forgotten_there(home: Path) -> None:
    words = strings("en")
    at = put(home, "paint the ferry", Handling("in_progress", "Asha", "Paint is ordered."))
    app = page(home, view="card", set=at)
    assert "Paint is ordered." in shown(app)
    app = next(b for b in app.button if b.key == "cards-set-back").click().run()
    assert label(words("cards.set_forgotten")) in app.success[0].value
    assert "Paint is ordered." not in shown(app)


def test_a_viewer_sees_how_it_stands_and_has_nothing_to_set(home: Path) -> None:
    at = put(home, "paint the ferry", Handling("in_progress", "Asha"))
    app = page(home, role="viewer", set=at)
    assert "<strong>Asha</strong>" in shown(app)
    assert not [b for b in app.button if b.key and b.key.startswith("cards-set")]
    assert not app.radio


def test_the_filters_are_in_the_address_and_limit_what_is_shown(home: Path) -> None:
    put(home, "paint the ferry", Handling("in_progress", "Asha"))
    assert "1 obligation<" in shown(page(home, owner="Asha"))
    assert "2 obligations<" in shown(page(home, when="overdue"))
    assert "1 obligation<" in shown(page(home, when="overdue", party="-"))
    assert "4 obligations<" in shown(page(home, party="Port"))
    app = page(home, state="done")
    assert strings("en")("cards.due_none") in app.info[0].value
    app = page(home)
    app.selectbox(key="cards-due-owner-en").set_value("-").run()
    assert app.query_params["owner"] == "-"


def test_what_was_set_for_a_clause_that_is_gone_is_told_and_its_card_opens(home: Path) -> None:
    words = strings("en")
    put(home, "keys of the gate", Handling("open", "Asha", "At the desk."))
    with KnowledgeBase.open(Settings(home=home)) as kb:
        file = home.parent / "next" / "ferry.txt"
        file.parent.mkdir()
        source = Path(kb.document(1).source)
        text = PAPER.replace("8. The Port shall keep the keys of the gate.\n", "")
        file.write_text(text, encoding="utf-8")
        from ingest.pipeline import read_documents  # the file of the home that was copied is not ours to change

        document = next(iter(read_documents([file])))
        from dataclasses import replace

        kb.ingest_documents([replace(document, source=replace(document.source, uri=str(source)))])
    app = page(home)
    assert "something was set for a clause that is no longer found" in app.warning[0].value
    app = next(b for b in app.button if b.key == "cards-lost-open-1").click().run()
    said = shown(app)
    assert words("cards.lost") in said
    assert "At the desk." in said
    app = next(b for b in app.button if b.key and b.key.startswith("cards-lost-")).click().run()
    assert words("cards.lost") not in shown(app)


def rows(home: Path, language: Language = "en") -> Iterator[tuple[KnowledgeBase, list]]:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        yield kb, list(overview(kb, TODAY, language).rows)


def test_every_line_of_the_tables_links_to_its_clause(home: Path) -> None:
    put(home, "paint the ferry", Handling("done", "=Asha()", "It shines."))
    for kb, found in rows(home):
        data, count = due_file(found, strings("en"), AT, "csv", TODAY)
        lines = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
        assert (count, len(lines) - 1) == (8, 8)
        assert lines[0][:4] == ["When", "Day", "Time limit", "Owed by"]
        for line in lines[1:]:
            assert folded(stands(kb, line[HEADS.index("link")])) == folded(line[HEADS.index("quote")])
        (painted,) = (line for line in lines if "paint the ferry" in line[HEADS.index("quote")])
        assert painted[:2] == ["Done or not ours", "2016-06-30"]
        assert painted[HEADS.index("state") : HEADS.index("note") + 1] == ["done", "", "'=Asha()", "It shines."]
        book = load_workbook(BytesIO(due_file(found, strings("mr"), AT, "xlsx", TODAY)[0]))
        table = list(book.worksheets[0].iter_rows())
        assert len(table) == 9
        assert table[0][0].value == strings("mr")("cards.due_head.due")
        assert {row[HEADS.index("day")].value.date() for row in table[1:] if row[HEADS.index("day")].value} >= {date(2016, 6, 30)}
        for row in table[1:]:
            stands(kb, row[HEADS.index("link")].hyperlink.target)


def test_the_calendar_has_alarms_returns_by_rule_and_leaves_out_what_is_done(home: Path) -> None:
    put(home, "paint the ferry", Handling("done"))
    put(home, "accounts", Handling("done", "Asha", through=date(2026, 3, 31)))
    for _, found in rows(home):
        data, count = due_file(found, strings("en"), AT, "ics", TODAY, (14, 2))
        events = {str(e["SUMMARY"]): e for e in Calendar.from_ical(data).walk("VEVENT")}
        assert count == len(events) == 4
        assert not any("paint" in name for name in events)
        accounts = next(e for name, e in events.items() if "accounts" in name)
        assert (accounts["DTSTART"].dt, accounts["RRULE"].to_ical().decode()) == (date(2027, 3, 31), "FREQ=YEARLY")
        assert "Who sees to it: Asha" in str(accounts["DESCRIPTION"])
        engine = next(e for name, e in events.items() if "engine" in name)
        # Counted from 31 January 2015: on the 31st, and in shorter months on their last day.
        assert engine["RRULE"].to_ical().decode() == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
        for event in events.values():
            triggers = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
            assert triggers == [timedelta(days=-14, hours=9), timedelta(days=-2, hours=9)]
            assert {str(alarm["ACTION"]) for alarm in event.walk("VALARM")} == {"DISPLAY"}
        default = Calendar.from_ical(due_file(found, strings("en"), AT, "ics", TODAY)[0])
        alarms = [a["TRIGGER"].dt for a in default.walk("VEVENT")[0].walk("VALARM")]
        assert alarms == [timedelta(days=-7, hours=9), timedelta(days=-1, hours=9)]


def test_the_files_of_the_page_hold_what_the_filters_leave_and_are_in_the_audit_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = offered(monkeypatch)
    page(home, role="viewer", when="overdue", party="Port")
    table = bytes(files["cards-due-save-csv"]()).decode("utf-8-sig")  # type: ignore[call-overload]
    assert ("paint the ferry" in table, "signboard" in table) == (True, False)
    assert taken(home)[0] == "the deadlines of all papers as csv"


def test_setu_due_lists_sets_and_clears(home: Path) -> None:
    setu = Setu(home)
    listed = setu("due", "list", "--today", "2016-07-10")
    assert listed.exit_code == 0, listed.output
    assert "Overdue (1)" in listed.output
    assert "Due within 30 days (1)" in listed.output
    found = json.loads(setu("due", "list", "--today", "2016-07-10", "--due", "overdue", "--json").output)
    (late,) = found["obligations"]
    assert (late["when"], late["day"], late["actor"], late["handling"]) == ("overdue", "2016-06-30", "Port", None)
    assert late["citation"]["status"] == "verified"
    done = setu("due", "set", late["id"], "--state", "done", "--owner", "Asha", "--note", "It shines.")
    assert done.exit_code == 0, done.output
    listed = setu("due", "list", "--today", "2016-07-10")
    assert "paint the ferry" not in listed.output
    assert "Done or not ours: 1" in listed.output
    told = setu("due", "list", "--due", "closed", "--language", "ja")
    assert "paint the ferry" in told.output
    assert strings("ja")("cards.state.done") in told.output
    assert setu("due", "set", late["id"], "--owner", "Ben").exit_code == 0
    (kept,) = json.loads(setu("due", "list", "--owner", "ben", "--json").output)["obligations"]
    assert (kept["handling"]["state"], kept["handling"]["owner"], kept["handling"]["note"]) == ("done", "Ben", "It shines.")
    assert setu("due", "clear", late["id"]).exit_code == 0
    assert "paint the ferry" in setu("due", "list", "--today", "2016-07-10").output
    wrong = setu("due", "set", "paint", "--state", "done")
    assert (wrong.exit_code, "no key of an obligation" in wrong.output) == (2, True)


def test_setu_due_writes_files_and_setu_card_tells_how_it_stands(home: Path, tmp_path: Path) -> None:
    setu = Setu(home)
    put(home, "paint the ferry", Handling("in_progress", "Asha"))
    files = [tmp_path / f"due.{ending}" for ending in ("csv", "xlsx", "ics")]
    written = setu("due", "list", *(part for f in files for part in (f"--{f.suffix[1:]}", str(f))), "--alarm", "3")
    assert written.exit_code == 0, written.output
    assert all(file.stat().st_size for file in files)
    alarm = Calendar.from_ical(files[2].read_bytes()).walk("VALARM")[0]
    assert alarm["TRIGGER"].dt == timedelta(days=-3, hours=9)
    assert {about for about in taken(home) if about.startswith("the deadlines")} == {
        f"the deadlines of all papers as {into}" for into in ("csv", "xlsx", "ics")
    }
    assert "Who sees to it: Asha" in setu("card", "1").output
    made = json.loads(setu("card", "1", "--json").output)
    assert {one["handling"]["state"] for one in made["obligations"] if one["handling"]} == {"in_progress"}
