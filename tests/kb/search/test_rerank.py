"""The best passages are read again by a CrossEncoder, within a time, and nothing of torch is imported without one."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from kb import Settings
from kb.embed.embedder import FloatVector
from kb.errors import MissingExtraError, SettingsError
from kb.search.fusion import Fused
from kb.search.rerank import BATCH, CrossEncoderScorer, Reranker, open_reranker
from kb.store.passages import Passage
from tests.kb.cross import cross_encoder
from tests.kb.make import base, document
from tests.support import PROJECT


class Counting:
    """Likes passages with many digits 9; ``wait`` seconds for each call."""

    name = "counting"

    def __init__(self, wait: float = 0.0, scores: Mapping[str, float] | None = None) -> None:
        self.wait = wait
        self.calls: list[list[str]] = []

    def scores(self, question: str, passages: Sequence[str]) -> FloatVector:
        self.calls.append(list(passages))
        time.sleep(self.wait)
        return np.array([text.count("9") for text in passages], dtype=np.float32)


def passage(chunk: int, text: str) -> Passage:
    return Passage(chunk, chunk, "", "s", 1, "news", "en", None, 1, "1", (), 0, len(text), text)


SHOWN = {chunk: passage(chunk, f"passage {chunk} " + "9" * chunk) for chunk in range(8)}
FUSED = [Fused(chunk, 10.0 - chunk) for chunk in range(8)]


def order(ranked: Sequence[Fused]) -> list[int]:
    return [fused.chunk for fused in ranked]


def test_the_first_passages_stand_in_the_order_of_the_model_and_the_others_stay() -> None:
    read = Reranker(Counting, top=3, ms=5000).rerank("q", FUSED, SHOWN)
    assert order(read.ranked) == [2, 1, 0, 3, 4, 5, 6, 7]
    assert read.scores == {0: 0.0, 1: 1.0, 2: 2.0}
    assert read.trouble is None


def test_the_scores_of_the_places_stay_as_they_were() -> None:
    read = Reranker(Counting, top=3, ms=5000).rerank("q", FUSED, SHOWN)
    assert [fused.score for fused in read.ranked] == [10.0 - place for place in range(8)]


def test_a_passage_at_the_place_that_is_asked_for_stays_first() -> None:
    read = Reranker(Counting, top=3, ms=5000).rerank("q", FUSED, SHOWN, first={0})
    assert order(read.ranked)[:3] == [0, 2, 1]


def test_the_model_is_loaded_once_and_a_pair_is_read_once() -> None:
    loaded: list[Counting] = []

    def load() -> Counting:
        loaded.append(Counting())
        return loaded[-1]

    reranker = Reranker(load, top=6, ms=5000)
    assert loaded == []
    reranker.rerank("q", FUSED, SHOWN)
    reranker.rerank("q", FUSED[2:], SHOWN)
    assert len(loaded) == 1
    read = [text for call in loaded[0].calls for text in call]
    assert sorted(read) == sorted(p.text for p in SHOWN.values())
    assert max(len(call) for call in loaded[0].calls) <= BATCH


def test_when_the_time_is_over_the_order_stands_as_it_was_and_a_note_says_so() -> None:
    let_go, finished = threading.Event(), threading.Event()

    class Stuck(Counting):
        def scores(self, question: str, passages: Sequence[str]) -> FloatVector:
            let_go.wait(60)
            finished.set()
            return super().scores(question, passages)

    reranker = Reranker(Stuck, top=8, ms=100)
    read = reranker.rerank("q", FUSED, SHOWN)
    assert not finished.is_set()  # the model was not waited for
    let_go.set()
    assert list(read.ranked) == FUSED
    assert read.scores == {}
    assert reranker.notes(read, "en") == (
        "The best passages could not be read again within 0.1 s (SETU_RERANK_MS); they stand in the order of the search.",
    )
    assert "0.1" in reranker.notes(read, "mr")[0]


def test_the_same_question_asked_again_goes_on_where_it_stopped() -> None:
    scorer = Counting(wait=0.15)
    reranker = Reranker(lambda: scorer, top=8, ms=200)
    troubles = [reranker.rerank("q", FUSED, SHOWN).trouble]
    while troubles[-1] == "late" and len(troubles) < 50:
        time.sleep(0.2)
        troubles.append(reranker.rerank("q", FUSED, SHOWN).trouble)
    assert troubles[0] == "late"
    assert troubles[-1] is None
    assert sum(len(call) for call in scorer.calls) == 8


def test_a_score_that_is_no_number_leaves_the_order_as_it_was() -> None:
    class Broken(Counting):
        def scores(self, question: str, passages: Sequence[str]) -> FloatVector:
            return np.full(len(passages), np.nan, dtype=np.float32)

    reranker = Reranker(Broken, top=3, ms=5000)
    read = reranker.rerank("q", FUSED, SHOWN)
    assert list(read.ranked) == FUSED
    assert "gave no scores" in reranker.notes(read, "en")[0]


def test_without_the_setting_there_is_no_reranker(tmp_path: Path) -> None:
    assert open_reranker(Settings.load(home=tmp_path)) is None


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match="make models"):
        CrossEncoderScorer("BAAI/bge-reranker-v2-m3", allow_download=False)


def test_a_search_without_a_reranker_imports_neither_torch_nor_transformers(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.kb.make import base, papers\n"
        "with base(Path(sys.argv[1])) as kb:\n"
        "    kb.ingest_documents(papers()); assert kb.answer('When was the memorandum signed?').statements\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'transformers', 'sentence_transformers'}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("cross"))


def test_a_real_cross_encoder_orders_the_passages_of_a_search(tiny: Path, tmp_path: Path) -> None:
    sentences = (
        "The sirens of the port were tested.",
        "siren siren siren siren",
        "A siren stands at the gate and another siren at the quay.",
    )
    with base(tmp_path, reranker=str(tiny), rerank_ms=60_000, diversity=0.0) as kb:
        kb.ingest_documents([document(f"d{i}", "en", "news", (text,)) for i, text in enumerate(sentences)])
        hits = kb.search("When were the sirens of the port tested?").hits
        assert hits[0].text == sentences[1]
        scores = [hit.channels["reranker"] for hit in hits]
        assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
        assert scores[0] > scores[-1]  # type: ignore[operator]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    with base(tmp_path) as kb:
        assert kb.search("When were the sirens of the port tested?").hits[0].text == sentences[0]


def test_out_of_time_the_search_and_the_answer_say_so(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = CrossEncoderScorer.scores

    def slow(self: CrossEncoderScorer, question: str, passages: Sequence[str]) -> FloatVector:
        time.sleep(0.3)
        return real(self, question, passages)

    monkeypatch.setattr(CrossEncoderScorer, "scores", slow)
    with base(tmp_path, reranker=str(tiny), rerank_ms=50) as kb:
        kb.ingest_documents([document("moc", "en", "agreement", ("The siren of the port was tested on Monday.",))])
        assert "SETU_RERANK_MS" in kb.search("When was the siren tested?").notes[0]
        assert "SETU_RERANK_MS" in kb.answer("Which day was the siren of the port tested?").notes[0]


def test_a_model_that_is_not_on_this_machine_is_not_fetched(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
    with pytest.raises(SettingsError, match="SETU_ALLOW_DOWNLOAD"):
        CrossEncoderScorer("nobody/no-such-reranker", allow_download=False)


def test_a_classifier_is_not_taken_for_a_reranker(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="3 numbers"):
        CrossEncoderScorer(str(cross_encoder(tmp_path, outputs=3)), allow_download=False)
