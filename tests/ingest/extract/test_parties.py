"""Who an agreement is between, where no formula says so: names cut from their addresses, and the likeliest of those that overlap."""

from __future__ import annotations

from ingest.extract.parties import FIRST, chosen
from ingest.extract.party_candidates import BEGINNING, BODY, FORMULA, OPENING, SIGNED, Name, Told, candidate_names
from lang.normalise import bare


def test_each_beginning_of_a_stretch_is_a_name() -> None:
    text = "Hallowmere Parish Council, of the Old Forge, Mill Lane"
    found = candidate_names(text, [Told(OPENING, 0, len(text), 0.9)], len(text))
    assert found[bare("Hallowmere Parish Council")].told == {OPENING + BEGINNING: 0.9, BODY: 1.0}
    assert bare("Hallowmere Parish Council, of the Old Forge") in found


def test_a_name_that_is_hardly_told_is_none() -> None:
    assert bare("Ferrand") not in candidate_names("to Ferrand and others", [Told(SIGNED, 3, 10, 0.01)], 99)


def test_names_that_overlap_are_one_party_and_a_formula_spells_it() -> None:
    formula = Name("Government of the Isles", 10, 33, {FORMULA: 1.0})
    part = Name("Government", 10, 20, {OPENING: 0.6})
    other = Name("Kingdom of Dorvik", 40, 57, {FORMULA: 1.0})
    told = chosen([(0.3, part), (0.2, formula), (FIRST, other)])
    assert [(round(chance, 2), name.text) for chance, name in told] == [(0.5, "Government of the Isles"), (FIRST, "Kingdom of Dorvik")]


def test_what_no_formula_gives_stands_beside_one_only_where_it_is_likely() -> None:
    pair = [Name("City of Alder", 0, 13, {FORMULA: 1.0}), Name("City of Birch", 20, 33, {FORMULA: 1.0})]
    loose = Name("Clearing House", 50, 64, {OPENING: 0.4})
    assert [name.text for _, name in chosen([(0.4, loose), (0.3, pair[0]), (0.2, pair[1])])] == ["City of Alder", "City of Birch"]
