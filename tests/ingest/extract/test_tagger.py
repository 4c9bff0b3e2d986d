"""The tagger of names: its sums against every path, its words, and what it tells of papers that nobody fitted it on."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from ingest.extract.fitted_models import Span, Tagger, actor_of, bio, stored_tagger
from ingest.extract.title_tagger import _found, title_of
from ingest.records import Block, Found
from lang.token_features import features, tokens


def small(seed: int, words: int) -> tuple[Tagger, str]:
    """A tagger of random weights, and as many words."""
    dice = np.random.default_rng(seed)
    text = " ".join(f"w{chr(97 + at)}" for at in range(words))
    rows = {f"w=w{chr(97 + at)}": at for at in range(words)}
    return Tagger(("B-x", "I-x", "O"), rows, dice.normal(size=(words, 3)), dice.normal(size=(3, 3))), text


@pytest.mark.parametrize("seed", range(5))
def test_the_path_is_the_best_of_all_and_its_chance_the_share_of_all(seed: int) -> None:
    tagger, text = small(seed, 5)
    words = tokens(text)
    assert len(features(text, words)) == 5
    scores = tagger.weights
    totals = {
        path: sum(scores[at, label] for at, label in enumerate(path)) + sum(tagger.after[a, b] for a, b in pairwise(path))
        for path in product(range(3), repeat=5)
    }
    best = max(totals, key=lambda path: totals[path])
    whole = sum(np.exp(total) for total in totals.values())
    marginal = [sum(np.exp(total) for path, total in totals.items() if path[at] == best[at]) / whole for at in range(5)]
    found = tagger.spans(text)
    begun = [at for at, label in enumerate(best) if tagger.labels[label] != "O" and (label == 0 or at == 0 or best[at - 1] == 2)]
    assert [text[span.start : span.end].split()[0] for span in found] == [words[at].text for at in begun]
    for span, first in zip(found, begun, strict=True):
        last = first + len(text[span.start : span.end].split())
        assert span.chance == pytest.approx(min(marginal[first:last]))


def test_words_know_their_place() -> None:
    text = "सही/-\nडॉ. सुलभा करंदीकर | Osei-Lund\n山田 太郎　印"
    assert [text[word.start : word.end] for word in tokens(text)] == [word.text for word in tokens(text)]
    assert [word.text for word in tokens(text) if word.cell == 2] == ["Osei-Lund"]
    assert tokens("") == []
    assert features("", []) == []


def test_labels_begin_and_go_on() -> None:
    assert bio("for Ada Lovelace only", [("name", 4, 16)]) == ["O", "B-name", "I-name", "O"]


def test_whom_a_duty_names() -> None:
    assert "Keeper" in actor_of("The Keeper of the Orchard shall prune every tree before the first frost.")
    assert stored_tagger("nothing of that name") is None


def test_a_party_is_given_without_the_title_before_it_and_what_its_bracket_opens() -> None:
    line = "Public Toilets between the Town of Ottermouth (Karelund"
    found = _found(line, 100, Span("party", 0, len(line), 0.9, 0))
    assert (found.value, found.start, found.end) == ("Town of Ottermouth", 127, 145)


def test_of_two_lines_that_may_be_the_title_it_is_the_one_that_names_a_paper() -> None:
    lines = ("Orrin Harbour Corporation", "Ferries and Schools Cell", "Minutes of the third meeting on safe quays")
    text = "\n".join(lines)
    head, *told = [Found(line, line, text.index(line), text.index(line) + len(line)) for line in lines]
    blocks = [Block(1, "paragraph", (), one.value, one.start or 0, one.end or 0, "en") for one in (head, *told)]
    assert title_of(head, told, blocks).value == lines[-1]
