"""Roles × groups × everything that can be taken out of Setu: what may not be seen is in none of it, and whoever may see it has it.

The pages at every address are in test_access_shown.py, the knowledge base's own methods in tests/kb/auth/test_access.py.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from eval.datasets.feedback import evaluation_set
from kb import Filters, KnowledgeBase, Settings
from kb.agreements.card_corrections import Change, correct, now
from kb.agreements.cards import card_of, handle, make_card
from kb.agreements.obligation_register import overview
from kb.auth.roles import ROLES, Reader
from kb.errors import KnowledgeBaseError
from kb.records import IngestSummary
from kb.user_records import Conversation, Exchange, Handling, Opinion, answer_key
from tests.kb.hidden import GROUP, SECRET, leaks, number, stock
from tests.kb.make import document
from training import module_store
from training.agreement.calendar_file import calendar
from training.agreement.csv_table import table
from training.errors import TrainingError
from training.exchange_map import current, kept
from training.make import make
from training.records import Request
from ui.components.i18n import strings
from ui.components.permalinks import Passage, trace
from ui.export import FORMATS, ExportError, answer_sheet, conversation_sheet, export
from ui.export.card_document import card_sheet, passage_url
from ui.export.card_files import MIMES as DUE_FILES
from ui.export.card_files import due_file
from ui.export.map_files import MIMES
from ui.export.map_files import made as map_file
from ui.export.spreadsheets import audit_csv
from ui.export.text_formats import plain_text
from ui.export.training_modules.module_formats import MODULE_FORMATS, export_module
from ui.jobs import ingest_jobs
from ui.jobs.runner import Jobs
from ui.pages.admin.audit_log import table_csv
from ui.pages.agreements.card_wording import agreements, day_names

UNKNOWN = 987_654
AT = "http://127.0.0.1:8501"
WORDS = strings("en")
DAY = date(2026, 3, 12)
LEDGER = "Who audits the quantum ledger?"
GROUPS = (frozenset[str](), frozenset({"water"}))
OUTSIDERS = tuple(Reader(f"{role}{len(groups)}", role, groups) for role, groups in product(ROLES, GROUPS))
INSIDER = Reader("ines", "admin", frozenset({GROUP}))
PRACTICE = document("Gauges at Mizuhara", "en", "best_practice", ("Mizuhara reads its tide gauges every ten minutes and warns by siren.",))


@dataclass(frozen=True)
class Stocked:
    """A home, the hidden papers by what they are, what an insider made of them, and a job of the insider's."""

    home: Path
    tides: int
    budget: int
    module: str
    talks: dict[str, str]
    jobs: Jobs[ingest_jobs.Items]
    job: str


def read(file: bytes) -> str:
    """The text of a file, of every part of it where it is packed."""
    if not file.startswith(b"PK"):
        return file.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        return "\n".join([*opened.namelist(), *(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())])


def talk_of(kb: KnowledgeBase) -> Conversation:
    """What somebody was told while they were in the group, and what they thought of it."""
    talk = kb.conversations.new()
    for question in ("What does the flood-warning pilot cost?", LEDGER, "Who bears the cost of the tide gauges?"):
        talk = talk.with_new(Exchange(question, Filters(), kb.answer(question), True))
    kb.conversations.save(talk)
    kb.feedback.give(talk.id, 1, Opinion(True))
    kb.feedback.give(talk.id, 0, Opinion(False, "incomplete"))
    return talk


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    home = tmp_path_factory.mktemp("matrix")
    jobs = Jobs[ingest_jobs.Items]("library")
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        stock(kb)
        kb.ingest_documents([PRACTICE])
        paper = tmp_path_factory.mktemp("papers") / f"{SECRET}.txt"
        paper.write_text(f"The {SECRET} annex is closed.\n", encoding="utf-8")
        kb.ingest([paper], groups=(GROUP,))
        insider = kb.seen_by(INSIDER)
        tides, budget = (number(kb, f"test:{SECRET} {name}") for name in ("tides", "budget"))
        module = make(insider, Request("quantum ledger of the port", ("en",)), engine="extractive")
        module_store.save(insider, module)
        module_store.share(insider, module.id)
        added = Change("", "costs", now(), INSIDER.name, value=f"{SECRET} bears it")
        correct(insider, make_card(insider, tides, any_kind=True), added)
        cards = (card_of(insider, info) for info in insider.documents() if GROUP in info.groups)
        owed = next(card for card in cards if card is not None and card.obligations)
        handle(insider, owed, owed.obligations[0].key, Handling("open", f"{SECRET} office"))
        current(insider)
        talks = {reader.name: talk_of(kb.seen_by(Reader(reader.name, reader.role, frozenset({GROUP})))).id for reader in OUTSIDERS}
        talks[INSIDER.name] = talk_of(insider).id
        job = ingest_jobs.start(
            jobs, INSIDER.name, [(f"{SECRET}.pdf", lambda progress, cancelled: IngestSummary(added=(f"/x/{SECRET}.pdf",)))]
        )
    return Stocked(home, tides, budget, module.id, talks, jobs, job)


Taken = Callable[[KnowledgeBase, Stocked], object]


def card_files(kb: KnowledgeBase, s: Stocked) -> list[str]:
    """The cards of every agreement that is listed, and of the hidden one, in every kind of file."""
    told = []
    for paper in [*(info.id for info in agreements(kb.documents())), s.tides]:
        try:
            card = make_card(kb, paper, any_kind=True)
        except KnowledgeBaseError as error:
            told.append(str(error))
            continue
        told += [read(export(card_sheet(kb, card, WORDS, today=DAY, address=AT), ending)) for ending in FORMATS if ending != "pdf"]
        told.append(read(table(card, lambda cited: passage_url(AT, cited))))
        told.append(read(calendar(kb, card, day_names(WORDS), lambda cited: passage_url(AT, cited))[0]))
    return told


def due_files(kb: KnowledgeBase, _: Stocked) -> list[str]:
    """What is owed under all papers, in every kind of file, and what was set for it."""
    found = overview(kb, DAY, "en", replaced=True)
    files = [read(due_file(found.rows, WORDS, AT, into, DAY)[0]) for into in DUE_FILES]
    return [*files, repr(found), repr(kb.handlings.of())]


def modules(kb: KnowledgeBase, s: Stocked) -> list[str]:
    """The list of modules, and the insider's in every kind of file."""
    told = [repr(module_store.listed(kb))]
    try:
        module = module_store.load(kb, s.module)
    except TrainingError as error:
        return [*told, str(error).replace(s.module, "")]
    for into in MODULE_FORMATS:
        try:
            told.append(read(export_module(kb, module, into, WORDS, today=DAY, address=AT)))
        except ExportError as error:
            told.append(str(error))
    return told


def new_module(kb: KnowledgeBase, _: Stocked) -> str:
    """What comes of asking for a module on what only the hidden papers speak of."""
    try:
        return repr(make(kb, Request("quantum ledger of the port", ("en",)), engine="extractive"))
    except TrainingError as error:
        return f"{error} {getattr(error, 'nearest', '')}"


def map_files(kb: KnowledgeBase, _: Stocked) -> list[str]:
    """The exchange map, drawn where there is none, as it is kept, and in every kind of file."""
    drawn = current(kb)
    return [repr(drawn), repr(kept(kb)), *(read(map_file(drawn, WORDS, AT, into)) for into in MIMES)]


def own_talk(kb: KnowledgeBase, s: Stocked) -> list[str]:
    """The own conversation as it is listed, found, and exported; and a file note of each answer."""
    talk = kb.conversations.load(s.talks[kb.reader.name])
    assert talk is not None
    sheet = conversation_sheet(kb, talk, WORDS, today=DAY, address=AT)
    notes = [answer_sheet(kb, answer_key(talk.id, at), one, WORDS, today=DAY, address=AT) for at, one in enumerate(talk.exchanges)]
    files = [read(export(sheet, ending)) for ending in FORMATS if ending != "pdf"]
    return [repr(kb.conversations.list()), repr(kb.conversations.search(SECRET)), *files, *map(plain_text, notes)]


def feedback(kb: KnowledgeBase, _: Stocked) -> str:
    """What was said of answers, and the evaluation set that is made of it."""
    said = kb.feedback.list()
    return f"{said} {evaluation_set(kb, said).files()}"


def log(kb: KnowledgeBase, _: Stocked) -> str:
    """The audit log, on the page and as the command writes it; an error for who is no admin."""
    try:
        found = kb.audit.list()
    except KnowledgeBaseError as error:
        return str(error)
    return table_csv(found) + audit_csv(found)


def original(kb: KnowledgeBase, s: Stocked) -> str:
    """The file of a hidden paper that came from a file, as it is offered for download and drawn."""
    try:
        found = [info.id for info in kb.documents() if info.source.endswith(f"{SECRET}.txt")]
        return read(kb.original(found[0] if found else UNKNOWN, 1).read_bytes())  # type: ignore[union-attr]
    except KnowledgeBaseError as error:
        return str(error)


def link(kb: KnowledgeBase, s: Stocked) -> str:
    """Where a link to a passage of a hidden paper leads, and one to an insider's answer."""
    answers = [kb.conversations.answered(answer_key(s.talks[INSIDER.name], at)) for at in range(3)]
    return f"{trace(kb, Passage(s.budget, 1, 0, 40))} {answers}"


def job(kb: KnowledgeBase, s: Stocked) -> str:
    """The insider's upload, by its id and as what is still at work."""
    return f"{s.jobs.get(s.job, kb.reader.name)} {s.jobs.unfinished(kb.reader.name)}"


EVERYTHING: dict[str, Taken] = {
    "cards and their files": card_files,
    "the deadlines of all papers and their files": due_files,
    "modules and their files": modules,
    "a new module": new_module,
    "the exchange map and its files": map_files,
    "the own conversation and its files": own_talk,
    "feedback and the evaluation set": feedback,
    "the audit log": log,
    "the original": original,
    "links": link,
    "an upload": job,
    "the outline of the library": lambda kb, _: [(info, kb.outline(info.id, info.version)) for info in kb.documents() if info.version],
}


@pytest.fixture(scope="module")
def kb(stocked: Stocked) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(Settings.load(home=stocked.home)) as opened:
        yield opened


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_may_not_be_seen_is_in_nothing_that_anybody_else_can_take(stocked: Stocked, kb: KnowledgeBase, name: str) -> None:
    leaking = [reader for reader in OUTSIDERS if leaks(EVERYTHING[name](kb.seen_by(reader), stocked))]
    assert leaking == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_who_may_see_it_has_it(stocked: Stocked, kb: KnowledgeBase, name: str) -> None:
    """Else the test above would pass of an interface that gives nothing."""
    assert leaks(EVERYTHING[name](kb.seen_by(INSIDER), stocked))


@pytest.mark.parametrize("reader", OUTSIDERS, ids=lambda reader: reader.name)
def test_a_module_of_hidden_papers_is_one_that_never_was(stocked: Stocked, kb: KnowledgeBase, reader: Reader) -> None:
    view = kb.seen_by(reader)
    for call in (
        module_store.load,
        module_store.share,
        module_store.delete,
        lambda base, number: module_store.copied(base, number, "Mine"),
    ):
        told = []
        for number_ in (stocked.module, "AAAAAAAAAAAAAAAA"):
            with pytest.raises(TrainingError) as caught:
                call(view, number_)  # type: ignore[operator]
            told.append(str(caught.value).replace(number_, ""))
        assert told[0] == told[1]
    assert module_store.load(kb.seen_by(INSIDER), stocked.module).title


@pytest.mark.parametrize("reader", OUTSIDERS, ids=lambda reader: reader.name)
def test_a_card_of_a_hidden_paper_is_one_of_no_paper(stocked: Stocked, kb: KnowledgeBase, reader: Reader) -> None:
    told = []
    for paper in (stocked.tides, UNKNOWN):
        with pytest.raises(KnowledgeBaseError) as caught:
            make_card(kb.seen_by(reader), paper)
        told.append(str(caught.value).replace(str(paper), ""))
    assert told[0] == told[1]


def test_an_outsiders_map_says_the_same_as_that_of_a_base_without_the_hidden_papers(stocked: Stocked, kb: KnowledgeBase) -> None:
    seen = {info.id for info in kb.seen_by(OUTSIDERS[0]).documents()}
    drawn = current(kb.seen_by(OUTSIDERS[0]))
    assert {citation.document_id for citation in drawn.citations()} <= seen
    papers = drawn.papers
    assert papers.agreements + papers.practices + papers.others <= len(seen)
