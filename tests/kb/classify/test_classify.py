"""What the lines of a paper say, told by models over their vectors: added where reading found nothing, and only for their own embedder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import read_documents
from ingest.records import Document
from kb import KnowledgeBase, Settings
from kb.agreements.card_records import Duty
from kb.agreements.cards import make_card
from kb.agreements.extraction.obligation_extraction import Line as Told
from kb.agreements.extraction.obligation_extraction import with_told
from kb.classify.document_classifier import classified
from kb.classify.document_lines import lines_of
from kb.classify.linear_model import Model, stored
from kb.embed.embedder import Embedder, open_embedder

LEASE = """AGREEMENT FOR THE USE OF THE OLD BOATHOUSE

This Agreement is made at Otterford on the fourth day of March two thousand and twenty-five BETWEEN
Otterford Town Council (hereinafter "the Council") AND Riverside Rowing Club (hereinafter "the Club").

1. The Agreement runs for four years and six months from the day of signing.

2. The Club pays the Council 900 pounds a year in four parts.

3. Repairs to the roof are carried out by the Council at its own cost. The boathouse stands on the west bank.

4. Either side can walk away from this Agreement after telling the other in writing ninety days beforehand.

In witness whereof the parties have signed this Agreement in two copies.
"""


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(Settings())


@pytest.fixture(scope="module")
def lease(tmp_path_factory: pytest.TempPathFactory) -> Document:
    file = tmp_path_factory.mktemp("lease") / "lease.txt"
    file.write_text(LEASE, encoding="utf-8")
    (found,) = read_documents([file])
    assert isinstance(found, Document)
    return found


def test_lines_are_sentences_with_their_numbers(lease: Document) -> None:
    lines = lines_of(lease.blocks, "en")
    assert all(lease.text[line.start : line.end].split() == line.text.split() for line in lines if not line.row)
    assert any(line.text.endswith("Repairs to the roof are carried out by the Council at its own cost.") for line in lines)
    assert "The boathouse stands on the west bank." in [line.text for line in lines]


def test_duties_without_a_word_of_duty_are_told(lease: Document, embedder: Embedder) -> None:
    told = classified(lease, embedder).facts.found.duties
    assert all(one.text == lease.text[one.start : one.end] for one in told)
    said = " ".join(one.text for one in told)
    assert "The Club pays the Council 900 pounds" in said
    assert "stands on the west bank" not in said


def test_a_fact_that_reading_missed_is_added_and_others_stay(lease: Document, embedder: Embedder) -> None:
    before, after = lease.facts.found, classified(lease, embedder).facts.found
    assert after.signed == before.signed
    assert after.notice is not None
    assert str(after.notice.value.period) == "90 days"
    assert after.term is not None
    assert str(after.term.value) == "54 months"


def test_another_embedder_is_told_nothing(lease: Document) -> None:
    assert stored("duty", "another model") is None

    class Other:
        name = "another model"

    assert classified(lease, Other()) is lease  # type: ignore[arg-type]


def test_the_card_of_a_stored_paper_holds_what_was_told(tmp_path: Path) -> None:
    file = tmp_path / "lease.txt"
    file.write_text(LEASE, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([file])
        (paper,) = kb.documents()
        card = make_card(kb, paper.id, any_kind=True)
    owed = [one.citation.quote for one in card.obligations if one.citation is not None and one.force != "may"]
    assert any("The Club pays the Council 900 pounds" in quote for quote in owed)
    assert all(quote in " ".join(LEASE.split()) or quote in LEASE for quote in owed)


def test_a_model_of_two_classes_and_of_more() -> None:
    two = Model(("none", "duty"), np.array([[2.0]]), np.array([0.0]), np.zeros(1))
    assert two.chances(np.array([[0.0], [10.0]]))[:, 1] == pytest.approx([0.5, 1.0], abs=1e-6)
    three = Model(("none", "term", "notice"), np.eye(3), np.zeros(3), np.zeros(1))
    assert three.chances(np.eye(3)).argmax(axis=1).tolist() == [0, 1, 2]


def test_what_readers_found_stays_as_they_read_it(lease: Document) -> None:
    start = lease.text.index("Repairs to")
    read = Duty("Council", "carry out repairs", "shall", start, start + 40)
    rest = lease.text.index("The Club pays")
    told = [Told("Club", start, start + 40), Told("Club", rest, lease.text.index("\n", rest))]
    found = with_told([read], told, lease.text, lease.blocks, [], agreed=True)
    assert [(one.actor, one.force) for one in found] == [("Club", "shall"), ("Council", "shall")]
    assert with_told([read], told, lease.text, lease.blocks, [(rest, rest + 5)], agreed=True) == (read,)
    assert with_told([read], [], lease.text, lease.blocks, [], agreed=True) == (read,)
