"""Training what reads passages: quotes are found in texts, groups drawn, public questions cut, and a few steps teach something."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.fit.encoder_training import Group, Passage, ReaderTraining
from eval.fit.reader import Asked, Candidate, public, where
from kb.embed.e5_model import BundledEmbedder

FERRY = Passage("Ferry rules", "A ticket that is cancelled two days before is paid back in full.", ((35, 64),))
DOGS = Passage("Ferry rules", "Dogs travel on the lower deck and are kept on a lead.", ())


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("The fee is  Rs 4,500 a year.", "fee is Rs 4,500", "fee is  Rs 4,500"),
        ("手数料は１，２００円です。", "1,200円", "１，２００円"),
        ("शुल्क ४५०\nरुपये आहे.", "४५० रुपये", "४५०\nरुपये"),
        ("The fee is Rs 4,500.", "Rs 5,400", None),
        ("The fee is Rs 4,500.", "", None),
    ],
)
def test_a_quote_is_found_whatever_its_spaces_and_widths(text: str, quote: str, found: str | None) -> None:
    assert [text[start:end] for start, end in where(text, [quote])] == ([found] if found else [])


def asked(*, answerable: bool, right: int, wrong: int, twins: int = 0) -> Asked:
    found = [
        *(Candidate(FERRY, own=True, twin=False) for _ in range(right)),
        *(Candidate(DOGS, own=True, twin=True) for _ in range(twins)),
        *(Candidate(Passage("Other", f"paper {at}", ()), own=False, twin=False) for at in range(wrong)),
    ]
    return Asked("set", "Do I get my money back?", "en", False, answerable, tuple(found))


def test_a_group_has_right_passages_and_some_of_the_first_wrong_ones_and_no_translation_of_a_right_one() -> None:
    group = asked(answerable=True, right=3, wrong=6, twins=2).drawn(random.Random(1))
    assert [passage.text for passage in group.passages].count(FERRY.text) == 2
    assert len(group.passages) == 2 + 4
    assert DOGS not in group.passages


def test_what_was_not_found_teaches_nothing_but_a_near_miss_does() -> None:
    assert not asked(answerable=True, right=0, wrong=5).teaches
    assert asked(answerable=False, right=0, wrong=5).teaches
    assert asked(answerable=True, right=1, wrong=5).teaches


def test_public_questions_get_the_stretch_that_answers_and_a_near_one_that_does_not(tmp_path: Path) -> None:
    filling = "The harbour was built of grey stone by many hands. " * 12
    text = f"{filling}The lighthouse was lit in 1871. {filling}"
    other = f"{filling}The lighthouse keeper kept bees. {filling}"
    question = {"question": "When was the lighthouse lit?", "answers": [{"text": "1871", "answer_start": text.index("1871")}]}
    article = {"title": "Harbour", "paragraphs": [{"context": text, "qas": [question] * 40}, {"context": other, "qas": []}]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [article]}), encoding="utf-8")
    groups = list(public([file], random.Random(2)))
    assert 5 < len(groups) < 35
    for group in groups:
        right, wrong = group.passages
        assert [right.text[start:end] for start, end in right.answers] == ["1871"]
        assert wrong.answers == ()
        assert "1871" not in wrong.text


@pytest.mark.slow
def test_some_steps_teach_which_passage_answers(tmp_path: Path) -> None:
    pytest.importorskip("torch").set_num_threads(1)  # two that spin wait ten times as long where others work as well
    training = ReaderTraining(BundledEmbedder(tmp_path))
    before = training.tensors()
    groups = [
        Group("Do I get my money back?", (FERRY, DOGS)),
        Group("Where do dogs go?", (Passage("Ferry rules", DOGS.text, ((0, 30),)), FERRY)),
    ]

    def again(by: random.Random) -> Iterator[Group]:
        while True:
            yield by.choice(groups)

    said: list[str] = []
    training.run(again, 10, 900, said.append)
    order = [float(line.rsplit(" ", 1)[1]) for line in said]
    assert order[-1] < 0.3 < order[0]
    after = training.tensors()
    assert after.keys() == before.keys()
    assert all((after[name] != before[name]).any() for name in ("l7.q.w", "l11.fo.w", "score.w"))
