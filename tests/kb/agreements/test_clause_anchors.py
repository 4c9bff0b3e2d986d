"""A clause that was read otherwise than before: which one is surely the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from kb.agreements.card_records import Duty, Obligation
from kb.agreements.clause_anchors import anchor_of, placed
from kb.records import Citation
from kb.user_records import Anchor, Handling, Kept

NORTH = "The Port shall mend the long wall of the north harbour before the winter storms."
SOUTH = "The Port shall mend the long wall of the south harbour before the winter storms."


def owed(
    quote: str, version: int = 2, start: int = 100, *, actor: str = "Port", ocr: float | None = None, force: str = "shall"
) -> Obligation:
    cited = Citation(
        1, "Paper", "paper.txt", version, "agreement", None, 1, "1", ("Article 1",), start, start + len(quote), "en", quote, "verified",
        ocr=ocr,
    )  # fmt: skip
    return Obligation(f"obligation-{start}", actor, "mend", force, None, None, cited)  # type: ignore[arg-type]


def kept(anchor: Anchor, number: int = 1) -> Kept:
    return Kept(number, 1, anchor, Handling("done", at=datetime(2026, 1, number)))


def where(one: Obligation, now: Sequence[Obligation], before: Sequence[str] | None = ()) -> str | None:
    """The words of the clause at which what was set for ``one`` is found."""
    duties = None if before is None else [Duty("", text, "shall", 500 + 200 * at, 600 + 200 * at) for at, text in enumerate(before)]
    found = placed([kept(anchor_of(one, [one]))], now, lambda _version: duties)
    assert len(found.by_key) + len(found.lost) == 1
    return next((o.citation.quote for o in now if o.key in found.by_key), None)


def test_a_scanned_clause_that_is_spelled_otherwise_is_the_same() -> None:
    smudged = NORTH.replace("north", "nortli").replace("winter", "wlnter")
    assert where(owed(NORTH, 1, ocr=0.8), [owed(smudged, ocr=0.7)]) == smudged
    assert where(owed(NORTH, 1), [owed(smudged, ocr=0.7)]) == smudged
    assert where(owed(NORTH, 1), [owed(smudged)]) is None  # text that was not scanned is not misread


def test_of_two_scanned_clauses_alike_the_other_one_is_not_taken() -> None:
    smudged = SOUTH.replace("storms", "stoms")
    assert where(owed(NORTH, 1, ocr=0.8), [owed(smudged, ocr=0.8)], [SOUTH]) is None
    assert where(owed(NORTH, 1, ocr=0.8), [owed(smudged, ocr=0.8)], None) is None
    both = [owed(NORTH.replace("wall", "wal"), ocr=0.8), owed(smudged, start=400, ocr=0.8)]
    assert where(owed(NORTH, 1, ocr=0.8), both, [SOUTH]) == both[0].citation.quote


@pytest.mark.parametrize(
    "changed",
    [
        owed(f"{NORTH} It pays 500.", ocr=0.8),
        owed(NORTH.replace("the", "tho"), ocr=0.8, force="must_not"),
    ],
    ids=["another figure", "another force"],
)
def test_a_scanned_clause_of_other_figures_or_force_is_another(changed: Obligation) -> None:
    assert where(owed(NORTH, 1, ocr=0.8), [changed]) is None


def test_a_clause_that_is_cut_otherwise_is_the_same_where_party_and_force_are() -> None:
    longer = f"{NORTH[:-1]}, and keep it so."
    assert where(owed(NORTH, 1), [owed(longer)]) == longer
    assert where(owed(longer, 1), [owed(NORTH)]) == NORTH
    assert where(owed(NORTH, 1), [owed(longer, actor="Ministry")]) is None
    assert where(owed(NORTH, 1), [owed(f"{NORTH[:-1]} of 2031.")]) is None
    assert where(owed("The Port pays.", 1), [owed(f"{NORTH} The Port pays. {SOUTH}")]) is None  # a small part says little


def test_within_a_version_the_place_decides() -> None:
    assert where(owed(NORTH, 2, 100), [owed(NORTH, 2, 100), owed(NORTH, 2, 400)]) == NORTH
    wider = f"{NORTH} It does so with care."
    assert where(owed(NORTH, 2, 100), [owed(wider, 2, 98), owed(SOUTH, 2, 400)]) == wider
    assert where(owed(NORTH, 2, 100), [owed(NORTH, 2, 400)]) is None
    two = [owed(NORTH, 2, 100, actor="Ministry"), owed(NORTH, 2, 100)]
    found = placed([kept(anchor_of(two[1], two))], two, lambda _version: None)
    assert len(found.by_key) == 1


def test_of_two_settings_for_one_clause_the_later_holds_and_the_other_is_told() -> None:
    one = owed(NORTH)
    old, new = kept(anchor_of(one, [one]), 1), kept(anchor_of(one, [one]), 2)
    found = placed([new, old], [one], lambda _version: None)
    assert found.by_key[one.key] is new
    assert found.lost == (old,)
