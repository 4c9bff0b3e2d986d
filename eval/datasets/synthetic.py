"""A corpus of any size that looks like a real one to an index: neighbours of real vectors, and texts of real sentences.

A synthetic vector is a real passage's vector plus the difference of two real neighbours, so that it lies as far from its
neighbours as real ones do. A synthetic text is as many sentences of real passages of its language as one passage has; the
share of passages that hold a word is the real one. Its vocabulary does not grow with the corpus, as a real one would: the
posting list of a rare word is longer than it should be, which makes the figures of keyword search too high, never too low.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.datasets.beir import BeirSet
from ingest.records import Block, Chunk, Document, Facts, Kind, Page, Source
from kb import Settings
from kb.embed.embedder import Embedder, FloatMatrix, FloatVector, text_key
from kb.store.catalogue import Catalogue
from kb.store.passages import passages, published_chunks, vectors_of
from lang.languages import Language, detect
from lang.sentences import sentence_spans

LANGUAGES: tuple[Language, ...] = ("en", "mr", "hi", "ja")
CHUNKS_PER_DOCUMENT = 10
NEIGHBOURS = 16
STEP = 0.7
"""Share of a neighbour difference that is added: two neighbours of one vector are then as far apart as real neighbours (0.7 · √2)."""
FIRST_DAY = date(2023, 1, 1)
DAYS = 1000
"""Documents carry the dates of so many days, evenly: 10 days in a row are 1 % of the corpus."""
KINDS: Mapping[Kind, float] = {"agreement": 0.05, "best_practice": 0.15, "news": 0.5, "report": 0.2, "other": 0.1}


@dataclass(frozen=True, slots=True)
class Seeds:
    """Real passages of one language: sentences, sentences per passage, unit vectors ``(n, d)`` and each one's neighbours ``(n, 16)``."""

    language: Language
    sentences: tuple[str, ...]
    counts: tuple[int, ...]
    vectors: FloatMatrix
    neighbours: NDArray[np.int64]


def seeds(
    sets: Sequence[BeirSet], embedder: Embedder, most: int, kept: Path | None = None, progress: Callable[[int], None] | None = None
) -> tuple[Seeds, ...]:
    """Up to ``most`` passages of each of our languages from the sets, embedded; ``kept`` is a file of vectors that were made before."""
    texts: dict[Language, dict[str, None]] = {language: {} for language in LANGUAGES}
    for data in sets:
        for passage in data.corpus:
            language = detect(passage.text)
            if language in texts and len(texts[language]) < most:
                texts[language][passage.text] = None
    vectors = _embedded([text for found in texts.values() for text in found], embedder, kept, progress)
    return tuple(
        _seeds(language, list(found), np.stack([vectors[text] for text in found]))
        for language, found in texts.items()
        if len(found) > NEIGHBOURS
    )


def _embedded(
    texts: Sequence[str], embedder: Embedder, kept: Path | None, progress: Callable[[int], None] | None
) -> dict[str, FloatVector]:
    known: dict[str, FloatVector] = {}
    if kept is not None and kept.exists():
        with np.load(kept) as before:
            if str(before["model"]) == embedder.name:
                known = dict(zip(before["keys"].tolist(), before["vectors"], strict=True))
    missing = [text for text in dict.fromkeys(texts) if text_key(text) not in known]
    if missing:
        known |= dict(zip(map(text_key, missing), embedder.passages(missing, progress), strict=True))
    if missing and kept is not None:
        draft = kept.with_suffix(".new.npz")
        np.savez(draft, model=embedder.name, keys=list(known), vectors=np.stack(list(known.values())))
        draft.replace(kept)
    return {text: known[text_key(text)] for text in texts}


def seeds_of_homes(homes: Sequence[Path], model: str, most: int) -> tuple[Seeds, ...]:
    """The same from knowledge bases that are there already, whose passages need not be embedded again."""
    texts: dict[Language, dict[str, FloatVector]] = {language: {} for language in LANGUAGES}
    for home in homes:
        catalogue = Catalogue(Settings.load(home=home))
        with catalogue.read() as conn:
            ids, vectors = vectors_of(conn, published_chunks(conn), model)
            shown = passages(conn, ids)
        for chunk, vector in zip(ids, vectors, strict=True):
            passage = shown.get(chunk)
            if passage is not None and passage.language in texts and len(texts[passage.language]) < most:
                texts[passage.language][passage.text] = vector
        catalogue.close()
    return tuple(
        _seeds(language, list(found), np.stack(list(found.values()))) for language, found in texts.items() if len(found) > NEIGHBOURS
    )


def _seeds(language: Language, texts: list[str], vectors: FloatMatrix) -> Seeds:
    split = [[text[a:b].strip() for a, b in sentence_spans(text, language)] for text in texts]
    near = np.argsort(-(vectors @ vectors.T), axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]
    sentences = tuple(s for passage in split for s in passage if s)
    return Seeds(language, sentences, tuple(max(len(passage), 1) for passage in split), vectors, near)


class SuppliedEmbedder:
    """Hands out vectors that were made beforehand for passages, and embeds questions for real."""

    def __init__(self, real: Embedder) -> None:
        self._real = real
        self.name = real.name
        self.dimension = real.dimension
        self.supplied: dict[str, FloatVector] = {}

    def query(self, text: str) -> FloatVector:
        """The real vector of a question."""
        return self._real.query(text)

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        """The supplied vectors; each is handed out once."""
        rows = np.stack([self.supplied.pop(text) for text in texts])
        if progress is not None:
            progress(len(texts))
        return rows


def corpus(found: Sequence[Seeds], chunks: int, start: int = 0) -> Iterator[tuple[Document, FloatMatrix]]:
    """Documents number ``start`` and on, of ``chunks`` passages in all, with the vectors of their passages; always the same for a number.

    The languages take turns.
    """
    for number in range(start, start + -(-chunks // CHUNKS_PER_DOCUMENT)):
        size = min(CHUNKS_PER_DOCUMENT, chunks - (number - start) * CHUNKS_PER_DOCUMENT)
        yield _document(found[number % len(found)], number, size)


def rows(seed: Seeds, size: int, step: int, start: int = 0) -> Iterator[tuple[int, FloatMatrix]]:
    """Vectors of one language without texts, until there are ``size``: parts of ``step`` with their numbers; always the same for a number.

    ``start``: how many there are already.

    Raises:
        ValueError: it, or ``size``, is no multiple of ``step`` where others follow.
    """
    if start % step and size > start:
        raise ValueError(f"There are {start} rows, which is no multiple of {step}: begin anew in an empty folder.")
    for number in range(start // step, -(-size // step)):
        yield number, _vectors(seed, np.random.default_rng([number, 13]), min(step, size - number * step))


def _document(seed: Seeds, number: int, size: int) -> tuple[Document, FloatMatrix]:
    rng = np.random.default_rng([number, 7])
    texts = [
        " ".join(seed.sentences[i] for i in rng.integers(0, len(seed.sentences), seed.counts[c]))
        for c in rng.integers(0, len(seed.counts), size)
    ]
    text = "\n".join(texts)
    sha = hashlib.sha256(f"{number}\0{text}".encode()).hexdigest()
    kind = tuple(KINDS)[int(rng.choice(len(KINDS), p=list(KINDS.values())))]
    day = FIRST_DAY + timedelta(days=int(rng.integers(0, DAYS)))
    blocks, chunks, at = [], [], 0
    for ordinal, passage in enumerate(texts):
        end = at + len(passage)
        blocks.append(Block(1, "paragraph", (), passage, at, end, seed.language))
        chunks.append(Chunk(f"{sha[:12]}:{at}:{end}", ordinal, at, end, passage, 1, 1, (), seed.language))
        at = end + 1
    facts = Facts(kind, f"{number} {seed.sentences[int(rng.integers(0, len(seed.sentences)))][:40]}", seed.language, date=day)
    page = Page(1, "1", text, 0, len(text), "markup", 1.0, seed.language)
    source = Source(f"scale:{number}", sha, "text", len(text.encode()))
    return Document(source, facts, text, (page,), tuple(blocks), tuple(chunks)), _vectors(seed, rng, size)[_same(texts)]


def _same(texts: Sequence[str]) -> list[int]:
    """One place for all texts that are equal: a text has one vector in the store too."""
    last = {text: place for place, text in enumerate(texts)}
    return [last[text] for text in texts]


def _vectors(seed: Seeds, rng: np.random.Generator, size: int) -> FloatMatrix:
    near, a = rng.integers(0, len(seed.vectors), size), rng.integers(0, len(seed.vectors), size)
    b = seed.neighbours[a, rng.integers(0, NEIGHBOURS, size)]
    rows = seed.vectors[near] + np.float32(STEP) * (seed.vectors[a] - seed.vectors[b])
    unit: FloatMatrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
