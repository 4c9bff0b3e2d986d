"""What kind a paper is where no words say so: told by how it begins and ends, and then read for the facts of that kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.extract.document_kinds import by_phrases
from ingest.pipeline import read_documents
from ingest.records import Document, Kind
from kb import KnowledgeBase, Settings
from kb.classify.document_classifier import settled
from kb.embed.embedder import Embedder, open_embedder

LEASE = """LEASE OF THE UPPER FLOOR, LANTERN COURT

Dated the ninth of June 2025

The Guild of Basket Weavers of Otterford (the landlord) lets, and Marrow Lane Bakery Ltd (the tenant) takes, the upper floor of Lantern
Court with its stair and yard.

1. The letting runs for three years from 1 July 2025.

2. The tenant pays 700 pounds on the first day of each month and keeps the floor in repair.

3. The landlord insures the building and repairs the roof.

4. Either of them can end the letting by telling the other in writing three months before.

Signed for the landlord: Agnes Thorne, Warden          Signed for the tenant: Peter Marrow, Director
"""
NEWS = """पुलावरील दिवे पुन्हा लागले; नागरिकांना दिलासा

भैरवगाव, ता. ४ : गेल्या तीन आठवड्यांपासून बंद असलेले नदीवरील पुलाचे दिवे शुक्रवारी सायंकाळी पुन्हा लागले. पुलावरून रोज ये-जा करणाऱ्या विद्यार्थी व कामगारांनी
याबद्दल समाधान व्यक्त केले. वीजवाहिनीत बिघाड झाल्याने दिवे बंद होते, असे अभियंता सुनील भोईर म्हणाले. दुरुस्तीसाठी बारा दिवस लागले. पुढील महिन्यात जुने खांबही बदलले
जाणार असून त्यासाठी चार लाख रुपयांची तरतूद झाली आहे. दरम्यान, पुलाच्या दुसऱ्या टोकाचे दिवे अजूनही बंदच असल्याची तक्रार रहिवाशांनी केली.
"""


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(Settings())


def _read(folder: Path, text: str, kind: Kind | None = None) -> Document:
    file = folder / "paper.txt"
    file.write_text(text, encoding="utf-8")
    (found,) = read_documents([file], kind=kind)
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize(("text", "kind"), [(LEASE, "agreement"), (NEWS, "news")])
def test_a_paper_of_which_no_words_tell_the_kind_is_told(tmp_path: Path, embedder: Embedder, text: str, kind: Kind) -> None:
    read = _read(tmp_path, text)
    assert by_phrases(read.facts.title, read.text, read.blocks).value == "other"
    told = settled(read, embedder)
    assert told.facts.kind == kind
    assert told.facts.found.kind is not None
    assert told.facts.found.kind.confidence == "likely"
    assert told.facts.title == read.facts.title


def test_what_is_taken_for_an_agreement_is_read_for_its_facts(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "lease.txt").write_text(LEASE, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([tmp_path / "papers"])
        (paper,) = kb.documents()
        found = kb.facts(paper.id)["found"]
    assert paper.kind == "agreement"
    assert len(found["parties"]) == 2
    assert {one["value"]["name"] for one in found["signatories"]} == {"Agnes Thorne", "Peter Marrow"}


def test_a_fact_on_a_word_that_may_be_misread_is_not_sure(tmp_path: Path, embedder: Embedder) -> None:
    read = _read(tmp_path, LEASE)
    at = read.text.index("Agnes Thorne")
    scanned = replace(read, pages=(replace(read.pages[0], doubtful=((at, at + 12),)),))
    sure = {one.value.name: one.confidence for one in settled(scanned, embedder).facts.found.signatories}
    assert sure["Agnes Thorne"] == "likely"


def test_a_kind_that_a_person_gives_stays(tmp_path: Path, embedder: Embedder) -> None:
    assert settled(_read(tmp_path, LEASE, "report"), embedder).facts.kind == "report"


def test_another_embedder_tells_no_kind(tmp_path: Path) -> None:
    class Other:
        name = "another model"

    read = _read(tmp_path, LEASE)
    assert settled(read, Other()) is read  # type: ignore[arg-type]


def test_a_paper_too_short_to_tell_stays_as_it_is(tmp_path: Path, embedder: Embedder) -> None:
    read = _read(tmp_path, LEASE[:300])
    assert settled(read, embedder) is read
