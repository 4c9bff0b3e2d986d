"""Roles × groups × every public method: what may not be seen is as if it were not there, and what may not be done says so.

The calls are found by introspection: a method that is added without a decision here fails `test_every_public_name_has_a_decision`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase, UnknownDocumentError
from kb.auth.roles import ROLES, Reader, Role
from kb.errors import AccessError, KnowledgeBaseError
from kb.user_records import Opinion
from tests.kb.hidden import GROUP, INSIDER, OTHER, QUESTIONS, SECRET, VIEWER, leaks, open_papers, stock
from tests.kb.make import base, document

UNKNOWN = 987_654
SPACE = (frozenset[str](), frozenset({"water"}))
"""Groups that do not see the hidden papers; of both kinds: none at all, and another."""

OfDocument = Callable[[KnowledgeBase, int], object]

READS: dict[str, OfDocument] = {
    "document": lambda kb, d: kb.document(d),
    "history": lambda kb, d: kb.history(d),
    "pages": lambda kb, d: kb.pages(d, 1),
    "word_boxes": lambda kb, d: kb.word_boxes(d, 1, 1),
    "doubtful": lambda kb, d: kb.doubtful(d, 1, 0, 10_000),
    "outline": lambda kb, d: kb.outline(d, 1),
    "blocks_within": lambda kb, d: kb.blocks_within(d, 1, 0, 10_000),
    "text": lambda kb, d: kb.text(d, 1),
    "place": lambda kb, d: kb.place(d, 1, 3),
    "original": lambda kb, d: kb.original(d, 1),
    "original_name": lambda kb, d: kb.original_name(d, 1),
    "context": lambda kb, d: kb.context(d, 1, 0, 5),
    "replaced": lambda kb, d: kb.replaced(d),
    "facts": lambda kb, d: kb.facts(d, 1),
    "fact_views": lambda kb, d: kb.fact_views(d, 1),
    "overview": lambda kb, d: kb.overview(d, "en"),
}
"""Of one document."""
WRITES: dict[str, OfDocument] = {
    "correct": lambda kb, d: kb.correct(d, "place", "Kalpanagar"),
    "clear_correction": lambda kb, d: kb.clear_correction(d, "place"),
    "delete": lambda kb, d: kb.delete(d),
    "put_in_groups": lambda kb, d: kb.put_in_groups(d, ()),
    "keep_in_house": lambda kb, d: kb.keep_in_house(d, kept=True),
}
"""To one document; each takes an editor."""
WHOLE: dict[str, Callable[[KnowledgeBase], object]] = {
    "documents": lambda kb: kb.documents(),
    "known_by": lambda kb: kb.known_by(),
    "parallels": lambda kb: kb.parallels(),
    "groups": lambda kb: kb.groups(),
    "search": lambda kb: [kb.search(q, k=50, context=True).hits for q in QUESTIONS],
    "answer": lambda kb: [replace(kb.answer(q), question="") for q in QUESTIONS],
    "ask": lambda kb: [replace(event, question="") if hasattr(event, "question") else _told(event) for event in kb.ask(QUESTIONS[0])],
    "judge": lambda kb: kb.judge("The pilot costs Rs 12.40 crore.", ()),
    "silent_on": lambda kb: [kb.silent_on(q) for q in QUESTIONS],
}
"""Of all that is seen; any role."""
ROLE: dict[str, tuple[Role, Callable[[KnowledgeBase], object]]] = {
    "ingest": ("editor", lambda kb: kb.ingest([])),
    "ingest_documents": ("editor", lambda kb: kb.ingest_documents([])),
    "prune": ("editor", lambda kb: kb.prune([])),
    "health": ("admin", lambda kb: kb.health()),
}
ELSEWHERE = {
    "open": "a class method, before anybody looks",
    "close": "does nothing to a view: test_a_view_is_light_and_closes_nothing",
    "seen_by": "test_a_view_of_a_view_shows_no_more",
    "within": "tests/kb/auth/test_access_collections.py",
    "collections": "tests/kb/auth/test_access_collections.py",
    "exported": "writes to the audit log, and asks first whether the reader still may: tests/ui/auth/test_session_check.py",
    "recorded": "writes to the audit log, which `audit` reads",
    "reindex": "an admin's of all groups; it shows nothing: test_what_concerns_every_document_takes_an_admin_of_all_groups",
    "verify": "the same",
    "write_with": "the same; it changes which language model writes",
    "people": "tests/kb/store/test_people.py",
    "fault": "whether the base can be searched, in a sentence of ours: tests/kb/telemetry/test_readiness.py",
    "settings": "the settings of the server; no document is in them",
    "reader": "who looks",
    "rewrite": "words quotes that the caller gives, and reads no document",
    "read": "reads texts that the caller gives",
    "vectors": "embeds texts that the caller gives",
    "likeness": "compares texts that the caller gives; it looks vectors up by the hash of the text and names no document",
    "conversations": "tests/kb/auth/test_access_talks.py",
    "feedback": "tests/kb/auth/test_access_talks.py",
    "materials": "tests/kb/auth/test_access_talks.py",
    "handlings": "tests/kb/agreements/test_handling.py: test_who_does_not_see_the_paper_neither_sees_nor_sets_anything",
    "audit": "tests/kb/store/test_audit.py",
    "sources": "tests/kb/sync/test_sources.py: an admin's of all groups",
    "queue": "jobs are their owner's alone: tests/kb/queue/test_job_queue.py; all are shown in the terminal and to admins of all groups",
    "shards": "an admin's of all groups: tests/kb/store/postgresql/test_shards.py",
    "webhooks": "tests/kb/webhooks/test_webhook_queue.py: test_webhooks_take_an_admin_of_all_groups",
}


def _told(event: object) -> object:
    answer = getattr(event, "answer", None)
    return replace(answer, question="") if answer is not None else event


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("stocked")) as kb:
        stock(kb)
        yield kb


@pytest.fixture(scope="module")
def hidden(stocked: KnowledgeBase) -> tuple[int, ...]:
    return tuple(info.id for info in stocked.documents() if SECRET in f"{info.source}{info.title}")


def outcome(call: Callable[[], object], number: int) -> str:
    """What came out, or the error with its words, without the number that was asked for."""
    try:
        return repr(call()).replace(str(number), "N")
    except KnowledgeBaseError as error:
        return f"{type(error).__name__}: {error}".replace(f" {number}", " N")


def test_every_public_name_has_a_decision(stocked: KnowledgeBase) -> None:
    names = {name for name in dir(stocked) if not name.startswith("_")}
    assert names == {*READS, *WRITES, *WHOLE, *ROLE, *ELSEWHERE}


@pytest.mark.parametrize("groups", SPACE)
@pytest.mark.parametrize("role", ROLES)
def test_a_hidden_document_is_an_unknown_one_for_every_method(stocked, hidden, role: Role, groups: frozenset[str]) -> None:
    view = stocked.seen_by(Reader("rita", role, groups))
    assert len(hidden) == 11
    for (name, call), number in product((READS | WRITES).items(), hidden):
        told = outcome(lambda call=call, number=number: call(view, number), number)
        unknown = outcome(lambda call=call: call(view, UNKNOWN), UNKNOWN)
        assert told == unknown, name
        assert not leaks(told), name


@pytest.mark.parametrize("groups", SPACE)
@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_is_told_of_the_whole_names_a_hidden_document(stocked, role: Role, groups: frozenset[str]) -> None:
    view = stocked.seen_by(Reader("rita", role, groups))
    calls = WHOLE | {name: call for name, (least, call) in ROLE.items() if view.reader.may(least)}
    assert [name for name, call in calls.items() if leaks(call(view))] == []
    assert len(view.documents()) == len(open_papers())


def test_who_is_in_the_group_sees_what_is_hidden_from_others(stocked, hidden) -> None:
    for reader in (INSIDER, Reader("asha", "admin")):
        view = stocked.seen_by(reader)
        assert {info.id for info in view.documents()} >= set(hidden)
        assert all(leaks(WHOLE[name](view)) for name in ("documents", "search", "answer"))
        assert {info.groups for info in view.documents() if info.id in hidden} == {(GROUP,)}
        published = next(info.id for info in view.documents() if info.id in hidden and info.state == "published")
        for call in READS.values():
            call(view, published)


@pytest.mark.parametrize("role", ROLES)
def test_what_takes_a_role_is_refused_to_lesser_ones_whatever_it_is_done_to(stocked, hidden, role: Role) -> None:
    view = stocked.seen_by(Reader("rita", role, frozenset()))
    shown = view.documents()[0].id
    for call in WRITES.values():
        if not view.reader.may("editor"):
            for number in (shown, hidden[0], UNKNOWN):
                with pytest.raises(AccessError, match=f"takes the role editor, and yours is {role}"):
                    call(view, number)
        else:
            with pytest.raises(UnknownDocumentError):
                call(view, UNKNOWN)
    for least, done in ROLE.values():
        if view.reader.may(least):
            done(view)
        else:
            with pytest.raises(AccessError, match=least):
                done(view)


@pytest.mark.parametrize("reader", [Reader("ed", "editor"), Reader("petra", "admin", frozenset({GROUP}))])
def test_what_concerns_every_document_takes_an_admin_of_all_groups(stocked, reader: Reader) -> None:
    view = stocked.seen_by(reader)
    for call in (view.reindex, view.verify, lambda: view.write_with(view.settings)):
        with pytest.raises(AccessError):
            call()
    assert stocked.seen_by(Reader("asha", "admin")).verify() == ()


def test_a_reader_puts_documents_into_groups_of_their_own_only(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        editor = kb.seen_by(Reader("ed", "editor", frozenset({"water", "roads"})))
        with pytest.raises(AccessError, match=r"your own access groups only \(roads, water\)"):
            editor.ingest_documents(open_papers()[:1], groups=("finance",))
        editor.ingest_documents(open_papers()[:1], groups=(" water  ",))
        number = editor.documents()[0].id
        with pytest.raises(AccessError):
            editor.put_in_groups(number, ("water", "finance"))
        kb.put_in_groups(number, ("water", "finance"))
        assert editor.document(number).groups == ("water",)
        editor.put_in_groups(number, ("roads",))
        assert kb.document(number).groups == ("finance", "roads")
        assert (kb.groups(), editor.groups()) == (("finance", "roads"), ("roads", "water"))
        kb.put_in_groups(number, ())
        assert kb.seen_by(VIEWER).document(number).groups == ()


def test_a_filter_that_names_a_hidden_document_finds_nothing(stocked, hidden) -> None:
    view = stocked.seen_by(OTHER)
    chosen = Filters(documents=hidden)
    assert view.search("memorandum", filters=chosen).hits == ()
    refused, unknown = (view.answer("When was it signed?", filters=f).refusal for f in (chosen, Filters(documents=(UNKNOWN,))))
    assert refused == unknown


def test_a_base_of_hidden_documents_is_an_empty_one(tmp_path: Path) -> None:
    with base(tmp_path / "hidden") as kb, base(tmp_path / "empty") as empty:
        kb.ingest_documents(open_papers(), groups=(GROUP,))
        refused, none = (one.answer("When was the Memorandum signed?") for one in (kb.seen_by(VIEWER), empty))
        assert refused.refusal == none.refusal
        assert kb.seen_by(VIEWER).search("Memorandum").hits == ()


def test_a_view_is_light_and_closes_nothing(stocked) -> None:
    with stocked.seen_by(VIEWER) as view:
        assert view._retriever is stocked._retriever
    assert stocked.documents()


def test_a_view_of_a_view_shows_no_more(stocked) -> None:
    widened = stocked.seen_by(OTHER).seen_by(Reader("asha", "admin"))
    assert (widened.reader.role, widened.reader.groups) == ("viewer", OTHER.groups)
    assert not leaks(widened.documents())
    assert stocked.seen_by(Reader("asha", "admin")).seen_by(INSIDER).reader == INSIDER


def test_a_reader_of_no_sign_in_sees_all(stocked) -> None:
    assert {info.id for info in stocked.seen_by(Reader()).documents()} == {info.id for info in stocked.documents()}


def test_a_new_version_stays_in_its_groups(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents([document("one", "en", "report", (f"{SECRET} one",))], groups=(GROUP,))
        kb.ingest_documents([document("one", "en", "report", (f"{SECRET} two",))])
        assert [(info.version, info.groups) for info in kb.documents()] == [(2, (GROUP,))]
        assert kb.seen_by(VIEWER).documents() == ()
        kb.correct(kb.documents()[0].id, "title", "Another title")
        assert not leaks(kb.seen_by(VIEWER).search("Another title").hits)


def test_what_is_rated_needs_the_own_answer(stocked) -> None:
    talk = stocked.conversations.new()
    with pytest.raises(KnowledgeBaseError, match="no such answer"):
        stocked.seen_by(VIEWER).feedback.give(talk.id, 0, Opinion(True))


def test_the_repr_of_a_view_and_of_its_parts_names_nothing(stocked) -> None:
    out = io.StringIO()
    view = stocked.seen_by(VIEWER)
    for part in (view, view.conversations, view.audit, view.feedback, view.materials, view.handlings):
        print(part, file=out)
    assert not leaks(out.getvalue())
