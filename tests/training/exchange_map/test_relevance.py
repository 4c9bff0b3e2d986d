"""How sure it is that a passage is about an area: signals worked by hand from cosines that are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang.languages import Language
from training.exchange_map.map_records import FloatMatrix, Passage, Said
from training.exchange_map.relevance import rules, topics, weigh


class Given:
    """Cosines by phrase: 0.9 where phrase and passage share their first word, 0.8 else; topics alternate between 0.7 and 0.8."""

    def cosines(self, phrases: Sequence[str], passages: Sequence[tuple[str, str]]) -> FloatMatrix:
        known = {topic: at for language in topics() for at, topic in enumerate(topics()[language])}
        rows = [
            [0.7 + 0.1 * (known[p] % 2) if p in known else 0.9 if p.split()[0] == text.split()[0] else 0.8 for _, text in passages]
            for p in phrases
        ]
        return np.array(rows, dtype=np.float32)

    def terms(self, text: str, language: Language) -> frozenset[str]:
        return frozenset(word for word in text.split() if word == "gauge")

    def names(self, text: str, language: Language) -> Mapping[Language, tuple[str, ...]]:
        return {"en": tuple(word for word in text.split() if word == "gauge"), "ja": ()}


AREAS = [[Said("tides gauge", "en")], [Said("libraries", "en")]]
PASSAGES = [Passage("tides rise", "en", "", 0), Passage("libraries lend", "en", "", 0), Passage("bread bakes gauge", "en", "", 1)]


def test_nearness_is_counted_in_standard_deviations_of_the_topics() -> None:
    n = len(topics()["en"])
    even = (n + 1) // 2
    mean = (0.7 * even + 0.8 * (n - even)) / n
    spread = float(np.sqrt((0.7**2 * even + 0.8**2 * (n - even)) / n - mean**2))
    found = weigh(AREAS, PASSAGES, Given()).signals["near"]
    assert found[0, 0] == pytest.approx((0.9 - mean) / spread, abs=1e-3)
    assert found[0, 1] == pytest.approx((0.8 - mean) / spread, abs=1e-3)


def test_the_margin_is_to_the_nearest_other_area() -> None:
    signals = weigh(AREAS, PASSAGES, Given()).signals
    near, margin = signals["near"], signals["margin"]
    assert margin[0, 0] == pytest.approx(near[0, 0] - near[1, 0], abs=1e-4)
    assert margin[1, 0] == pytest.approx(near[1, 0] - near[0, 0], abs=1e-4)
    assert weigh(AREAS[:1], PASSAGES, Given()).signals["margin"].max() == 0.0


def test_a_term_that_both_name_counts_wherever_it_stands() -> None:
    named = weigh(AREAS, PASSAGES, Given()).signals["named"]
    assert named[0, 2] > 0.5
    assert named[0, 0] == named[1, 2] == 0.0


def test_every_reach_has_a_rule_in_which_no_signal_speaks_the_wrong_way() -> None:
    assert set(rules()) == {"same", "across", "across_japanese"}
    assert all(weight >= 0 for rule in rules().values() for name, weight in rule.items() if name != "constant")


def test_the_reach_is_that_of_the_languages() -> None:
    passages = [Passage("tides", language, "", 0) for language in ("en", "mr", "ja")]
    assert weigh([[Said("tides", "en")]], passages, Given()).reach == (("same", "across", "across_japanese"),)


@settings(deadline=None)
@given(st.integers(0, 4), st.integers(1, 5))
def test_probabilities_have_the_shape_of_areas_and_passages(areas: int, passages: int) -> None:
    found = weigh(AREAS[:1] * areas, PASSAGES[:1] * passages, Given()).probabilities()
    assert found.shape == (areas, passages)
    assert bool(((found >= 0) & (found <= 1)).all())


def test_a_confidence_is_the_probability_with_its_reasons() -> None:
    weighed = weigh(AREAS, PASSAGES, Given())
    confidence = weighed.confidence(0, 0)
    assert confidence.probability == pytest.approx(float(weighed.probabilities()[0, 0]), abs=1e-4)
    weights = [abs(reason.weight) for reason in confidence.reasons]
    assert weights == sorted(weights, reverse=True)
