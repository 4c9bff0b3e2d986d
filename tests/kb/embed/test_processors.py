"""A text has one vector: whatever it is embedded beside, and on whatever processor.

``vectors_sse.npz`` holds the vectors of the texts below as another processor makes them: this module run as a script on an emulated one
without AVX, whose kernels differ from those of today's in every step:

    qemu-x86_64 -cpu Nehalem .venv/bin/python -m tests.kb.embed.test_processors
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from kb.embed.e5_model import BATCH_TOKENS, BundledEmbedder

KEPT = Path(__file__).with_name("vectors_sse.npz")
TOLERANCE = 1e-5
"""Of a cosine."""
QUESTIONS = (
    "How often does the Joint Committee meet?",
    "समितीची बैठक किती वेळा होते?",
    "जल संवेदक कितने लगाए गए?",
    "委員会は年に何回開かれますか。",
)
PASSAGES = (
    "The Joint Committee shall meet twice a year.",
    "The Joint Committee shall meet three times a year.",
    "The Joint Committee shall meet twice a year, once in each city.",
    "The Steering Committee shall meet twice a year.",
    "संयुक्त समिती वर्षातून दोनदा बैठक घेईल.",
    "संयुक्त समिती वर्षातून तीनदा बैठक घेईल.",
    "सुकाणू समितीची बैठक दर तीन महिन्यांनी होईल.",
    "नदीकाठी चाळीस जल संवेदक बसवले आहेत.",
    "संयुक्त समिति वर्ष में दो बार बैठक करेगी।",
    "संयुक्त समिति वर्ष में तीन बार बैठक करेगी।",
    "नदी के किनारे चालीस जल संवेदक लगाए गए हैं।",
    "नदी के किनारे चौदह जल संवेदक लगाए गए हैं।",
    "合同委員会は年に二回開催する。",
    "合同委員会は年に三回開催する。",
    "運営委員会は毎月一回開催する。",
    "川沿いに四十台の水位計を設置した。",
    "Rain gauges are read every ten minutes and the readings are sent to the control room. " * 12,
    "पर्जन्यमापकांची नोंद दर दहा मिनिटांनी घेतली जाते आणि नियंत्रण कक्षाकडे पाठवली जाते. " * 40,
    "",
)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> BundledEmbedder:
    return BundledEmbedder(tmp_path_factory.mktemp("cache"))


def test_a_text_has_the_same_vector_alone_in_pairs_and_in_full_batches(bundled: BundledEmbedder) -> None:
    full = bundled.passages(PASSAGES * 3)
    assert sum(len(text) for text in PASSAGES) * 3 > 4 * BATCH_TOKENS  # several batches
    alone = np.vstack([bundled.passages([text]) for text in PASSAGES])
    for others in range(len(PASSAGES)):
        pair = bundled.passages([PASSAGES[others - 1], PASSAGES[others]])
        assert _far(pair[1], alone[others]) < TOLERANCE
    for row, vector in enumerate(full):
        assert _far(vector, alone[row % len(PASSAGES)]) < TOLERANCE


def test_what_its_tokens_mean_does_not_depend_on_the_batch_either(bundled: BundledEmbedder) -> None:
    _, together = bundled.contextual(PASSAGES)
    for text, beside in zip(PASSAGES, together, strict=True):
        _, (alone,) = bundled.contextual([text])
        for across in (False, True):
            assert np.abs(alone.compared(across=across) - beside.compared(across=across)).max(initial=0) < 1e-4


def test_an_index_of_another_processor_is_searched_with_the_same_scores_in_the_same_order(bundled: BundledEmbedder) -> None:
    with np.load(KEPT) as kept:
        passages, questions = kept["passages"], kept["questions"]
    own = bundled.passages(PASSAGES)
    assert max(_far(a, b) for a, b in zip(own, passages, strict=True)) < TOLERANCE
    for text, other in zip(QUESTIONS, questions, strict=True):
        query = bundled.query(text)
        assert _far(query, other) < TOLERANCE
        assert np.abs(own @ query - passages @ query).max() < TOLERANCE
        assert list(np.argsort(-(passages @ query))) == list(np.argsort(-(own @ query))) == list(np.argsort(-(passages @ other)))


def _far(a: np.ndarray, b: np.ndarray) -> float:
    """1 − cosine."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    return float(1 - x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        embedder = BundledEmbedder(Path(folder))
        vectors = np.vstack([embedder.query(text) for text in QUESTIONS])
        np.savez_compressed(KEPT, passages=embedder.passages(PASSAGES), questions=vectors)
