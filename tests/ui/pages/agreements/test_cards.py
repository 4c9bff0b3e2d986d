"""The page of agreement cards without a browser, and ``setu card``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from icalendar import Calendar
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader, Role
from lang.languages import LANGUAGES, Language
from tests.ui.apps import alone, offered, shown, taken
from tests.ui.conftest import Setu
from ui.components.i18n import strings

TITLE = "MEMORANDUM OF COOPERATION between the Port of Ottermouth and the Ministry of Tides"
COSTS = "The Ministry of Tides will bear the cost of the forty tide gauges."


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


def cards(home: Path, role: Role = "editor", lang: Language = "en", **address: str) -> AppTest:
    return alone(drawn, str(home), Reader("", role), lang, **address)


def number(home: Path, kind: str) -> int:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        return next(info.id for info in kb.documents() if info.kind == kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_latest_agreement_is_open_with_its_fields_and_obligations(home: Path, language: Language) -> None:
    words = strings(language)
    page = shown(cards(home, lang=language))
    assert words("cards.title") in page
    assert words("cards.field.costs") in page
    assert page.count(COSTS) == 2  # a clause on costs, and what the Ministry owes
    assert words("cards.force.will") in page
    assert words.date(date(2025, 3, 5)) in page


def test_a_line_opens_its_clause_beside_the_card(home: Path) -> None:
    app = cards(home)
    owed = next(b for b in app.button if b.key and b.key.startswith("cards-open-") and "-costs-" in b.key)
    page = shown(owed.click().run())
    assert f'<mark id="setu-mark">{COSTS}</mark>' in page


def test_an_editor_corrects_an_obligation_and_takes_it_back(home: Path) -> None:
    app = cards(home)
    fix = next(b for b in app.button if b.key and b.key.startswith("cards-fix-obligation-") and COSTS in shown(app))
    app = fix.click().run()
    app.text_input[0].set_value("Harbour Board")
    app.selectbox[3].set_value("shall")
    app = next(b for b in app.button if b.label == strings("en")("cards.save")).click().run()
    page = shown(app)
    assert "Harbour Board" in page
    assert "corrected by a person" in page
    fix = next(b for b in app.button if b.key == fix.key)
    app = fix.click().run()
    app = next(b for b in app.button if b.key == "cards-take-back").click().run()
    assert "Harbour Board" not in shown(app)


def test_a_line_that_a_person_added_is_changed_and_is_not_lost_to_an_empty_one(home: Path) -> None:
    words = strings("en")
    app = next(b for b in cards(home).button if b.key == "cards-add-purpose").click().run()
    app.text_area[0].set_value("To keep the harbour open.")
    app = _saved(app)
    fix = next(b.key for b in app.button if b.key and b.key.startswith("cards-fix-added-purpose-"))
    app = next(b for b in app.button if b.key == fix).click().run()
    app.text_area[0].set_value("  ")
    app = _saved(app)
    assert "An empty line says nothing" in app.error[0].value
    assert "To keep the harbour open." in shown(cards(home))
    app.text_area[0].set_value("To keep both harbours open.")
    page = shown(_saved(app))
    assert page.count("To keep both harbours open.") == 1
    assert "To keep the harbour open." not in page
    app = cards(home)
    added = next(b.key for b in app.button if b.key and b.key.startswith("cards-fix-added-purpose-"))
    app = next(b for b in app.button if b.key == added).click().run()
    app = next(b for b in app.button if b.label == words("cards.take_back")).click().run()
    assert "harbours open" not in shown(app)


def _saved(app: AppTest) -> AppTest:
    return next(b for b in app.button if b.label == strings("en")("cards.save")).click().run()


def test_a_value_says_which_language_it_is_in(home: Path) -> None:
    page = shown(cards(home, lang="ja"))
    assert '<div class="setu-card-value" lang="en">Port of Ottermouth</div>' in page
    assert f'<div class="setu-card-value" lang="ja">{strings("ja").date(date(2025, 3, 5))}</div>' in page


def test_a_viewer_has_nothing_to_correct(home: Path) -> None:
    app = cards(home, role="viewer")
    assert COSTS in shown(app)
    assert not [b for b in app.button if b.key and b.key.startswith(("cards-fix", "cards-add"))]


def test_a_card_that_is_taken_away_is_in_the_audit_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = offered(monkeypatch)
    cards(home, role="viewer")
    assert COSTS in bytes(files["cards-save-csv"]()).decode()  # type: ignore[call-overload]
    assert taken(home)[0] == f"the card of #{number(home, 'agreement')} {TITLE} as csv"


def test_a_document_that_is_no_agreement_says_so_and_goes_on_when_asked(home: Path) -> None:
    app = cards(home, document=str(number(home, "news")))
    assert "is taken for: News" in app.info[0].value.replace("\\", "")
    app = next(b for b in app.button if b.label == strings("en")("cards.all_the_same")).click().run()
    assert not app.info
    assert strings("en")("cards.field.party") in shown(app)


def test_a_number_that_no_document_has_is_told(home: Path) -> None:
    assert cards(home, document="999").warning[0].value == strings("en")("cards.gone")


def test_without_agreements_the_page_says_how_to_get_one(tmp_path: Path) -> None:
    st.cache_resource.clear()
    assert strings("en")("cards.empty") in shown(cards(tmp_path / "empty"))
    st.cache_resource.clear()


def test_setu_card_lists_the_agreements_and_shows_one(setu: Setu) -> None:
    listed = setu("card", "--json")
    (info,) = json.loads(listed.output)
    told = setu("card", str(info["id"]), "--language", "mr")
    assert told.exit_code == 0, told.output
    assert COSTS in told.output
    assert strings("mr")("cards.field.costs") in told.output


def test_setu_card_writes_json_and_files(setu: Setu, tmp_path: Path) -> None:
    (info,) = json.loads(setu("card", "--json").output)
    files = [tmp_path / f"card.{ending}" for ending in ("docx", "csv", "ics")]
    written = setu("card", str(info["id"]), *(part for f in files for part in (f"--{f.suffix[1:]}", str(f))))
    assert written.exit_code == 0, written.output
    assert files[0].read_bytes()[:2] == b"PK"
    assert COSTS in files[1].read_text(encoding="utf-8-sig")
    assert [str(e["SUMMARY"]).split(":")[0] for e in Calendar.from_ical(files[2].read_bytes()).walk("VEVENT")] == ["Signed"]
    assert {about.rsplit(" ", 1)[1] for about in taken(setu.home) if about.startswith("the card")} == {"docx", "csv", "ics"}
    made = json.loads(setu("card", str(info["id"]), "--json").output)
    (bears,) = (one for one in made["obligations"] if one["citation"]["quote"] == COSTS)
    assert (bears["actor"], bears["force"], bears["citation"]["status"]) == ("Ministry of Tides", "will", "verified")
    assert bears["citation"]["link"].endswith(f".{bears['citation']['start']}.{bears['citation']['end']}")


def test_setu_card_of_a_newspaper_says_what_to_do(setu: Setu, stocked: Path) -> None:
    news = str(next(d["id"] for d in json.loads(setu("docs", "list", "--json").output) if d["kind"] == "news"))
    refused = setu("card", news)
    assert (refused.exit_code, "not for an agreement" in refused.output) == (2, True)
    assert setu("card", news, "--any-kind").exit_code == 0
