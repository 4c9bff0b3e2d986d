"""A paper that another one supersedes is named as such, and only where nothing else can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.records import Document, Form, Found, FoundFacts, Kind, Relation, RelationKind
from kb import KnowledgeBase
from kb.records import FactView
from lang.languages import Language
from lang.values.calendars import When
from tests.kb.make import base, document

PARTIES = ("Port of Ottermouth", "Ministry of Tides")
TITLE = "Memorandum of Cooperation on Tide Gauges"


def _paper(
    name: str,
    title: str,
    day: date | None,
    *,
    says: tuple[RelationKind, str, When | None] | None = None,
    parties: tuple[str, ...] = PARTIES,
    kind: Kind = "agreement",
    language: Language = "en",
    form: tuple[Form, str] | None = None,
) -> Document:
    text = f"It stands in place of {says[1]}." if says else "It says nothing of another."
    made = document(name, language, kind, (title, text), day)
    start = made.text.find(says[1], len(title)) if says else -1
    relations = (Found(Relation(*says), says[1], start, start + len(says[1])),) if says else ()
    found = FoundFacts(relations=relations, form=Found(*form) if form else None)
    return replace(made, facts=replace(made.facts, title=title, parties=parties, found=found))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """One base for all: every test puts in its own papers and takes them out again."""
    with base(tmp_path_factory.mktemp("relations")) as made:
        yield made


@pytest.fixture(autouse=True)
def _emptied(opened: KnowledgeBase) -> Iterator[None]:
    yield
    for info in opened.documents():
        opened.delete(info.id)


def _id(opened: KnowledgeBase, name: str) -> int:
    return next(d.id for d in opened.documents() if d.source == f"test:{name}")


def _facts(opened: KnowledgeBase, name: str, *fields: str) -> list[FactView]:
    return [f for f in opened.fact_views(_id(opened, name)) if f.field in fields]


def _superseding(opened: KnowledgeBase, name: str) -> list[str]:
    return [f.value for f in _facts(opened, name, "superseded_by", "amended_by")]


def test_a_superseded_paper_names_the_one_that_supersedes_it_and_where_that_says_so(opened: KnowledgeBase) -> None:
    newer = _paper("new", "Memorandum on Floods", date(2026, 4, 8), says=("supersedes", "the Memorandum of Cooperation", When(2021, 3, 5)))
    opened.ingest_documents([_paper("old", TITLE, date(2021, 3, 5)), newer])
    (by,) = _facts(opened, "old", "superseded_by")
    assert (by.value, by.document_id, by.origin) == ("Memorandum on Floods", _id(opened, "new"), "document")
    assert (by.text, by.page_label, by.path) == ("the Memorandum of Cooperation", "i", ("Article 2",))
    (relation,) = _facts(opened, "new", "relations")
    assert (relation.value, relation.document_id) == ("supersedes: the Memorandum of Cooperation | 2021-03-05", _id(opened, "old"))
    assert not _superseding(opened, "new")


def test_an_amended_paper_is_not_called_superseded(opened: KnowledgeBase) -> None:
    amending = _paper("protocol", "Protocol", date(2022, 1, 1), says=("amends", "Memorandum of Cooperation", When(2021, 3, 5)))
    opened.ingest_documents([_paper("old", TITLE, date(2021, 3, 5)), amending])
    assert [f.field for f in _facts(opened, "old", "superseded_by", "amended_by")] == ["amended_by"]


def test_a_paper_that_another_rests_on_is_named_there_and_not_called_superseded(opened: KnowledgeBase) -> None:
    resting = _paper("new", "Pact", date(2026, 4, 8), says=("based_on", "Letter of Intent", When(2021, 3, 5)))
    opened.ingest_documents([_paper("old", "Letter of Intent on Tides", date(2021, 3, 5)), resting])
    assert not _superseding(opened, "old")
    assert _facts(opened, "new", "relations")[0].document_id == _id(opened, "old")


@pytest.mark.parametrize(
    ("named", "dated"),
    [
        ("Memorandum of Cooperation", When(2021, 3, 6)),
        ("Circular", When(2021, 3, 5)),
        ("Memorandum of Cooperation", None),
        ("Memorandum of Cooperation", When(1943, 3, 5, "saka")),
        (TITLE, When(2020)),
    ],
    ids=["another day", "another title", "no day and half a title", "a calendar that is not converted", "another year"],
)
def test_a_paper_is_not_taken_for_another_one(opened: KnowledgeBase, named: str, dated: When | None) -> None:
    opened.ingest_documents([_paper("old", TITLE, date(2021, 3, 5)), _paper("new", "Pact", None, says=("supersedes", named, dated))])
    assert not _superseding(opened, "old")
    assert _facts(opened, "new", "relations")[0].document_id is None


@pytest.mark.parametrize("dated", [None, When(2021), When(2021, 3), When(2021, 3, 5)], ids=str)
def test_a_whole_title_names_a_paper_with_or_without_its_date(opened: KnowledgeBase, dated: When | None) -> None:
    opened.ingest_documents([_paper("old", TITLE, date(2021, 3, 5)), _paper("new", "Pact", None, says=("supersedes", TITLE, dated))])
    assert _superseding(opened, "old") == ["Pact"]


def test_of_two_papers_of_one_day_the_one_of_the_same_parties_is_meant_and_else_none(opened: KnowledgeBase) -> None:
    says: tuple[RelationKind, str, When | None] = ("supersedes", "Memorandum of Cooperation", When(2021, 3, 5))
    others = ("City of Gullhaven", "Harbour Board")
    opened.ingest_documents(
        [
            _paper("ours", TITLE, date(2021, 3, 5)),
            _paper("theirs", "Memorandum of Cooperation on Ferries", date(2021, 3, 5), parties=others),
            _paper("new", "Pact", date(2026, 4, 8), says=says),
            _paper("stranger", "Accord", date(2026, 4, 8), says=says, parties=("Lake Office",)),
        ]
    )
    assert (_superseding(opened, "ours"), _superseding(opened, "theirs")) == (["Pact"], [])
    assert _facts(opened, "stranger", "relations")[0].document_id is None


def test_an_order_is_named_by_what_it_calls_itself(opened: KnowledgeBase) -> None:
    order: tuple[Form, str] = ("government_resolution", "शासन निर्णय")
    says: tuple[RelationKind, str, When | None] = ("supersedes", "शासन निर्णय", When(2019, 6, 14))
    opened.ingest_documents(
        [
            _paper("old", "पूर नियंत्रण कक्ष स्थापन करणेबाबत", date(2019, 6, 14), kind="other", language="mr", form=order, parties=()),
            _paper("new", "जिल्हास्तरीय समिती", date(2026, 4, 7), says=says, kind="other", language="mr", form=order, parties=()),
        ]
    )
    assert _superseding(opened, "old") == ["जिल्हास्तरीय समिती"]


def test_a_later_paper_is_not_superseded_by_an_earlier_one(opened: KnowledgeBase) -> None:
    says: tuple[RelationKind, str, When | None] = ("supersedes", TITLE, None)
    opened.ingest_documents([_paper("late", TITLE, date(2026, 4, 8)), _paper("early", "Pact", date(2021, 3, 5), says=says)])
    assert not _superseding(opened, "late")


def test_a_corrected_relation_counts_and_a_withdrawn_paper_supersedes_nothing(opened: KnowledgeBase) -> None:
    opened.ingest_documents([_paper("old", TITLE, date(2021, 3, 5)), _paper("new", "Pact", date(2026, 4, 8))])
    new = _id(opened, "new")
    opened.correct(new, "relations", "supersedes: Memorandum of Cooperation | 2021-03-05; based on: Letter of Intent")
    assert _superseding(opened, "old") == ["Pact"]
    shown = _facts(opened, "new", "relations")
    assert [(f.value, f.document_id) for f in shown] == [
        ("supersedes: Memorandum of Cooperation | 2021-03-05", _id(opened, "old")),
        ("based on: Letter of Intent", None),
    ]
    opened.correct(new, "relations", "none")
    assert not _superseding(opened, "old")
    opened.correct(new, "relations", "amends: Memorandum of Cooperation | 2021-03-05")
    assert _superseding(opened, "old") == ["Pact"]
    opened._publisher.withdraw(new, "gone", "put it back")
    assert not _superseding(opened, "old")


def test_the_letter_that_the_sample_memorandum_rests_on_is_shown_with_its_page(tmp_path: Path) -> None:
    from ingest.pipeline import read_documents
    from tests.support import PROJECT

    papers = [d for d in read_documents([PROJECT / "samples" / "documents" / "memorandum-of-cooperation.pdf"]) if isinstance(d, Document)]
    with base(tmp_path) as made:
        made.ingest_documents(papers)
        (relation,) = [f for f in made.fact_views(made.documents()[0].id) if f.field == "relations"]
    assert relation.value == "based on: Letter of Intent | 2024-09-09"
    assert relation.document_id is None
    assert relation.page_label


def test_a_citation_of_a_superseded_paper_names_the_one_that_took_its_place(opened: KnowledgeBase) -> None:
    newer = _paper("new", "Memorandum on Floods", date(2026, 4, 8), says=("supersedes", "the Memorandum of Cooperation", When(2021, 3, 5)))
    opened.ingest_documents([_paper("old", TITLE, date(2021, 3, 5)), newer])
    answer = opened.answer("What does the Memorandum of Cooperation on Tide Gauges say of another?")
    by = {c.document: c.superseded_by for s in answer.statements for c in s.citations}
    assert TITLE in by, (answer.skill, answer.grade, answer.refusal, by)
    replaced = by[TITLE]
    assert replaced is not None
    assert (replaced.document_id, replaced.document, replaced.relation) == (_id(opened, "new"), "Memorandum on Floods", "supersedes")
    assert opened.replaced(_id(opened, "new")) is None
