"""The model of intents: its weights belong to the requests kept, and it knows requests of languages it was not fitted on."""

from __future__ import annotations

import hashlib
import json
from importlib import resources

import numpy as np
import pytest

from eval.intent import Request, fit, held_out, in_latin_too, requests
from eval.romanised import in_latin
from kb import Settings
from kb.answer.understand.intent import INTENTS, by_words, features, skill_of
from kb.represent.embed import open_embedder


def test_the_weights_belong_to_the_requests_and_the_embedder() -> None:
    stored = json.loads(resources.files("kb.answer.understand").joinpath("intent.json").read_text(encoding="utf-8"))
    found = requests()
    digest = hashlib.sha256("\n".join(f"{one.intent}\t{one.text}" for one in found).encode()).hexdigest()
    assert stored["requests"] == {"n": len(found), "sha256": digest}
    assert stored["embedder"] == open_embedder(Settings()).name
    assert set(stored["weights"]) == set(stored["bias"]) == set(INTENTS)


def test_a_fit_finds_what_tells_classes_apart() -> None:
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 3, 300)
    rows = rng.normal(size=(300, 4)) + 3 * np.eye(4)[labels]
    weights, bias = fit(rows, labels, 3)
    assert np.mean(np.argmax(rows @ weights.T + bias, axis=1) == labels) > 0.9


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_requests_in_a_language_that_was_not_fitted_are_known_better_than_by_words() -> None:
    found = requests()[::5]
    embedder = open_embedder(Settings())
    labels = np.array([INTENTS.index(one.intent) for one in found])
    rows = np.stack([features(one.text, embedder) for one in found])
    said = held_out(rows, labels, [one.language for one in found])
    right = np.mean([skill_of(INTENTS[s]) == skill_of(INTENTS[t]) for s, t in zip(said, labels, strict=True)])
    plain = np.mean([skill_of(max(by_words(one.text), key=by_words(one.text).__getitem__)) == skill_of(one.intent) for one in found])
    assert right >= 0.7
    assert right >= plain + 0.2


@pytest.mark.parametrize(
    ("text", "latin"),
    [("करार कधी झाला", "karar kadhi jhala"), ("समझौता कितने साल का है?", "samjhauta kitne sal ka hai?"), ("MOC चा मसुदा", "MOC cha masuda")],
)
def test_devanagari_is_written_in_latin_letters_as_it_sounds(text: str, latin: str) -> None:
    assert in_latin(text) == latin


def test_only_what_is_in_devanagari_is_seen_in_latin_letters_too() -> None:
    found = [Request("करार कधी झाला", "mr", "lookup", "plain"), Request("karar kadhi zala", "mr", "lookup", "romanised")]
    assert [one.text for one in in_latin_too(found)] == ["karar kadhi jhala"]
