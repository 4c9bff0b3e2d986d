"""A statement is held against the sentences that it follows, in its own words or in those of another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.embed.cache import CachedEmbedder
from kb.embed.e5_model import BundledEmbedder
from kb.verify.evidence_sentences import Follower
from kb.verify.verdict import Verifier
from lang.languages import Language
from tests.kb.verify.test_verdict import cite

PAPER = (
    "The pilot began in 2019 with 40 sensors in the eastern wards. The workshop for the staff of the city was held in 2023 and had "
    "65 participants. The city does not own the sensors. A second workshop is planned for next year."
)
OWNED = "The city does not own the sensors."
WORKSHOP = "The workshop for the staff of the city was held in 2023 and had 65 participants."


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return Verifier(CachedEmbedder(BundledEmbedder(Path(tmp_path_factory.mktemp("e5")))))


@pytest.mark.parametrize(
    ("statement", "own"),
    [
        ("सेन्सर शहराच्या मालकीचे नाहीत.", OWNED),
        ("शहर के कर्मचारियों के लिए कार्यशाला 2023 में हुई और उसमें 65 प्रतिभागी थे।", WORKSHOP),
        ("市職員向けの研修会は2023年に開かれ、65人が参加した。", WORKSHOP),
    ],
)
def test_the_sentence_that_was_translated_is_found(verifier: Verifier, statement: str, own: str) -> None:
    [found] = verifier.follower(statement, [cite("It rained."), cite(PAPER)])
    assert (found.part, found.sentences, found.how) == (statement, (own,), "meaning")


def test_sentences_of_a_statement_follow_each_its_own(verifier: Verifier) -> None:
    statement = "सेन्सर शहराच्या मालकीचे नाहीत. पुढील वर्षी दुसरी कार्यशाळा नियोजित आहे."
    found = verifier.follower(statement, [cite(PAPER)])
    assert [one.sentences for one in found] == [(OWNED,), ("A second workshop is planned for next year.",)]


def test_a_translation_that_makes_two_sentences_of_one_is_one_part(verifier: Verifier) -> None:
    statement = "कर्मचाऱ्यांची कार्यशाळा २०२३ मध्ये झाली. तिला ६५ जण उपस्थित होते."
    [found] = verifier.follower(statement, [cite(WORKSHOP)])
    assert (found.part, found.sentences) == (statement, (WORKSHOP,))


def test_a_translation_that_makes_one_sentence_of_two_follows_both(verifier: Verifier) -> None:
    statement = "2019 में पूर्वी वार्डों में 40 सेंसरों के साथ पायलट शुरू हुआ, और अगले वर्ष दूसरी कार्यशाला की योजना है।"
    [found] = verifier.follower(statement, [cite(PAPER)])
    assert found.sentences == (
        "The pilot began in 2019 with 40 sensors in the eastern wards.",
        "A second workshop is planned for next year.",
    )


def test_without_token_states_all_sentences_of_another_language_count() -> None:
    [found] = Follower()("सेन्सर शहराच्या मालकीचे नाहीत.", [cite(f"It rained. {OWNED}")])
    assert (found.sentences, found.how) == (("It rained.", OWNED), "unknown")


@pytest.mark.parametrize(
    ("true", "false", "check"),
    [
        (
            "शहर के कर्मचारियों के लिए कार्यशाला 2023 में हुई और उसमें 65 प्रतिभागी थे।",
            "शहर के कर्मचारियों के लिए कार्यशाला 2023 में नहीं हुई और उसमें 65 प्रतिभागी थे।",
            "negation",
        ),
        (
            "शहर के कर्मचारियों के लिए कार्यशाला 2023 में हुई और उसमें 65 प्रतिभागी थे।",
            "शहर के कर्मचारियों के लिए कार्यशाला 2023 में हुई और उसमें 40 प्रतिभागी थे।",
            "number",
        ),
        ("市職員向けの研修会は2023年に開かれ、65人が参加した。", "市職員向けの研修会は2019年に開かれ、65人が参加した。", "date"),
        ("सेन्सर शहराच्या मालकीचे नाहीत.", "सेन्सर शहराच्या मालकीचे आहेत.", "negation"),
    ],
)
def test_what_stands_elsewhere_in_the_passage_excuses_nothing(verifier: Verifier, true: str, false: str, check: str) -> None:
    assert not {"negation", "number", "date"} & {f.check for f in verifier.judge(true, [cite(PAPER)]).findings}
    verdict = verifier.judge(false, [cite(PAPER)])
    assert verdict.status == "unsupported"
    assert check in {finding.check for finding in verdict.findings}


def test_more_denials_than_the_sentence_in_another_language_has_are_not_verified(verifier: Verifier) -> None:
    quote = "The city does not own the sensors, but it pays for their upkeep."
    true = "सेन्सर शहराच्या मालकीचे नाहीत, पण त्यांच्या देखभालीचा खर्च शहर करते."
    false = "सेन्सर शहराच्या मालकीचे नाहीत, पण त्यांच्या देखभालीचा खर्च शहर करत नाही."
    assert verifier.judge(true, [cite(quote)]).status == "verified"
    verdict = verifier.judge(false, [cite(quote)])
    assert (verdict.status, [finding.check for finding in verdict.findings]) == ("partial", ["denials"])


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_each_of_two_sentences_is_held_against_its_own(verifier: Verifier, language: Language) -> None:
    true = {"hi": ("बैठक पुणे में हुई थी।", "करार अभी लागू नहीं हुआ है।"), "mr": ("बैठक पुण्यात झाली होती.", "करार अजून लागू झाला नाही.")}[language]
    false = {"hi": "करार अभी लागू नहीं हुआ नहीं है।", "mr": "करार अजून लागू झाला नाही नाही."}[language]
    quote = cite(" ".join(true), language)
    found = Follower()(f"{true[0]} {false}", [quote])
    assert [(one.sentences, one.how) for one in found] == [((true[0],), "words"), ((true[1],), "words")]
    assert "negation" in {finding.check for finding in verifier.judge(f"{true[0]} {false}", [quote]).findings}
