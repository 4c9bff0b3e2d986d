"""Papers are kept together in collections, which limit what is listed, searched and answered; the samples stand apart."""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kb import Filters, KnowledgeBase, UnknownDocumentError
from kb.auth.roles import Reader
from kb.document_records import DEFAULT
from kb.documents.sample_papers import held, remove, take_in, wanted
from kb.errors import AccessError, CollectionError
from kb.store.schema import SCHEMA_VERSION
from kb.store.user_data import collection_members
from tests.kb.make import base, papers
from tests.once import copied
from tests.support import PROJECT

MOC, BATMI = "moc", "batmi"
QUESTION = "How often does the Joint Committee meet?"


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home") as opened:
        opened.ingest_documents(papers())
        yield opened


def number(kb: KnowledgeBase, name: str) -> int:
    return next(info.id for info in kb.documents() if name in info.source)


def found(kb: KnowledgeBase, *chosen: int) -> set[int]:
    return {hit.document_id for hit in kb.search("committee", k=50, filters=Filters(collections=chosen)).hits}


def test_what_is_there_is_in_the_default_collection_until_it_is_put_elsewhere(kb: KnowledgeBase) -> None:
    everything = {info.id for info in kb.documents()}
    assert [one.role for one in kb.collections.list()] == ["default"]
    assert found(kb, DEFAULT) == set(kb.collections.documents(DEFAULT)) == everything
    water = kb.collections.make("Water  project", "Since 2023")
    assert (water.name, water.description) == ("Water project", "Since 2023")
    kb.collections.put([number(kb, MOC)], [water.id])
    assert found(kb, water.id) == {number(kb, MOC)}
    assert found(kb, DEFAULT) == everything - {number(kb, MOC)}
    assert found(kb, DEFAULT, water.id) == found(kb) == everything
    assert kb.document(number(kb, MOC)).collections == (water.id,)


def test_a_paper_may_be_in_several_collections_and_a_move_takes_it_out_of_the_others(kb: KnowledgeBase) -> None:
    moc = number(kb, MOC)
    one, two = kb.collections.make("One").id, kb.collections.make("Two").id
    kb.collections.put([moc], [one])
    kb.collections.put([moc], [two], also=True)
    assert kb.document(moc).collections == (one, two)
    kb.collections.put([moc], [two])
    assert kb.document(moc).collections == (two,)
    kb.collections.put([moc], [DEFAULT])
    assert kb.document(moc).collections == ()


def test_a_collection_that_is_removed_leaves_its_papers_in_the_default_one(kb: KnowledgeBase) -> None:
    moc = number(kb, MOC)
    made = kb.collections.make("Pact")
    kb.collections.put([moc], [made.id])
    kb.collections.remove(made.id)
    assert kb.document(moc).collections == ()
    assert moc in found(kb, DEFAULT)
    assert found(kb, made.id) == set()
    for call in (kb.collections.get, kb.collections.remove, kb.collections.rename):
        with pytest.raises(CollectionError, match="There is no collection"):
            call(made.id)
    with pytest.raises(CollectionError, match="cannot be removed"):
        kb.collections.remove(DEFAULT)


def test_a_collection_is_found_by_name_or_number_and_a_name_is_taken_once(kb: KnowledgeBase) -> None:
    made = kb.collections.make("Thane–MLIT")
    assert kb.collections.named("thane–mlit") == kb.collections.named(str(made.id)) == made
    assert kb.collections.named("default").id == DEFAULT
    for name in ("THANE–MLIT", "default", " ", "x" * 121):
        with pytest.raises(CollectionError):
            kb.collections.make(name)
    renamed = kb.collections.rename(made.id, description="Floods")
    assert (renamed.name, renamed.description) == ("Thane–MLIT", "Floods")
    assert kb.collections.rename(made.id, "Thane").description == "Floods"
    with pytest.raises(CollectionError, match="There is no collection"):
        kb.collections.named("Thane–MLIT")


def test_the_default_collection_that_is_renamed_becomes_one_with_its_papers(kb: KnowledgeBase) -> None:
    everything = {info.id for info in kb.documents()}
    made = kb.collections.rename(DEFAULT, "Thane", "What we had")
    assert set(kb.collections.documents(made.id)) == everything
    assert kb.collections.documents(DEFAULT) == ()


def test_nothing_is_moved_where_one_of_the_papers_or_collections_is_none(kb: KnowledgeBase) -> None:
    made, moc = kb.collections.make("One"), number(kb, MOC)
    with pytest.raises(UnknownDocumentError, match="no document 4711"):
        kb.collections.put([moc, 4711], [made.id])
    with pytest.raises(CollectionError, match="no collection 4711"):
        kb.collections.put([moc], [made.id, 4711])
    assert kb.document(moc).collections == ()


def test_answers_lists_and_searches_of_a_view_are_of_its_collections(kb: KnowledgeBase) -> None:
    moc = number(kb, MOC)
    pact = kb.collections.make("Pact").id
    kb.collections.put([moc], [pact])
    view = kb.within([pact])
    assert [info.id for info in view.documents()] == [moc]
    assert {hit.document_id for hit in view.search("committee", k=50).hits} == {moc}
    answered = view.answer(QUESTION)
    assert {c.document_id for s in answered.statements for c in s.citations} == {moc}
    assert kb.within([DEFAULT]).answer(QUESTION).refusal is not None
    assert kb.answer(QUESTION, filters=Filters(collections=(DEFAULT,))).refusal is not None
    assert kb.within([DEFAULT]).document(moc).id == moc  # an old citation still opens


def test_a_question_about_all_papers_names_none_of_another_collection(kb: KnowledgeBase) -> None:
    moc = kb.document(number(kb, MOC))
    made = kb.collections.make("Pact")
    kb.collections.put([moc.id], [made.id])
    asked = ("Which papers are there?", "Summarise all papers.", "List the agreements.", "Which deadlines are there?")
    for question in asked:
        told = kb.answer(question, filters=Filters(collections=(DEFAULT,)))
        assert moc.title not in repr((told.statements, told.blocks, told.refusal)), question
    assert moc.title in repr(kb.answer(asked[0], filters=Filters(collections=(made.id,))))


def test_only_an_editor_changes_collections(kb: KnowledgeBase) -> None:
    view = kb.seen_by(Reader("tara", "trainer")).collections
    made = kb.collections.make("Pact")
    for call in (
        lambda: view.make("Other"), lambda: view.rename(made.id, "Other"), lambda: view.remove(made.id),
        lambda: view.put([], [made.id]), view.samples,
    ):  # fmt: skip
        with pytest.raises(AccessError, match="takes the role editor, and yours is trainer"):
            call()
    assert view.list() == kb.collections.list()


def test_what_was_done_to_collections_stands_in_the_audit_log(kb: KnowledgeBase) -> None:
    made, moc = kb.collections.make("Pact"), kb.document(number(kb, MOC))
    kb.collections.put([moc.id], [made.id])
    kb.collections.remove(made.id)
    told = [entry.about for entry in kb.audit.list(action="collections_changed")]
    assert told == ["Pact: removed", f"#{moc.id} {moc.title}: Pact", "Pact: made"]


def test_files_that_are_taken_in_come_into_the_collection_also_known_ones_and_copies(tmp_path: Path) -> None:
    for name, text in (("one", "The lantern bridge is closed."), ("two", "The ferry runs daily."), ("copy", "The ferry runs daily.")):
        (tmp_path / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    one, two, copy = (tmp_path / f"{name}.txt" for name in ("one", "two", "copy"))
    with base(tmp_path / "home") as kb:
        kb.ingest([two])
        pact, other = kb.collections.make("Pact").id, kb.collections.make("Other").id
        summary = kb.ingest([one, copy], collections=[pact])
        assert (len(summary.added), len(summary.unchanged)) == (1, 1)
        assert set(kb.collections.documents(pact)) == {number(kb, "one"), number(kb, "two")}
        kb.ingest([two], collections=[other])
        assert kb.document(number(kb, "two")).collections == (pact, other)
        two.write_text("The ferry runs weekly.\n", encoding="utf-8")
        kb.ingest([two])
        assert kb.document(number(kb, "two")).version == 2
        assert kb.document(number(kb, "two")).collections == (pact, other)
        with pytest.raises(CollectionError):
            kb.ingest([one], collections=[4711])
        kb.delete(number(kb, "one"))
        assert kb.collections.documents(pact) == (number(kb, "two"),)
        assert kb.verify() == ()


def test_a_file_that_cannot_be_read_is_in_the_collection_too(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    with base(tmp_path / "home") as kb:
        pact = kb.collections.make("Pact").id
        kb.ingest([tmp_path / "broken.pdf"], collections=[pact])
        assert [(info.state, info.collections) for info in kb.documents()] == [("rejected", (pact,))]


def test_what_is_new_in_an_archive_comes_into_the_collections_of_all_else_in_it(tmp_path: Path) -> None:
    archive = tmp_path / "papers.zip"

    def packed(*names: str) -> None:
        with zipfile.ZipFile(archive, "w") as made:
            for name in names:
                made.writestr(f"{name}.txt", f"The {name} is opened in May.\n")

    with base(tmp_path / "home") as kb:
        packed("lock", "quay")
        kb.ingest([archive], collections=[kb.collections.make("Harbour").id])
        packed("lock", "quay", "pier")
        kb.ingest([archive])
        assert {info.collections for info in kb.documents()} == {(1,)}
        assert len(kb.documents()) == 3


# The samples


def with_samples(kb: KnowledgeBase) -> set[int]:
    take_in(kb, [PROJECT / "samples" / "documents" / name for name in ("lahargad-ledger.html", "sagartat-samachar.txt")])
    return set(held(kb))


def test_samples_alone_are_all_papers_and_beside_others_they_are_asked_only_when_chosen(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        assert wanted(kb)
        invented = with_samples(kb)
        assert len(invented) == 2
        assert {info.id for info in kb.within(()).documents()} == invented == found(kb)
        kb.ingest_documents(papers())
        others = {info.id for info in kb.documents()} - invented
        assert {info.id for info in kb.within(()).documents()} == others
        assert not found(kb) & invented
        assert not {hit.document_id for hit in kb.within(()).search("river sensors", k=50).hits} & invented
        (apart,) = (one.id for one in kb.collections.list() if one.role == "samples")
        assert found(kb, apart) == invented
        assert {hit.document_id for hit in kb.search("river", filters=Filters(documents=(min(invented),))).hits} == {min(invented)}
        titles = [info.title for info in kb.documents() if info.id in invented]
        told = repr([kb.answer(q) for q in ("Which papers are there?", "When do the river sensors go live?")])
        assert not [title for title in titles if title in told]


def test_samples_go_at_once_and_do_not_come_back_by_themselves(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        invented = with_samples(kb)
        own = kb.collections.make("Own").id
        kb.collections.put([max(invented)], [own], also=True)
        assert remove(kb) == 1
        assert [info.id for info in kb.documents()] == [max(invented)]
        assert kb.document(max(invented)).collections == (own,)
        assert [one.role for one in kb.collections.list()] == ["", "default"]
        kb.delete(max(invented))
        assert not wanted(kb)
        assert remove(kb) == 0
        assert with_samples(kb)


def test_every_sample_paper_is_known_by_its_content() -> None:
    files = [file for file in (PROJECT / "samples" / "documents").iterdir() if file.is_file()]
    assert {
        hashlib.sha256(file.read_bytes()).hexdigest(): file.name for file in files
    }.items() <= collection_members.known_samples().items()


def test_a_home_of_layout_7_keeps_its_papers_in_the_default_collection_and_its_samples_apart(tmp_path: Path) -> None:
    with base(tmp_path / "old") as kb:
        kb.ingest_documents(papers())
        kb.ingest([PROJECT / "samples" / "documents" / "lahargad-ledger.html"])
        (tmp_path / "samples" / "documents").mkdir(parents=True)
        edited = tmp_path / "samples" / "documents" / "sagartat-samachar.txt"
        edited.write_text("The quay of Sagartat is repaired.\n", encoding="utf-8")
        kb.ingest([edited])
    home = copied(tmp_path / "old", tmp_path / "home")
    conn = sqlite3.connect(home / "catalogue.sqlite")
    for table in ("document_collections", "collections"):
        conn.execute(f"DROP TABLE {table}")
    conn.execute("ALTER TABLE documents DROP COLUMN reject_kind")
    conn.execute("UPDATE meta SET value = '7' WHERE key = 'schema'")
    conn.commit()
    conn.close()
    with base(home) as kb:
        assert kb._catalogue.setting("schema") == SCHEMA_VERSION
        assert set(held(kb)) == {number(kb, "lahargad-ledger"), number(kb, "sagartat-samachar")}
        assert {info.id for info in kb.within(()).documents()} == {info.id for info in kb.documents()} - set(held(kb))
        assert kb.verify() == ()
        with kb._catalogue.read() as reading:
            assert reading.scalar(select(collection_members.collections.c.role)) == "samples"
