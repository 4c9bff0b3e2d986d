"""Claims that a sentence makes beside its facts, and what is flagged when they are flipped."""

from __future__ import annotations

import pytest

from kb.answer.verify.modality import claims, flips


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("The Participants shall not disclose the data.", "not"),
        ("सहभागी माहिती उघड करणार नाहीत.", "not"),
        ("प्रतिभागी जानकारी नहीं देंगे।", "not"),
        ("参加者は情報を開示しない。", "not"),
        ("市は通知しなければならない。", "must"),
        ("The City shall give notice.", "must"),
        ("Either side may end it.", "may"),
        ("कोणताही पक्ष तो संपवू शकतो.", "may"),
        ("कोई भी पक्ष इसे समाप्त कर सकता है।", "may"),
        ("いずれの側も終了させることができる。", "may"),
        ("The depot is proposed for 2027.", "planned"),
        ("प्रकल्प प्रस्तावित आहे.", "planned"),
        ("यह परियोजना प्रस्तावित है।", "planned"),
        ("工事は来年に予定されている。", "planned"),
        ("किमान ३० दिवस", "at_least"),
        ("30日以上", "at_least"),
        ("within 30 days", "at_most"),
        ("30日以内", "at_most"),
        ("सर्व प्रभाग", "all"),
        ("केवल एक प्रभाग", "only"),
    ],
)
def test_a_claim_is_seen_in_each_language(sentence: str, claim: str) -> None:
    assert claim in claims(sentence)


@pytest.mark.parametrize(
    "sentence", ["市は通知しなければならない。", "Not only the city pays.", "इसमें न केवल शहर शामिल है।", "少なくとも30日前に通知する。"]
)
def test_a_double_negation_denies_nothing(sentence: str) -> None:
    assert "not" not in claims(sentence)


@pytest.mark.parametrize(
    ("statement", "evidence", "claim"),
    [
        ("The City shall end it.", "The City may end it.", "must"),
        ("市は終了させることができる。", "The City shall end it.", "may"),
        ("The depot was built.", "The depot is proposed for 2027.", "done"),
        ("काम पूर्ण झाले.", "The work is planned for 2027.", "done"),
        ("Data may be shared.", "Data shall not be shared.", "not"),
        ("The agreement is not binding.", "हा करार बंधनकारक आहे.", "not"),
        ("Notice is due at least 30 days before.", "30日以内に通知する。", "at_least"),
        ("All wards are covered.", "Three wards are covered.", "all"),
        ("केवल एक प्रभाग", "One ward and two depots", "only"),
    ],
)
def test_a_flipped_claim_is_named(statement: str, evidence: str, claim: str) -> None:
    assert claim in {flip.claim for flip in flips(statement, [evidence])}


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The City may end it.", "市は終了させることができる。"),
        ("Each side pays its own costs.", "प्रत्येक पक्ष स्वतःचा खर्च करतो."),
        ("It is not binding.", "यह बाध्यकारी नहीं है।"),
        ("The City shall give notice.", "市は通知しなければならない。"),
        ("The work is planned for 2027.", "工事は2027年に予定されている。"),
    ],
)
def test_what_says_the_same_is_left_alone(statement: str, evidence: str) -> None:
    assert flips(statement, [evidence]) == ()
