"""Nothing of a hidden document is on any page, in any export, link or error, for anybody who may not see it; and the terminal's part."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import Filters, KnowledgeBase, Settings
from kb.auth.roles import Reader, Role
from kb.store.user_data.audit_log import Entry
from kb.user_records import Conversation, Exchange, answer_key
from lang.languages import LANGUAGES
from tests.kb.hidden import GROUP, INSIDER, QUESTIONS, SECRET, VIEWER, leaks, number, open_papers, stock
from tests.ui.conftest import Setu
from training.exchange_map import current
from training.make import make
from training.module_store import save, share
from training.records import Request
from ui.components.i18n import strings
from ui.components.permalinks import Passage, trace
from ui.export import answer_sheet, conversation_sheet, export
from ui.export.spreadsheets import audit_csv
from ui.export.text_formats import plain_text
from ui.pages.navigation import PAGES

READERS = (VIEWER, Reader("otto", "editor", frozenset({"water"})), Reader("petra", "admin", frozenset()))
HELD = ("What does the flood-warning pilot cost?", "Who audits the quantum ledger?", "Who bears the cost of the tide gauges?")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with papers that everybody sees and papers of a group, and what an insider was told of them."""
    home = tmp_path_factory.mktemp("stocked")
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        stock(kb)
        for name in (INSIDER.name, *(reader.name for reader in READERS)):
            keep(kb.seen_by(Reader(name, "viewer", frozenset({GROUP}))))
        insider = kb.seen_by(INSIDER)
        module = make(insider, Request("quantum ledger of the port", ("en",)), engine="extractive")
        save(insider, module)
        share(insider, module.id)
        current(insider)
    return home


@pytest.fixture
def kb(stocked: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(Settings.load(home=stocked)) as opened:
        yield opened


def keep(kb: KnowledgeBase) -> Conversation:
    """What somebody was told while they were in the group."""
    talk = kb.conversations.new()
    for question in HELD:
        talk = talk.with_new(Exchange(question, Filters(), kb.answer(question), True))
    kb.conversations.save(talk)
    return talk


def alone(key: str, reader: object, language: str) -> None:
    """A page, as `ui.pages.navigation.open_page` has it drawn."""
    from ui.auth.authentication import knowledge_base
    from ui.components.i18n import strings
    from ui.pages.navigation import PAGES

    page = next(page for page in PAGES if page.key == key)
    page.draw(knowledge_base().seen_by(reader), reader, strings(language))


@pytest.fixture
def served(stocked: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SETU_HOME", str(stocked))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield stocked
    st.cache_resource.clear()
    st.cache_data.clear()


def draw(key: str, reader: Reader, language: str = "en", **address: str) -> AppTest:
    app = AppTest.from_function(alone, default_timeout=120, args=(key, reader, language))
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def everything(app: AppTest) -> str:
    """All that was sent to the browser, and what the address says."""
    return "\n".join(str(getattr(element, "proto", "")) for element in app._tree) + str(dict(app.query_params))


@pytest.fixture(scope="module")
def addresses(stocked: Path) -> dict[str, list[dict[str, str]]]:
    """By reader: every way in which an address can name hidden papers and answers."""
    with KnowledgeBase.open(Settings.load(home=stocked)) as kb:
        hidden = number(kb, f"test:{SECRET} budget")
        gone = next(info.id for info in kb.documents() if info.state == "rejected")
        insiders = kb.seen_by(INSIDER).conversations.list()[0].id
        module = kb.materials.list("module")[0].id
        own = {reader.name: kb.seen_by(reader).conversations.list()[0].id for reader in READERS}
    named = [
        {"src": f"{hidden}.1.0.20.1", "passage": f"{hidden}.1.0.20", "document": str(hidden), "q": SECRET[:5].lower()},
        {"document": str(gone), "view": "versions", "compare": "1.1", "answer": answer_key(insiders, 0)},
        {"c": insiders, "answer": answer_key(insiders, 1), "module": module, "cell": f"{SECRET[:5].lower()}~agreement"},
    ]
    return {name: [{}, *named, {"c": talk}] for name, talk in own.items()}


WALKED = [
    *((page.key, READERS[-1]) for page in PAGES),
    *(pytest.param(page.key, reader, marks=pytest.mark.slow) for page in PAGES for reader in READERS[:2] if reader.may(page.role)),
]
"""Every page for an admin of no group, who is shown the most; the others are slow."""


@pytest.mark.parametrize(("key", "reader"), WALKED)
def test_no_page_at_any_address_shows_anything_of_a_hidden_document(served: Path, addresses, key: str, reader: Reader) -> None:
    for address in addresses[reader.name]:
        if key == "history" and "c" in address:
            continue  # it leads on to the chat, which a page alone cannot
        assert SECRET not in everything(draw(key, reader, **address)), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_on_the_page_is_answered_from_what_is_seen(served: Path, language: str) -> None:
    app = draw("chat", VIEWER, language)
    for question in (QUESTIONS[1], QUESTIONS[7]):
        app.chat_input[0].set_value(question).run()
        assert not app.exception
        assert not leaks(everything(app))
    assert "Rs 12.40 crore" in everything(app)


def test_the_page_of_somebody_in_the_group_shows_it(served: Path) -> None:
    """Else the tests above would pass of an empty page."""
    drawn = everything(draw("library", INSIDER))
    assert f"{SECRET} budget" in drawn
    assert SECRET in everything(draw("chat", INSIDER, c=_own(served, INSIDER)))
    with KnowledgeBase.open(Settings.load(home=served)) as kb:
        module = kb.materials.list("module")[0].id
    assert SECRET in everything(draw("studio", INSIDER, module=module))
    assert SECRET in everything(draw("map", INSIDER))


def _own(home: Path, reader: Reader) -> str:
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        return kb.seen_by(reader).conversations.list()[0].id


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_own_conversation_is_exported_without_what_came_into_a_group_later(kb: KnowledgeBase, language: str) -> None:
    view = kb.seen_by(VIEWER)
    kept = view.conversations.load(view.conversations.list()[-1].id)
    assert kept is not None
    words = strings(language)  # type: ignore[arg-type]
    sheet = conversation_sheet(view, kept, words, today=date(2026, 3, 12), address="http://127.0.0.1:8501")
    assert not leaks(sheet)
    for ending in ("docx", "md", "html"):
        assert not leaks(read(export(sheet, ending), ending))  # type: ignore[arg-type]
    note = answer_sheet(view, answer_key(kept.id, 0), kept.exchanges[0], words, today=date(2026, 3, 12), address="http://x")
    assert not leaks(plain_text(note))
    insider = kb.seen_by(INSIDER)
    whole = insider.conversations.load(insider.conversations.list()[0].id)
    assert whole is not None
    assert leaks(conversation_sheet(insider, whole, words, today=date(2026, 3, 12), address="http://x"))


def read(file: bytes, ending: str) -> str:
    if ending != "docx":
        return file.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        return "\n".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())


def test_a_link_to_a_passage_of_a_hidden_document_leads_to_one_that_is_gone(kb: KnowledgeBase) -> None:
    hidden = number(kb, f"test:{SECRET} budget")
    view = kb.seen_by(VIEWER)
    assert trace(view, Passage(hidden, 1, 0, 20)) == trace(view, Passage(999_999, 1, 0, 20))
    assert trace(kb, Passage(hidden, 1, 0, 20)).text


def test_the_terminal_puts_documents_into_groups_and_shows_them(fresh: Setu, tmp_path: Path) -> None:
    paper = tmp_path / "budget.txt"
    paper.write_text("The budget of the port is ninety crore.\n", encoding="utf-8")
    assert fresh("ingest", str(paper), "--group", "finance", "--group", "water").exit_code == 0
    assert "seen by: finance, water" in fresh("docs", "list").stdout
    assert "seen by: roads" in fresh("docs", "groups", "1", "--set", "roads").stdout
    assert json.loads(fresh("docs", "groups", "1", "--clear", "--json").stdout)["groups"] == []
    wrong = fresh("docs", "groups", "1", "--set", "a/b")
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (2, 1)
    assert fresh("docs", "groups", "1", "--set", "x", "--clear").exit_code == 2
    told = json.loads(fresh("audit", "list", "--json").stdout)
    assert [(e["action"], e["about"]) for e in told] == [
        ("groups_changed", "#1 The budget of the port is ninety crore.: none"),
        ("groups_changed", "#1 The budget of the port is ninety crore.: roads"),
        ("uploaded", f"#1 {paper}"),
    ]
    table = fresh("audit", "list", "--csv", "--since", "2020-01-01", "-n", "1").stdout.splitlines()
    assert table[0] == "time (UTC),who,action,about,id"
    assert table[1].endswith(',,exported,"the audit log, 3 entries",')
    assert fresh("audit", "list", "--csv", "--json").exit_code == 2


def test_a_cell_that_a_spreadsheet_would_run_is_made_text() -> None:
    told = audit_csv([Entry(datetime(2026, 3, 12, 9, 5), "=1+1", "deleted", "@sum(a)")])
    assert told.splitlines()[1] == "2026-03-12 09:05:00,'=1+1,deleted,'@sum(a),"


def test_the_terminal_sees_everything(stocked: Path) -> None:
    setu = Setu(stocked)
    assert len(json.loads(setu("docs", "list", "--json").stdout)) == len(open_papers()) + 11
    assert SECRET in setu("search", "quantum ledger").stdout


@pytest.mark.parametrize("role", ["viewer", "trainer"])
def test_what_a_role_may_not_do_is_said_in_a_sentence(kb: KnowledgeBase, role: Role) -> None:
    view = kb.seen_by(Reader("rita", role, frozenset()))
    with pytest.raises(Exception, match=r"takes the role editor, and yours is .*Ask an admin"):
        view.ingest([])
