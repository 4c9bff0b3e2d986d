"""Who signs papers of every kind, as their last lines say; none of these papers was used to fit the tagger."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.extract.fitted_models import Span
from ingest.extract.signature_block import signers
from ingest.pipeline import read_documents
from ingest.records import Document, Signatory

BODY = {
    "en": "CIRCULAR\nSubject: Opening hours of the reading room\nThe reading room opens at eight from Monday on.\n",
    "mr": "परिपत्रक\nविषय : वाचनालयाच्या वेळा\nसोमवारपासून वाचनालय सकाळी आठ वाजता उघडेल.\n",
    "hi": "परिपत्र\nविषय: वाचनालय का समय\nसोमवार से वाचनालय सुबह आठ बजे खुलेगा।\n",
    "ja": "通知\n件名 閲覧室の開室時間について\n月曜日から閲覧室を午前8時に開室します。\n",
}


def read(folder: Path, text: str) -> tuple[Signatory, ...]:
    file = folder / "paper.txt"
    file.write_text(text, encoding="utf-8")
    (document,) = read_documents([file])
    assert isinstance(document, Document)
    return tuple(one.value for one in document.facts.found.signatories)


@pytest.mark.parametrize(
    ("language", "end", "name", "office"),
    [
        ("en", "Sd/-\n(Meenal R. Karkhanis)\nChief Librarian", "Meenal R. Karkhanis", "Librarian"),
        ("mr", "सही/-\n(मीनल रा. कारखानीस)\nमुख्य ग्रंथपाल", "मीनल रा. कारखानीस", "ग्रंथपाल"),
        ("hi", "हस्ता/-\n(मीनल कारखानीस)\nमुख्य पुस्तकालयाध्यक्ष", "मीनल कारखानीस", "पुस्तकालयाध्यक्ष"),
    ],
)
def test_a_circular_is_signed_by_the_name_at_its_end(tmp_path: Path, language: str, end: str, name: str, office: str) -> None:
    (signer,) = read(tmp_path, BODY[language] + end + "\n")
    assert name in signer.name
    assert office in (signer.office or "")


def test_whom_it_is_copied_to_signs_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, BODY["en"] + "Copy to:\n1. The Deputy Director of Education\n2. Mr. Anil Sonar, Caretaker\n") == ()


def test_two_columns_row_by_row_are_paired_by_rank() -> None:
    def span(label: str, cell: int) -> Span:
        return Span(label, cell * 10, cell * 10 + 5, 0.9, cell)

    columns = [span("party", 0), span("party", 1), span("name", 2), span("name", 3), span("office", 4), span("office", 5)]
    paired = [(one.name.cell, one.office and one.office.cell, one.party and one.party.cell) for one in signers(columns)]
    assert paired == [(2, 4, 0), (3, 5, 1)]
    below = [span("office", 0), span("name", 1), span("office", 2), span("name", 3)]
    assert [(one.name.cell, one.office and one.office.cell) for one in signers(below)] == [(1, 0), (3, 2)]
