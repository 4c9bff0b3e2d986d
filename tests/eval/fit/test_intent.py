"""The model of intents: its weights belong to the requests kept, it learns, and it tells requests better than words do."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from eval.fit.questions.intent import Request, RequestTraining, digest_of, in_latin, in_latin_too, requests
from kb import Settings
from kb.answer.query_understanding.intent import INTENTS, by_words, chances, skill_of
from kb.embed.cross_encoders import REQUESTS
from kb.embed.e5_model import BundledEmbedder
from kb.embed.e5_weights import open_reader_file
from kb.embed.embedder import open_request_reader


def test_the_weights_belong_to_the_requests() -> None:
    stored = open_reader_file(Path(str(resources.files("kb.embed") / REQUESTS)))
    assert stored.floats("requests").tolist() == digest_of(requests()).tolist()
    assert stored.tensors["want.w"].shape[0] == len(INTENTS)


def test_what_is_wanted_is_told_better_than_by_words() -> None:
    found = requests()[::150]
    wants = open_request_reader(Settings.load()).read
    told = [max(likely, key=likely.__getitem__) for likely in (chances(one.text, wants) for one in found)]
    plain = [max(likely, key=likely.__getitem__) for likely in (by_words(one.text) for one in found)]
    right, by_lists = (
        np.mean([skill_of(a) == skill_of(one.intent) for a, one in zip(those, found, strict=True)]) for those in (told, plain)
    )
    assert right >= 0.85
    assert right >= by_lists + 0.2


def test_chances_are_shares_of_all_intents_and_the_words_decide_where_nothing_reads() -> None:
    told = chances("Summarise the ferry agreement", lambda _message: np.arange(len(INTENTS), dtype=np.float32))
    assert sum(told.values()) == pytest.approx(1.0)
    assert max(told, key=told.__getitem__) == INTENTS[-1]
    assert chances("Summarise the ferry agreement", None)["summary"] == 1.0


@pytest.mark.slow
def test_a_few_rounds_teach_two_wishes_apart(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    taught = [Request(f"Draft a letter about the {thing}", "en", "draft", "plain") for thing in ("ferry", "well", "park", "road")]
    taught += [Request(f"Good morning from the {thing}", "en", "chat", "plain") for thing in ("ferry", "well", "park", "road")]
    training = RequestTraining(BundledEmbedder(tmp_path))
    said: list[str] = []
    training.run(taught * 8, 25, said.append)
    assert len(said) == 25
    new = [
        Request("Draft a letter about the bridge", "en", "draft", "plain"),
        Request("Good morning from the bridge", "en", "chat", "plain"),
    ]
    assert [INTENTS[at] for at in training.said(new)] == ["draft", "chat"]


@pytest.mark.parametrize(
    ("text", "latin"),
    [("करार कधी झाला", "karar kadhi jhala"), ("समझौता कितने साल का है?", "samjhauta kitne sal ka hai?"), ("MOC चा मसुदा", "MOC cha masuda")],
)
def test_devanagari_is_written_in_latin_letters_as_it_sounds(text: str, latin: str) -> None:
    assert in_latin(text) == latin


def test_only_what_is_in_devanagari_is_seen_in_latin_letters_too() -> None:
    found = [Request("करार कधी झाला", "mr", "lookup", "plain"), Request("karar kadhi zala", "mr", "lookup", "romanised")]
    assert [one.text for one in in_latin_too(found)] == ["karar kadhi jhala"]
