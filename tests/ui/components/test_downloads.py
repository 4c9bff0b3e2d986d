"""A file that a page offers is made when its button is pressed, for somebody who still may have it then, of what they still see.

Every path on which a file leaves the server: originals, cards, modules, the map, conversations, feedback, the audit log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase
from kb.agreements.card_corrections import Change, correct, now
from kb.agreements.cards import make_card
from kb.auth.roles import Reader, Role
from kb.errors import AccessError, KnowledgeBaseError
from kb.records import Block, Cell
from kb.user_records import Exchange, Opinion, answer_key
from tests.kb.hidden import GROUP, SECRET, leaks, number, stock
from tests.kb.make import base, document
from tests.training.exchange_map.papers import PAPERS
from tests.ui.apps import offered
from tests.ui.test_access_matrix import PRACTICE, read
from training import module_store
from training.errors import TrainingError
from training.exchange_map import current
from training.make import make
from training.records import Request
from ui.components import downloads, source_panel
from ui.components.i18n import strings
from ui.export import card_files
from ui.export.map_files import MIMES
from ui.pages.admin import audit_log
from ui.pages.chat import feedback
from ui.pages.exchange_map import matrix
from ui.pages.studio import module_header as module_files

WORDS = strings("en")
AT = "http://127.0.0.1:8501"
Press = Callable[[], object]


class Rights:
    """What a reader of a page has at the moment of a press."""

    def __init__(self) -> None:
        self.gone = False

    def __call__(self, reader: Reader, role: Role) -> None:
        if self.gone:
            raise AccessError("You are signed out.")


@dataclass(frozen=True)
class Drawn:
    """A page of an admin of the group, drawn while they saw its papers, with all that it offers."""

    kb: KnowledgeBase
    rights: Rights
    presses: dict[str, Press]


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawn]:
    rights = Rights()
    with base(tmp_path / "home") as kb:
        stock(kb)
        kb.ingest_documents([PRACTICE, document("Open ledger", "en", "report", ("The open ledger is kept in Kalpanagar.",))])
        paper = tmp_path / f"{SECRET}.txt"
        paper.write_text(f"The {SECRET} annex is closed.\n", encoding="utf-8")
        moc = tmp_path / "moc.md"
        moc.write_text(PAPERS["moc.md"][1].replace("tide warning", f"{SECRET} warning"), encoding="utf-8")
        kb.ingest([moc], kind="agreement", groups=(GROUP,))
        kb.ingest([paper], groups=(GROUP,))
        view = kb.seen_by(Reader("ines", "admin", frozenset({GROUP}), rights))
        talk = view.conversations.new()
        talk = talk.with_new(Exchange("Who audits the quantum ledger?", Filters(), view.answer("Who audits the quantum ledger?"), True))
        view.conversations.save(talk)
        view.feedback.give(talk.id, 0, Opinion(False, "incomplete"))
        module = make(view, Request("quantum ledger of the port", ("en",)), engine="extractive")
        module_store.save(view, module)
        letter = Block("letter", rows=((Cell("Dear Sir/Madam,"),), (Cell(f"The {SECRET} annex is closed.", (0,)),)))
        last = talk.exchanges[0]
        assert last.answer is not None
        talk = talk.with_new(replace(last, answer=replace(last.answer, skill="draft", blocks=(letter,))))
        view.conversations.save(talk)
        annex, tides = next(one for one in view.documents() if one.source == str(paper)), number(kb, f"test:{SECRET} tides")
        correct(view, make_card(view, tides, any_kind=True), Change("", "costs", now(), "ines", value=f"{SECRET} bears it"))
        drawn = current(view)
        files = offered(monkeypatch)
        source_panel._download(view, WORDS, annex, 1, source_panel.kept_name(view, annex.id, 1))
        feedback._export(view, WORDS)
        presses: dict[str, Press] = {
            "the original": files["download"],
            "the feedback": files["feedback-export"],
            "the audit log": lambda: audit_log._file(view, view.audit.list),
            **{f"the map as {into}": matrix._made(view, drawn, WORDS, AT, into) for into in MIMES},
            "the module": module_files._still(view, module.id, repr(module).encode()),
            "the conversation": downloads._made(view, talk.id, WORDS, "docx", AT),
            "the draft": downloads._drafted(view, answer_key(talk.id, 1), WORDS, AT),
            **{f"the card as {into}": card_files._card_made(view, tides, WORDS, AT, into) for into in card_files.CARD_MIMES},
        }
        yield Drawn(kb, rights, presses)


def made(press: Press) -> str:
    """What a press gives, as text; an error gives nothing."""
    try:
        got = press()
    except (KnowledgeBaseError, TrainingError):
        return ""
    return read(got) if isinstance(got, bytes) else str(got)


def test_every_file_holds_what_one_sees(drawn: Drawn) -> None:
    """Else the tests below would pass of buttons that give nothing."""
    assert [name for name, press in drawn.presses.items() if not leaks(made(press))] == []


def test_no_file_is_given_to_somebody_who_is_signed_out_by_now(drawn: Drawn) -> None:
    drawn.rights.gone = True
    for name, press in drawn.presses.items():
        with pytest.raises(KnowledgeBaseError, match="signed out"):
            press()
        assert made(press) == "", name


def test_no_file_holds_anything_of_a_paper_that_came_into_another_group_meanwhile(drawn: Drawn) -> None:
    for info in drawn.kb.documents():
        if GROUP in info.groups:
            drawn.kb.put_in_groups(info.id, ("closed",))
    assert [name for name, press in drawn.presses.items() if leaks(made(press))] == []


def test_no_file_of_a_deleted_paper_is_given_as_an_original(drawn: Drawn) -> None:
    annex = next(info for info in drawn.kb.documents() if info.source.endswith(f"{SECRET}.txt"))
    drawn.kb.delete(annex.id)
    with pytest.raises(KnowledgeBaseError):
        drawn.presses["the original"]()
