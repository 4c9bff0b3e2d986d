"""Training what tells whether quotes bear out a statement: pairs are drawn as they are meant, and a few steps teach two apart."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.fit.verification import comparer
from eval.fit.verification.verifier import KINDS, Judged, as_replies, data, differing, groups, report, supported, trained
from kb.embed.e5_model import BundledEmbedder
from kb.embed.e5_weights import packed

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
            "also": ["The boat may be stopped by the harbour master in a storm."],
            "path": ["Storms"],
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


def test_a_group_has_the_true_sentences_and_all_false_ones_before_the_same_quotes() -> None:
    first, second = supported([ROW])
    assert (first.across, first.others, first.also) == (
        False,
        (second.text,),
        ("The boat may be stopped by the harbour master in a storm.",),
    )
    seen = set()
    for seed in range(60):
        shown, drawn = first.drawn(random.Random(seed))
        held = [text.removeprefix("Ferry rules. ").removeprefix("Ferry rules › Storms. ") for text in shown]
        assert set(held) <= {first.quotes[0], PASSAGE}
        assert [text for text, holds in drawn if holds][:2] == [first.text, *first.also]
        assert [holds for text, holds in drawn if text in dict(first.false).values()] == [False, False]
        seen |= {(text, PASSAGE in held, holds) for text, holds in drawn}
    assert (second.text, False, False) in seen, "what other quotes hold is not borne out by these"
    assert (second.text, True, False) not in seen, "but by the whole passage it is"
    assert (first.quotes[0], False, True) in seen


def test_the_headings_of_a_paper_or_the_short_line_above_a_quote_are_read_before_it() -> None:
    first, second = supported([ROW])
    assert first.path == ("Storms",)
    headed = replace(second, passage=f"Pets\n{PASSAGE}", quotes=(PASSAGE,))
    assert (headed.path, headed.above) == ((), ("Pets",))


def test_the_papers_that_are_learnt_from_hold_their_quotes_and_no_lie_is_the_truth() -> None:
    known = list(supported(data()))
    assert len(known) > 4500
    assert {one.language for one in known} == {"mr", "hi", "en", "ja"}
    assert 0.3 < sum(one.across for one in known) / len(known) < 0.7
    for one in known:
        assert all(quote in one.passage for quote in one.quotes)
        assert not {one.text, *one.also} & {text for _, text in one.false}
        assert {kind for kind, _ in one.false} <= {*KINDS}


def test_the_report_tells_how_often_the_true_sentence_is_above_the_false_one() -> None:
    kinds = [one.kind for one in as_replies(supported([ROW]))]
    assert kinds == ["true", "true", "modality", "role", "true", "negation"]
    found = [Judged(False, kind, odds, 0.5) for kind, odds in zip(kinds, (2.0, 2.0, 1.0, 3.0, 4.0, 0.0), strict=True)]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in report(found).splitlines()[2:]]
    assert ["same language", "all", "3", "3", "0.778", "0.500"] in rows
    assert ["same language", "role", "3", "1", "0.333", "0.500"] in rows


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


def test_of_several_true_sentences_the_likest_tells_what_is_wrong() -> None:
    assert differing([1, 2, 9, 4, 5], [7, 7, 7, 7, 7], [1, 2, 3, 4, 5]) == [False, False, True, False, False]


@pytest.mark.slow
def test_some_steps_teach_who_may_and_who_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch").set_num_threads(1)
    monkeypatch.setattr(comparer, "FEWER", 24)
    monkeypatch.setattr(comparer, "ROWS", 8)
    known = list(supported([ROW]))
    model = BundledEmbedder(tmp_path)
    said: list[str] = []
    monkeypatch.setattr("click.echo", said.append)
    learnt = trained(known, model, 10, 200)
    losses = [float(line.split("order ")[1].split(",")[0]) for line in said]  # which one of a group
    assert losses[-1] < 0.5
    by = random.Random(3)
    true, *_ = groups(known[:1], model, learnt._states, by)
    assert [one.holds for one in true.statements][:4] == [1.0, 1.0, 0.0, 0.0]
    shown, drawn = learnt._drawn(replace(true, statements=true.statements * 3))
    assert shown in true.held
    assert [sum(one.holds == holds for one in drawn) for holds in (0.0, 1.0)] == [
        comparer.FALSE,
        3 * sum(one.holds for one in true.statements),
    ]

    file, kept = tmp_path / "model.npz", tmp_path / "states.npz"
    file.write_bytes(packed(0, learnt.tensors()))
    trained(known, model, 10, 1e-9, file, kept)
    monkeypatch.setattr(model, "layered", lambda *_: pytest.fail("the states were kept"))
    again = trained(known, model, 10, 1e-9, file, kept).tensors()
    assert all(np.allclose(again[name], values, atol=0.05) for name, values in learnt.tensors().items())
