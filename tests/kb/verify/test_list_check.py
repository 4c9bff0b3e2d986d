"""An item put into a list is not verified, in the language of the quote and across."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.embed.cache import CachedEmbedder
from kb.embed.e5_model import BundledEmbedder
from kb.verify.list_check import ItemChecker
from kb.verify.verdict import Verifier
from tests.kb.verify.test_verdict import cite

ENGLISH = "The Participants will cooperate in flood forecasting, a city data platform and the training of municipal staff."
HINDI = "प्रतिभागी बाढ़ पूर्वानुमान, शहर डेटा मंच और नगर निगम कर्मचारियों के प्रशिक्षण में सहयोग करेंगे।"
MARATHI = "सहभागी पक्ष पूर पूर्वसूचना, शहर माहिती मंच आणि महानगरपालिका कर्मचाऱ्यांचे प्रशिक्षण यांत सहकार्य करतील."


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return Verifier(CachedEmbedder(BundledEmbedder(Path(tmp_path_factory.mktemp("e5")))))


@pytest.mark.parametrize(
    ("true", "longer", "item", "quote"),
    [
        (
            "The Participants will cooperate in flood forecasting, a city data platform and the training of staff.",
            "The Participants will cooperate in flood forecasting, a city data platform, the training of staff and a zoo.",
            "zoo",
            ENGLISH,
        ),
        (
            "The Participants will cooperate in flood forecasting, a city data platform and the training of staff.",
            "The Participants will cooperate in flood forecasting, a city data platform, the training of staff and a zoo.",
            "zoo",
            HINDI,
        ),
        ("双方は洪水予測と職員研修で協力する。", "双方は洪水予測、職員研修及び動物園で協力する。", "動物園", ENGLISH),
    ],
)
def test_a_true_list_is_verified_and_one_with_an_item_more_is_not(
    verifier: Verifier, true: str, longer: str, item: str, quote: str
) -> None:
    assert verifier.judge(true, [cite(quote)]).status == "verified"
    found = verifier.judge(longer, [cite(quote)])
    assert found.status == "partial"
    assert any(finding.check == "word" and item in finding.said for finding in found.findings)


def test_a_marathi_item_is_missed_in_a_marathi_quote(verifier: Verifier) -> None:
    longer = "दोन्ही पक्ष पूर पूर्वसूचना, कर्मचारी प्रशिक्षण आणि प्राणिसंग्रहालय यांत सहकार्य करतील."
    assert verifier.judge(longer, [cite(MARATHI, "mr")]).status != "verified"
    assert [f.said for f in verifier.items.check(longer, "mr", [MARATHI])] == ["प्राणिसंग्रहालय"]


def test_of_a_model_without_thresholds_nothing_is_said(verifier: Verifier) -> None:
    assert ItemChecker(lambda texts: [], "st:other").check("Floods, drains, parks and a zoo.", "en", [ENGLISH]) == ()
