"""Who an agreement is between, where no formula says so: names cut from their addresses, and the likeliest of those that overlap."""

from __future__ import annotations

import pytest

from ingest.extract.parties import FIRST, chosen, find_parties, likely_parties
from ingest.extract.party_candidates import BEGINNING, BODY, FORMULA, OPENING, SIGNED, Name, Told, candidate_names
from ingest.records import Block
from lang.languages import Language
from lang.normalise import bare


def blocks_of(text: str, language: Language) -> list[Block]:
    found, at = [], 0
    for line in text.split("\n"):
        found.append(Block(1, "paragraph", (), line, at, at + len(line), language))
        at += len(line) + 1
    return found


LEASE = (
    "Lease of a Reading Room\n"
    "THIS LEASE is made on 4 May 2024\n"
    "BETWEEN\n"
    '(1) Hallowmere Parish Council, of the Old Forge, Mill Lane, Hallowmere (hereinafter called "the Council"); and\n'
    '(2) The Ferrand Books Trust, of 9 Weir Row, Hallowmere (hereinafter called "the Trust").\n'
    "1. The Council lets the room to the Trust for five years.\n"
    "2. The Trust shall keep the room open to readers for thirty hours a week.\n"
    "3. The Council shall insure the building and mend the roof.\n"
    "Signed for the Hallowmere Parish Council\nOswin Tarrant\nClerk\n"
    "Signed for the Ferrand Books Trust\nMaud Ferrand\nTrustee"
)
TABLE = (
    "वाचनालय चालविण्याबाबत करार\n"
    "हा करार खालील पक्षांमध्ये करण्यात आला आहे :\n"
    "पक्ष: प्रथम पक्ष · नाव: करंजवाडी नगरपरिषद · पत्ता: गांधी चौक, करंजवाडी\n"
    "पक्ष: द्वितीय पक्ष · नाव: ज्ञानज्योती ग्रंथालय संस्था · पत्ता: १२, टिळक मार्ग, करंजवाडी\n"
    "१. नगरपरिषद इमारत उपलब्ध करून देईल.\n"
    "२. संस्था वाचनालय दररोज आठ तास उघडे ठेवील.\n"
    "करंजवाडी नगरपरिषदेच्या वतीने\nसुनंदा ल. मोरे\nमुख्याधिकारी\n"
    "ज्ञानज्योती ग्रंथालय संस्थेच्या वतीने\nवसंत का. साने\nअध्यक्ष"
)
CONTRACT = (
    "公園清掃業務委託契約書\n"
    "霧浜市（以下「甲」という。）と株式会社あおば緑化（以下「乙」という。）は、公園の清掃業務について次のとおり契約を締結する。\n"
    "第1条 乙は、公園を毎週清掃する。\n"
    "第2条 甲は、乙に委託料を支払う。\n"
    "令和6年4月1日\n甲 霧浜市本町1番1号\n霧浜市\n市長 高田 直美 印\n乙 霧浜市港町2番3号\n株式会社あおば緑化\n代表取締役 森 健 印"
)


@pytest.mark.parametrize(
    ("text", "language", "parties"),
    [
        (LEASE, "en", ("Hallowmere Parish Council", "Ferrand Books Trust")),
        (TABLE, "mr", ("करंजवाडी नगरपरिषद", "ज्ञानज्योती ग्रंथालय संस्था")),
        (CONTRACT, "ja", ("霧浜市", "株式会社あおば緑化")),
    ],
)
def test_parties_stand_without_address_role_or_short_name(text: str, language: Language, parties: tuple[str, ...]) -> None:
    title = text.split("\n", maxsplit=1)[0]
    found = likely_parties(text, blocks_of(text, language), (), title, language, find_parties(text, title, language))
    assert tuple(one.value for one in found) == parties
    assert all(text[one.start : one.end] == one.text for one in found)


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
