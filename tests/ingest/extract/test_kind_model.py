"""The kind of a paper where no phrase says it: by how it begins and ends."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from eval.fit.documents.document_kinds import fitted, openings, row_of
from ingest.extract import document_kinds
from ingest.extract.document_kinds import LEAST, PIECES, by_phrases, find_kind, kind_features, likelier
from ingest.records import KINDS, Hints

LEASE = """\
This deed is made on the fourth day of June 2025 between the Harbour Board of Saltmere, called the Lessor, and the Rowing Club \
of Saltmere, called the Lessee. The Lessor lets to the Lessee the boat shed on the north quay for a term of seven years from \
1 July 2025. The Lessee shall pay a rent of 2,400 a year in two equal parts, keep the doors and the slip in good repair, and give \
up the shed clean at the end of the term. Neither side shall assign the lease without leave of the other given in writing. Either \
side may end it by six months' notice in writing. The Lessee shall insure the building against fire and show the receipt.

Signed by the parties hereto:

Lessor: H. Brandvold, Secretary of the Harbour Board
Lessee: T. Okkonen, President of the Club"""


def test_a_paper_of_which_no_phrase_says_what_it_is_is_told_by_how_it_begins_and_ends() -> None:
    assert by_phrases("DEED OF LEASE", LEASE, ()).value in ("other", "agreement")
    assert find_kind("DEED OF LEASE", f"DEED OF LEASE\n\n{LEASE}", (), Hints()).value == "agreement"


def test_what_a_file_declares_and_what_phrases_say_stand_before_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(title: str, text: str, said: str) -> str:
        raise AssertionError("the model was asked")

    monkeypatch.setattr("ingest.extract.document_kinds.likelier", never)
    assert find_kind("DEED OF LEASE", LEASE, (), Hints(kind="news")).value == "news"
    assert find_kind("Annual report of the library", LEASE, (), Hints()).value != "other"


def test_a_short_paper_and_one_that_may_be_anything_stay_what_the_phrases_say() -> None:
    assert likelier("Note", LEASE[: LEAST // 2], "other") == "other"
    assert likelier("x", "x " * LEAST, "other") == "other"


def test_without_weights_the_phrases_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_kinds, "_weights", lambda: None)
    assert likelier("DEED OF LEASE", LEASE, "other") == "other"


def test_features_are_of_one_length_and_do_not_see_digits() -> None:
    first, second = (
        kind_features("Order 12", "on 3 May", "signed 1999", "other"),
        kind_features("Order 47", "on 8 May", "signed 2024", "other"),
    )
    assert first.shape == (PIECES + len(KINDS),)
    assert np.array_equal(first, second)
    assert first[PIECES:].tolist() == [float(kind == "other") for kind in KINDS]
    assert kind_features("", "", "", "news")[:PIECES].sum() == 0


def test_the_weights_in_use_are_those_of_the_openings_of_this_project() -> None:
    stored = json.loads((resources.files("ingest.extract") / "kind_model.json").read_text(encoding="utf-8"))
    found = openings()
    assert stored["openings"]["n"] == len(found)
    assert {(one.language, one.kind) for one in found} == {(language, kind) for language in ("mr", "hi", "en", "ja") for kind in KINDS}
    assert all(len(stored["weights"][kind]) == PIECES + len(KINDS) for kind in KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["mr", "hi", "en", "ja"])
def test_a_model_that_knows_half_of_a_languages_openings_tells_the_others_better_than_the_phrases(language: str) -> None:
    found = openings()
    rows, labels = np.stack([row_of(one) for one in found]), np.array([KINDS.index(one.kind) for one in found])
    other = np.array([one.language == language and at % 2 == 1 for at, one in enumerate(found)])
    weights, bias = fitted(rows[~other], labels[~other].tolist())
    told = np.argmax(rows[other] @ weights.T + bias, axis=1)
    plain = [by_phrases(one.title, one.text, ()).value == one.kind for one, out in zip(found, other, strict=True) if out]
    assert (told == labels[other]).mean() > np.mean(plain)
