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
