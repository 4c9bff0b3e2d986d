"""The gold of agreement cards: how spans are matched, and floors below which a card may not fall."""

from __future__ import annotations

import pytest

from eval.tasks.products.agreement_cards import CardsError, Judged, Score, digest, judge, matched, read_gold, run, summarise
from kb.agreements.card_records import Deadline, Draft, Duty, Found
from tests.support import shared

TEXT = "The Ministry will pay within ten days. The Corporation may ask."
FIRST, SECOND = (0, 38), (39, 63)


def gold(fields: list[dict[str, object]], obligations: list[dict[str, object]]) -> dict[str, object]:
    for one in (*fields, *obligations):
        if "start" in one:
            one["sha"] = digest(TEXT[one["start"] : one["end"]])  # type: ignore[misc]
    return {"path": "a.txt", "split": "dev", "language": "en", "fields": fields, "obligations": obligations}


def duty(span: tuple[int, int], actor: str, force: str, deadline: Deadline | None = None) -> Duty:
    return Duty(actor, "", force, *span, deadline)  # type: ignore[arg-type]


OWED = [
    {"start": 0, "end": 38, "actor": ["Ministry"], "force": "will", "deadline": ["10 day"]},
    {"start": 39, "end": 63, "actor": ["Corporation"], "force": "may", "deadline": []},
]


def test_an_obligation_with_the_wrong_actor_is_found_and_its_actor_wrong() -> None:
    ten = Deadline("ten days", 29, 37, count=10, unit="day")
    made = Draft((), (duty(FIRST, "the Ministry", "will", ten), duty(SECOND, "Ministry", "may")))
    judged = judge(gold([], [dict(one) for one in OWED]), TEXT, made, "en")
    assert (judged.duties.right, judged.actors, judged.forces, judged.both, judged.deadlines, judged.due) == (2, 1, 2, 1, 1, 1)


def test_a_missed_and_an_invented_obligation_cost_recall_and_precision() -> None:
    made = Draft((), (duty(FIRST, "Ministry", "will"), duty((10, 12), "Ministry", "shall")))
    judged = judge(gold([], [dict(one) for one in OWED]), TEXT, made, "en")
    # One of two is found, one of two that were given is right: precision, recall and F1 are a half.
    assert judged.duties.shape() == {"wanted": 2, "given": 2, "right": 1, "precision": 0.5, "recall": 0.5, "f1": 0.5}


def test_a_field_counts_once_for_each_value_and_an_extra_one_is_wrong() -> None:
    fields: list[dict[str, object]] = [{"field": "party", "value": "Ministry"}, {"field": "costs", "start": 0, "end": 38}]
    made = Draft((Found("party", "the Ministry", 0, 12), Found("party", "Ministry", 0, 12), Found("costs", TEXT[:38], 0, 38)), ())
    judged = judge(gold(fields, []), TEXT, made, "en")
    assert judged.fields["party"] == Score(1, 2, 1)
    assert judged.fields["costs"] == Score(1, 1, 1)


def test_each_span_is_matched_at_most_once_and_with_the_closest() -> None:
    assert matched([[0.6, 0.9], [0.9, 0.6]]) == [(0, 1), (1, 0)]
    assert matched([[0.9], [0.8]]) == [(0, 0)]
    assert matched([[0.4]]) == []


def test_a_gold_that_marks_other_words_than_it_did_is_an_error() -> None:
    line = gold([], [dict(OWED[0])])
    with pytest.raises(CardsError, match="not what was marked"):
        judge(line, TEXT.replace("pay", "owe"), Draft((), ()), "en")


def test_the_gold_is_as_large_as_it_is_said_to_be_and_holds_no_sentence_of_a_corpus() -> None:
    lines = read_gold()
    assert sum(len(line["fields"]) for line in lines) >= 150
    assert sum(len(line["obligations"]) for line in lines) >= 120
    assert sum(line["path"].startswith("shared/corpus/agreements_en/") for line in lines) == 10
    for line in lines:
        for one in (*line["fields"], *line["obligations"]):
            assert not set(one) - {"field", "value", "start", "end", "sha", "actor", "force", "deadline"}


def _floors(judged: list[Judged], *groups: str) -> None:
    summary = summarise(judged)
    for group in groups:
        figures = summary[group]
        assert figures["fields"]["f1"] >= 0.95, (group, figures["by_field"])
        assert figures["obligations"]["f1"] >= 0.95, group
        assert figures["of_found"]["actor_and_force"] >= 0.97, group
        assert figures["of_found"]["deadline"] >= 0.95, group


def test_the_cards_of_the_samples_hold_what_a_person_reads_there() -> None:
    judged, absent = run(None)
    assert len(judged) == 7
    assert all(name.startswith("shared/") for name in absent)
    _floors(judged, "samples", "all")


@pytest.mark.shared
@pytest.mark.slow
def test_the_cards_of_ten_real_agreements_hold_what_a_person_reads_there() -> None:
    judged, absent = run(shared())
    assert (len(judged), absent) == (17, [])
    _floors(judged, "dev", "held", "all")
