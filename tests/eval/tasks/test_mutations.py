"""Statements with one fact changed: how they are made, and that the check notices them."""

from __future__ import annotations

import random

import pytest

from eval.datasets.claims import StatementPair, statement_pairs
from eval.tasks.mutations import FACTS, cases, one_more, rewrite, share, verdicts_of
from lang.languages import Language
from tests.support import shared


def pair(statement: str, language: Language, names: tuple[str, ...] = ()) -> StatementPair:
    return StatementPair(statement, (statement,), language, False, "test", names)


def made(statement: str, language: Language) -> dict[str, str]:
    return {case.change: case.statement for case in cases([pair(statement, language)])}


@pytest.mark.parametrize(
    ("statement", "language", "kinds"),
    [
        (
            "The Parties shall meet on 12 March 2025 and pay 40 million yen under Article 4.",
            "en",
            {"number", "unit", "date", "clause", "modality"},
        ),
        ("प्रकल्पासाठी १२ लाख रुपये मार्च २०२५ पर्यंत मंजूर झाले आहेत.", "mr", {"number", "unit", "date", "negation"}),
        ("इस परियोजना की लागत 40 करोड़ रुपये है और यह मार्च 2025 में शुरू हुई है।", "hi", {"number", "unit", "date", "negation"}),
        ("第4条により、市は2025年3月に120万円を支払うものとする。", "ja", {"number", "unit", "date", "clause", "modality"}),
    ],
)
def test_a_statement_is_changed_in_one_place_for_each_kind_of_fact(statement: str, language: Language, kinds: set[str]) -> None:
    changed = made(statement, language)
    assert kinds <= set(changed)
    assert all(changed[kind] != statement for kind in kinds)
    assert changed["unchanged"] == statement


def test_a_name_is_exchanged_for_one_that_is_not_in_the_evidence() -> None:
    found = list(cases([pair("Saurabh Rao signed.", "en", ("Saurabh",)), pair("Kenichi Kawamura signed.", "en", ("Kawamura",))]))
    assert [c.statement for c in found if c.change == "name"] == ["Kawamura Rao signed.", "Kenichi Saurabh signed."]


@pytest.mark.parametrize(
    ("statement", "language"),
    [
        ("They cover floods and drains.", "en"),
        ("ते पूर आणि गटारे यांना लागू आहे.", "mr"),
        ("यह बाढ़ और नालियों पर लागू है।", "hi"),
        ("洪水、排水を扱う。", "ja"),
    ],
)
def test_a_list_gets_one_item_more_and_keeps_the_others(statement: str, language: Language) -> None:
    longer = one_more(statement, language)
    assert longer is not None
    assert len(longer) > len(statement)
    start = next(i for i, (a, b) in enumerate(zip(statement, longer, strict=False)) if a != b)
    assert longer.endswith(statement[start:])
    assert one_more("Nothing here.", language) is None


def test_numbers_are_written_anew_without_another_meaning() -> None:
    written = {rewrite("It costs 12,00,000 rupees.", random.Random(seed)) for seed in range(8)}
    assert written == {"It costs 1200000 rupees.", "It costs １２０００００ rupees."}
    assert rewrite("Nothing here.", random.Random(0)) is None


@pytest.mark.shared
@pytest.mark.slow
def test_changed_facts_are_noticed_and_true_statements_left_alone() -> None:
    sample = statement_pairs(shared("benchmarks").parent)[::8]
    judged = verdicts_of(list(cases(sample)))
    # As the command counts: of a changed statement and of a true one alike, any finding but the support of the whole.
    outcomes = [(case, any(f.check != "support" for f in verdict.findings), verdict.status == "verified") for case, verdict in judged]
    assert len(outcomes) > 150
    assert share(outcomes, FACTS, across=False) >= 0.95
    assert share(outcomes, FACTS, across=True) >= 0.8
    assert share(outcomes, ("unchanged", "rewritten"), across=False) <= 0.03
    assert share(outcomes, ("unchanged", "rewritten"), across=True) <= 0.3
    denied = [verdict for case, verdict in judged if case.change == "negation" and case.across]
    assert sum(verdict.status == "verified" for verdict in denied) <= 0.2 * len(denied)
    assert sum(verified for case, _, verified in outcomes if case.change in ("number", "date")) <= 1
