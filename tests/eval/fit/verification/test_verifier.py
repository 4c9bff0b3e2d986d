"""Training what tells whether quotes bear out a statement: pairs are drawn as they are meant, and a few steps teach two apart."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from eval.datasets.labelled_papers import read
from eval.fit.verification.verifier import DATA, KINDS, MOST_FALSE, Judged, VerifierTraining, as_replies, differing, report, supported
from kb.embed.e5_model import BundledEmbedder

PASSAGE = "The ferry runs from May to October. Dogs travel on the lower deck. The harbour master may stop the ferry in a storm."
ROW = {
    "set": "harbour",
    "said_in": "en",
    "language": "en",
    "document": "Ferry rules",
    "text": PASSAGE,
    "statements": [
        {
            "text": "In a storm the harbour master is free to stop the boat.",
            "quotes": ["The harbour master may stop the ferry in a storm."],
            "false": {"modality": ["In a storm the harbour master must stop the boat."], "role": ["The mayor is free to stop the boat."]},
        },
        {
            "text": "Dogs stay on the lower deck.",
            "quotes": ["Dogs travel on the lower deck."],
            "false": {"negation": ["Dogs do not stay on the lower deck."]},
        },
    ],
}  # fmt: skip


def test_a_batch_has_the_true_sentence_and_false_ones_before_the_same_quotes() -> None:
    first, second = supported([ROW])
    assert (first.across, first.others) == (False, (second.text,))
    seen = set()
    for seed in range(60):
        drawn = first.drawn(random.Random(seed))
        assert {held for _, _, held, _ in drawn} <= {first.quotes[0], PASSAGE}
        assert drawn[0][0] == first.text
        assert [true for text, _, _, true in drawn if text in dict(first.false).values()] == [False, False]
        seen |= {(text, held == PASSAGE, true) for text, _, held, true in drawn}
    assert (second.text, False, False) in seen, "what other quotes hold is not borne out by these"
    assert (second.text, True, False) not in seen, "but by the whole passage it is"
    assert (first.quotes[0], False, True) in seen


def test_the_papers_that_are_learnt_from_hold_their_quotes_and_no_lie_is_the_truth() -> None:
    known = list(supported(row for name in DATA for row in read(name)))
    assert len(known) > 1600
    assert {one.language for one in known} == {"mr", "hi", "en", "ja"}
    assert 0.3 < sum(one.across for one in known) / len(known) < 0.7
    for one in known:
        assert all(quote in one.passage for quote in one.quotes)
        assert one.text not in [text for _, text in one.false]
        assert {kind for kind, _ in one.false} <= {*KINDS}
    assert max(len(one.false) for one in known) > MOST_FALSE


def test_the_report_tells_how_often_the_true_sentence_is_above_the_false_one() -> None:
    kinds = [one.kind for one in as_replies(supported([ROW]))]
    assert kinds == ["true", "modality", "role", "true", "negation"]
    found = [Judged(False, kind, odds, 0.5) for kind, odds in zip(kinds, (2.0, 1.0, 3.0, 4.0, 0.0), strict=True)]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in report(found).splitlines()[2:]]
    assert ["same language", "all", "2", "3", "0.833", "0.500"] in rows
    assert ["same language", "role", "2", "1", "0.500", "0.500"] in rows


@pytest.mark.parametrize(
    ("said", "true", "wrong"),
    [
        ([1, 2, 9, 4, 5], [1, 2, 3, 4, 5], [2]),  # exchanged
        ([1, 2, 3, 9, 4, 5], [1, 2, 3, 4, 5], [3]),  # put in
        ([1, 2, 4, 5], [1, 2, 3, 4, 5], [1, 2]),  # left out: what stands beside it
        ([7, 8, 9], [1, 2, 3], None),  # another sentence
    ],
)
def test_the_tokens_that_make_a_sentence_wrong(said: list[int], true: list[int], wrong: list[int] | None) -> None:
    found = differing(said, true)
    assert (None if found is None else [at for at, one in enumerate(found) if one]) == wrong


@pytest.mark.slow
def test_some_steps_teach_who_may_and_who_must(tmp_path: Path) -> None:
    pytest.importorskip("torch").set_num_threads(1)
    training = VerifierTraining(BundledEmbedder(tmp_path), None)
    before = training.tensors()
    said: list[str] = []
    training.run(list(supported([ROW])), 10, 700, said.append)
    losses = [float(line.rsplit(" ", 1)[1]) for line in said]  # which one of a group
    assert losses[-1] < 0.5 < losses[0]
    after = training.tensors()
    assert after.keys() == before.keys()
    assert all((after[name] != before[name]).any() for name in ("l7.q.w", "l11.fo.w", "score.w"))
