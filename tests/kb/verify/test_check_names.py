"""Names of a statement are looked up in its evidence, in the same script and across scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.embed.cache import CachedEmbedder
from kb.embed.e5_model import BundledEmbedder
from kb.verify.name_check import NameChecker


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> NameChecker:
    embedder = BundledEmbedder(Path(tmp_path_factory.mktemp("e5")))
    return NameChecker(CachedEmbedder(embedder).tokens, embedder.name)


SIGNED_EN = "Commissioner Vaidehi Nilsagare signed the memorandum for the Kalpanagar Municipal Corporation."
SIGNED_MR = "कल्पनगर महानगरपालिकेच्या वतीने आयुक्त वैदेही निळसागरे यांनी सामंजस्य करारावर स्वाक्षरी केली."
SIGNED_JA = "カルパナガル市を代表してヴァイデーヒー・ニルサガレー長官が覚書に署名した。"


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        (SIGNED_MR, SIGNED_EN),
        (SIGNED_EN, SIGNED_MR),
        (SIGNED_EN, SIGNED_EN),
        ("आयुक्त सौरभ राव उपस्थित होते.", "Commissioner Saurabh Rao was present."),
        ("भारत और जापान ने सहमति दी।", "日印両国は合意した。"),
        ("The talks with the United States were held in Tokyo.", "米国との協議は東京で行われた。"),
    ],
)
def test_a_name_is_known_in_another_script(names: NameChecker, statement: str, evidence: str) -> None:
    assert names.check(statement, [evidence]) == ()


@pytest.mark.parametrize(
    ("statement", "evidence", "said"),
    [
        (SIGNED_EN.replace("Vaidehi Nilsagare", "Vaidehi Deshmukh"), SIGNED_EN, "Deshmukh"),
        (SIGNED_MR.replace("निळसागरे", "देशमुख"), SIGNED_MR, "देशमुख"),
        (SIGNED_JA.replace("ニルサガレー", "デーシュムク"), SIGNED_JA, "デーシュムク"),
        ("आयुक्त अभिजित बांगर उपस्थित होते.", "Commissioner Saurabh Rao was present.", "बांगर"),
        ("The commissioner of Nagpur signed it.", "कल्पनगर शहराच्या आयुक्तांनी त्यावर स्वाक्षरी केली.", "Nagpur"),
        ("The works begin in Nagoya next year.", "工事は来年札幌で始まる。", "Nagoya"),
    ],
)
def test_a_name_that_is_not_in_the_evidence_is_reported(names: NameChecker, statement: str, evidence: str, said: str) -> None:
    assert said in [finding.said for finding in names.check(statement, [evidence])]


def test_the_name_that_stands_in_its_place_is_shown(names: NameChecker) -> None:
    (finding,) = names.check("Commissioner Arun Deshpande was present.", ["Commissioner Arun Rao was present."])
    assert (finding.check, finding.said, finding.shown) == ("name", "Deshpande", "Rao")


def test_a_title_or_heading_may_hold_the_name(names: NameChecker) -> None:
    statement, quote = "Hoshimori keeps its pumps in order.", "The city keeps its pumps in order."
    assert names.check(statement, [quote])
    assert names.check(statement, [quote], ["Flood warning in Hoshimori City"]) == ()


def test_words_that_are_translated_are_no_names(names: NameChecker) -> None:
    statement = "दोन्ही पक्ष पूर व्यवस्थापनात सहकार्य करतील आणि दरवर्षी अहवाल प्रकाशित करतील."
    assert names.check(statement, ["Both sides shall cooperate in flood management and publish a report every year."]) == ()


def test_another_model_than_the_bundled_one_goes_by_capitals(tmp_path: Path) -> None:
    other = NameChecker(BundledEmbedder(tmp_path).tokens, "another-model")
    assert [f.said for f in other.check("The city of Nagpur signed it.", ["The city of Thane signed it."])] == ["Nagpur"]
    assert other.check("Works begin soon.", ["The construction starts shortly."]) == ()


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        (SIGNED_EN.replace("Vaidehi Nilsagare", "Vaidehi Deshmukh"), SIGNED_MR),
        (SIGNED_MR.replace("निळसागरे", "देशमुख"), SIGNED_JA),
        (SIGNED_MR, SIGNED_EN),
    ],
)
def test_the_date_of_a_document_changes_nothing_about_its_names(names: NameChecker, statement: str, evidence: str) -> None:
    assert names.check(statement, [evidence], ("2026-02-18",)) == names.check(statement, [evidence])
