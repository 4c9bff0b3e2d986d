"""A collection whose papers somebody does not see is none: its name, its number and what is in it are nowhere in what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase
from kb.auth.roles import ROLES, Reader, Role
from kb.document_records import DEFAULT
from kb.errors import CollectionError, KnowledgeBaseError
from tests.kb.hidden import GROUP, INSIDER, OTHER, SECRET, VIEWER, hidden_papers, leaks, open_papers
from tests.kb.make import base, document

NAME = f"{SECRET} pact"
UNKNOWN = 4711


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    """Open papers, hidden ones in a collection of their own, and a collection of both."""
    with base(tmp_path) as opened:
        opened.ingest_documents(open_papers())
        secret, both = opened.collections.make(NAME, f"{SECRET} things").id, opened.collections.make("Both").id
        opened.ingest_documents(hidden_papers(), groups=(GROUP,), collections=(secret,))
        shown = min(info.id for info in opened.documents() if not info.groups)
        opened.collections.put([shown], [both])
        opened.collections.put([max(info.id for info in opened.documents() if info.groups)], [both], also=True)
        yield opened


def secret_of(kb: KnowledgeBase) -> int:
    return kb.collections.named(NAME).id


def told(call: object) -> str:
    try:
        return repr(call())  # type: ignore[operator]
    except KnowledgeBaseError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("groups", [frozenset[str](), frozenset({"water"})])
@pytest.mark.parametrize("role", ROLES)
def test_a_reader_of_another_group_learns_nothing_of_a_collection(kb: KnowledgeBase, role: Role, groups: frozenset[str]) -> None:
    secret = secret_of(kb)
    view = kb.seen_by(Reader("rita", role, groups))
    assert not leaks(view.collections.list())
    assert secret not in {one.id for one in view.collections.list()}
    both = view.collections.named("Both").id
    assert len(view.collections.documents(both)) == 1
    assert view.collections.documents(secret) == view.collections.documents(UNKNOWN) == ()
    calls = {
        "get": view.collections.get,
        "named": lambda c: view.collections.named(str(c)),
        "rename": lambda c: view.collections.rename(c, "Other"),
        "remove": view.collections.remove,
        "put": lambda c: view.collections.put([], [c]),
        "ingest": lambda c: view.ingest([], collections=[c]),
        "search": lambda c: view.search("memorandum", filters=Filters(collections=(c,))).hits,
        "within": lambda c: view.within([c]).documents(),
        "answer": lambda c: view.answer("When was the Memorandum signed?", filters=Filters(collections=(c,))).refusal,
    }
    for name, call in calls.items():
        hidden, unknown = (told(lambda call=call, c=c: call(c)).replace(str(c), "N") for c in (secret, UNKNOWN))
        assert hidden == unknown, name
        assert not leaks(hidden), name
    assert told(lambda: view.collections.named(NAME)).replace(NAME, "X") == told(lambda: view.collections.named("X"))
    assert secret_of(kb) == secret  # nothing of what was tried was done
    seen = [info.collections for info in view.documents()]
    assert not any(secret in collections for collections in seen)
    with_both = view.search("memorandum", k=50, filters=Filters(collections=(both,))).hits
    assert {hit.document_id for hit in with_both} <= {info.id for info in view.documents()}
    assert not leaks(with_both)


def test_who_is_in_the_group_sees_the_collection_and_what_is_in_it(kb: KnowledgeBase) -> None:
    view = kb.seen_by(INSIDER)
    secret = view.collections.named(NAME)
    assert (secret.description, len(view.collections.documents(secret.id))) == (f"{SECRET} things", len(hidden_papers()))
    assert leaks(view.search("memorandum", filters=Filters(collections=(secret.id,))).hits)


def test_somebody_may_make_a_collection_of_the_name_of_one_they_do_not_see(kb: KnowledgeBase) -> None:
    editor = kb.seen_by(Reader("ed", "editor", frozenset({"water"})))
    made = editor.collections.make(NAME)
    assert editor.collections.list()[-2:] == (made, editor.collections.get(DEFAULT))
    assert editor.collections.named(NAME) == made
    with pytest.raises(CollectionError, match="several collections"):
        kb.collections.named(NAME)
    assert kb.collections.named(str(made.id)) == made


def test_an_empty_collection_is_its_makers_and_theirs_who_see_everything(kb: KnowledgeBase) -> None:
    made = kb.seen_by(Reader("ed", "editor", frozenset({GROUP}))).collections.make("New")
    for reader, sees in (
        (Reader("ed", "editor", frozenset({GROUP})), True),
        (Reader("asha", "admin"), True),
        (INSIDER, False),
        (OTHER, False),
    ):
        assert (made in kb.seen_by(reader).collections.list()) is sees
    nameless = kb.collections.make("By nobody")
    assert nameless not in kb.seen_by(Reader("", "viewer", frozenset())).collections.list()


def test_what_is_new_or_put_where_all_papers_are_in_groups_comes_into_them(kb: KnowledgeBase) -> None:
    secret = secret_of(kb)
    kb.ingest_documents([document("plan", "en", "report", (f"{SECRET} plan",))], collections=(secret,))
    plan = next(info for info in kb.documents() if info.source.endswith("plan"))
    assert (plan.groups, plan.collections) == ((GROUP,), (secret,))
    shown = kb.seen_by(VIEWER).documents()[0].id
    assert kb.collections.put([shown], [secret]) == (GROUP,)
    assert shown not in {info.id for info in kb.seen_by(VIEWER).documents()}
    both = kb.collections.named("Both").id
    other = kb.seen_by(VIEWER).documents()[0].id
    kb.put_in_groups(other, ("water",))
    assert kb.collections.put([other], [secret]) == (GROUP,)
    assert kb.document(other).groups == ("water",)  # never more people than before
    kb.put_in_groups(other, ())
    assert kb.collections.put([other], [both]) == ()


def test_who_removes_a_collection_leaves_in_it_what_they_do_not_see(kb: KnowledgeBase) -> None:
    both = kb.collections.named("Both").id
    view = kb.seen_by(Reader("ed", "editor", frozenset({"water"})))
    view.collections.remove(both)
    assert both not in {one.id for one in view.collections.list()}
    left = kb.collections.documents(both)
    assert len(left) == 1
    assert kb.document(left[0]).groups == (GROUP,)
    kb.collections.remove(both)
    assert "Both" not in {one.name for one in kb.collections.list()}
