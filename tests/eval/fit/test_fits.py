"""The fits of taggers and models: their data, and that a small fit tells what it was fitted on."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from sklearn.ensemble import GradientBoostingClassifier

from eval.datasets import labelled_papers
from eval.fit import estimators
from eval.fit.documents import line_classifiers, party_names
from kb import Settings
from kb.embed.embedder import open_embedder
from lang.languages import LANGUAGES


@pytest.mark.parametrize("name", sorted(party_names.SETS))
def test_every_labelled_name_stands_in_its_text(name: str) -> None:
    found = party_names.SETS[name]()
    assert {one.language for one in found} == set(LANGUAGES)
    for one in found:
        assert all(0 <= start < end <= len(one.text) for _label, start, end in one.spans)
        ends = [(start, end) for _label, start, end in one.spans]
        assert all(first[1] <= second[0] for first, second in pairwise(ends))


def test_other_layouts_keep_the_names() -> None:
    found = labelled_papers.signatures()[:40]
    for one, other in zip(found, labelled_papers.otherwise_laid_out(found, 1), strict=True):
        for (label, a, b), (_same, c, d) in zip(one.spans, other.spans, strict=True):
            assert label == _same
            assert "".join(one.text[a:b].split()) == "".join(other.text[c:d].split())
    for one in labelled_papers.between_others(found):
        assert all(one.text[a:b].strip() for _label, a, b in one.spans)


def test_a_small_tagger_tells_what_it_was_fitted_on() -> None:
    found = [one for one in labelled_papers.actors() if one.language == "en"][:60]
    tagger = party_names.fit_tagger(found, {"c1": 0.0, "c2": 0.01, "max_iterations": 60})
    right = sum([(s.label, s.start, s.end) for s in tagger.spans(one.text)] == list(one.spans) for one in found)
    assert right >= 0.9 * len(found)
    assert "who from 0.0: recall" in party_names.tagger_report(found, [tagger.spans(one.text) for one in found])


def test_a_leaning_leaves_what_is_told_without_it() -> None:
    found = [one for one in labelled_papers.actors() if one.language == "hi"][:30]
    tagger = party_names.fit_tagger(found, {"c1": 0.0, "c2": 0.01, "max_iterations": 30})
    text = found[0].text
    plain = tagger.spans(text)
    leaning = tagger.spans(text, 50.0)
    assert sum(one.end - one.start for one in leaning) > sum(one.end - one.start for one in plain)
    assert tagger.spans(text) == plain


def test_boosted_trees_say_what_scikit_learn_says() -> None:
    dice = random.Random(7)
    rows = [{"left": dice.random(), "right": dice.random()} for _ in range(200)]
    labels = [row["left"] > row["right"] for row in rows]
    model = estimators.fit_trees(rows, labels, [1.0] * len(rows))
    values = [[row["left"], row["right"]] for row in rows]
    plain = [
        GradientBoostingClassifier(**estimators.SETTINGS, random_state=seed).fit(values, labels).decision_function(values)
        for seed in range(estimators.SEEDS)
    ]
    for row, *scores in zip(rows, *plain, strict=True):
        assert model.chance(row) == pytest.approx(1 / (1 + math.exp(-sum(scores) / estimators.SEEDS)), abs=0.01)
    assert sum((model.chance(row) > 0.5) == label for row, label in zip(rows, labels, strict=True)) >= 190


def test_a_small_model_tells_what_it_was_fitted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for row in line_classifiers.read("clauses") if row["language"] == "en"][:80]
    monkeypatch.setattr(line_classifiers, "read", lambda _name: rows)
    found, mean = line_classifiers.mentions(open_embedder(Settings()), line_classifiers.durations, ("term", "notice", "renewal"))
    model = line_classifiers.fitted(found, mean, 10.0)
    told = [model.classes[int(row.argmax())] for row in model.chances(line_classifiers.np.stack([one.row for one in found]))]
    assert sum(a == one.label for a, one in zip(told, found, strict=True)) >= 0.95 * len(found)
    assert line_classifiers.key_of(next(line_classifiers.durations("for two years and six months"))) == "912"
