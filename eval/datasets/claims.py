"""Claims with their evidence: those that people have labelled (WiCE; Kamoi et al., 2023), and true sentences in four languages.

WiCE holds claims of Wikipedia and the pages they cite. A claim is *supported* when all of it is; partially and not supported claims are
the others. The pages are long: what is scored, by a logistic score that is fitted here, are the sentences that share most words with the
claim. True statements are sentences of the shared corpora, and sentences beside their translation.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import regex

from eval.datasets.beir import load
from eval.fit.estimators import Floats, fit_rows, sigmoid
from kb.verify.entailment import Signals, TokenEncoder, signals_of
from lang.languages import Language, detect
from lang.sentences import sentence_spans
from lang.words import japanese
from lang.words.names import name_keys, names
from lang.words.search_tokens import content_words

READ = 14
"""Sentences of a page that are compared with a claim."""
QUOTED = 3
"""Of these, as many as a statement of an answer cites at most."""
FOLDS = 5
BINS = 10
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, the sentences of its evidence that are looked at, and whether they support all of it.

    ``nearest`` are the few that share most words with it: as many as an answer quotes.
    """

    text: str
    evidence: tuple[str, ...]
    supported: bool
    nearest: tuple[str, ...] = ()


def read_wice(path: Path) -> list[Claim]:
    """The claims of a WiCE file (JSON lines with ``claim``, ``evidence``, ``label``)."""
    found = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            read, few = (_nearest(row["claim"], row["evidence"], most) for most in (READ, QUOTED))
            found.append(Claim(row["claim"], read, row["label"] == "supported", few))
    return found


def _nearest(claim: str, evidence: Sequence[str], most: int) -> tuple[str, ...]:
    words = set(content_words(claim, "en"))
    inside = [set(content_words(sentence, "en")) for sentence in evidence]
    telling = {word: math.log(1 + len(evidence) / (1 + sum(word in there for there in inside))) for word in words}
    weight = [sum(telling[word] for word in words & there) for there in inside]
    best = sorted(range(len(evidence)), key=lambda at: -weight[at])[:most]
    return tuple(evidence[at] for at in sorted(best))


def matrix(signals: Sequence[Signals]) -> Floats:
    """One row a claim, one column a signal in the order of ``Signals``."""
    return np.array([[getattr(one, name) for name in Signals.__slots__] for one in signals], dtype=np.float64)


def fit_support(signals: Floats, labels: Floats, ridge: float = RIDGE) -> Floats:
    """Weights of a logistic regression with an L2 penalty of ``ridge`` on standardised signals; the constant comes last.

    Newton's method; shape ``(signals + 1,)``, to be used on signals as they are.
    """
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    weights = fit_rows((signals - mean) / spread, labels, ridge)
    scaled = weights[:-1] / spread
    return np.append(scaled, weights[-1] - scaled @ mean)


def probability(weights: Floats, signals: Floats) -> Floats:
    """Row by row, the probability of support."""
    return sigmoid(signals @ weights[:-1] + weights[-1])


def held_out(signals: Floats, labels: Floats, seed: int = 0) -> Floats:
    """Probabilities of each row by weights that were fitted without its fold."""
    order = np.random.default_rng(seed).permutation(len(labels))
    found = np.zeros(len(labels))
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        train = np.setdiff1d(order, test)
        found[test] = probability(fit_support(signals[train], labels[train]), signals[test])
    return found


def auroc(scores: Floats, labels: Floats) -> float:
    """The chance that a supported claim scores above another one (Mann-Whitney U); ties count half."""
    others = scores[labels == 0]
    return float(np.mean([(score > others).mean() + 0.5 * (score == others).mean() for score in scores[labels == 1]]))


def calibration_error(scores: Floats, labels: Floats) -> float:
    """Expected calibration error (Guo et al., 2017) over `BINS` bins of equal width."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return float(sum(abs(labels[bins == b].mean() - scores[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist())))


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores from ``low`` to ``high``: how many, their mean, and the share of them that is supported."""

    low: float
    high: float
    count: int
    score: float
    supported: float


def reliability(scores: Floats, labels: Floats, bins: int = BINS) -> list[Bin]:
    """The bins of equal width that are not empty, in order; those of a calibrated score lie on the diagonal."""
    at = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        Bin(b / bins, (b + 1) / bins, int((at == b).sum()), float(scores[at == b].mean()), float(labels[at == b].mean()))
        for b in sorted(set(at.tolist()))
    ]


def evaluate(claims: Sequence[Claim], tokens: TokenEncoder) -> dict[str, Any]:
    """AUROC of each signal, and AUROC and calibration error of the score in cross-validation; and the weights fitted on all claims."""
    signals = matrix([signals_of(claim.text, claim.evidence, tokens) for claim in claims])
    labels = np.array([float(claim.supported) for claim in claims])
    scores = held_out(signals, labels)
    single: Mapping[str, float] = {name: auroc(signals[:, at], labels) for at, name in enumerate(Signals.__slots__)}
    return {
        "claims": len(claims),
        "supported": int(labels.sum()),
        "auroc": {**single, "score": auroc(scores, labels)},
        "calibration_error": calibration_error(scores, labels),
        "weights": dict(zip([*Signals.__slots__, "constant"], fit_support(signals, labels).tolist(), strict=True)),
    }


SEED = 20250312
EACH = 28
"""Statements with a number or name that are taken from each source; of others, a quarter of it."""
_LENGTH = (30, 320)
_ACROSS: tuple[tuple[Language, Language], ...] = (
    ("mr", "en"), ("en", "mr"), ("ja", "en"), ("en", "ja"), ("mr", "ja"), ("ja", "mr"), ("hi", "ja"), ("mr", "hi"),
)  # fmt: skip
_ALONE: tuple[Language, ...] = ("mr", "hi", "ja")
"""Languages of statements and evidence of the parallel sentences; English has enough others."""
_NUMBER = regex.compile(r"\p{Nd}")
_MONTH = regex.compile(r"January|February|March|April|June|July|August|September|October|November|December")


@dataclass(frozen=True, slots=True)
class StatementPair:
    """A true statement, its evidence, and the names in the statement that may be exchanged."""

    statement: str
    evidence: tuple[str, ...]
    language: Language
    across: bool
    source: str
    names: tuple[str, ...]


def statement_pairs(shared: Path) -> list[StatementPair]:
    """The true statements, always the same."""
    chance = random.Random(SEED)
    found: list[StatementPair] = []
    for made in _sources(shared):
        candidates = [p for p in made if _LENGTH[0] // (3 if p.language == "ja" else 1) <= len(p.statement) <= _LENGTH[1]]
        chance.shuffle(candidates)
        with_facts = [p for p in candidates if _NUMBER.search(p.statement) or p.names]
        found += [*with_facts[:EACH], *[p for p in candidates if p not in with_facts][: EACH // 4]]
    return found


def _sources(shared: Path) -> Iterator[list[StatementPair]]:
    beir = shared / "benchmarks" / "beir"
    english = {p.id: p.text for p in load(beir / "xquad-en-en").corpus}
    hindi = {p.id: p.text for p in load(beir / "xquad-hi-hi").corpus}
    yield _inside(hindi, "hi", "xquad", english)
    yield _inside(english, "en", "xquad", None)
    yield _beside(hindi, english, "hi", "xquad")
    yield _beside(english, hindi, "en", "xquad")
    yield _inside({p.id: p.text for p in load(beir / "jsquad-ja").corpus[:300]}, "ja", "jsquad", None)
    yield _inside({p.id: p.text for p in load(beir / "mahmls21-mr").corpus[:400]}, "mr", "mahmls", None)
    agreements = {f.name: f.read_text(encoding="utf-8") for f in sorted((shared / "corpus" / "agreements_en").glob("*.md"))}
    yield _inside(agreements, "en", "agreements", None)
    held = [texts for key, texts in parallel(beir).items() if is_held_out(key)]
    for said, shown in _ACROSS:
        yield [
            StatementPair(
                texts[said], (texts[shown],), said, True, "flores", _names(texts[said], said, texts["hi" if said == "en" else "en"])
            )
            for texts in held
        ]
    for said in _ALONE:
        yield [
            StatementPair(texts[said], (texts[said],), said, False, "flores", _names(texts[said], said, texts["en"]))
            for texts in held[150:]
        ]


def parallel(beir: Path) -> dict[str, dict[Language, str]]:
    """The sentences of SIB-200 in all four languages, by their ids."""
    found: dict[str, dict[Language, str]] = {}
    for name, asked, shown in (("sib200-en-ja", "en", "ja"), ("sib200-hi-ja", "hi", "ja"), ("sib200-mr-en", "mr", "en")):
        one = load(beir / name)
        for passage in one.corpus:
            found.setdefault(passage.id, {})[cast(Language, shown)] = passage.text
        for key, text in one.queries.items():
            found.setdefault(key, {})[cast(Language, asked)] = text
    return {key: texts for key, texts in sorted(found.items()) if len(texts) == 4}


def is_held_out(key: str) -> bool:
    """Whether a parallel sentence is kept from the fits: every third, by hash."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 3 == 0


def _inside(texts: Mapping[str, str], language: Language, source: str, english: Mapping[str, str] | None) -> list[StatementPair]:
    """Sentences whose evidence is themselves with the sentence before and after."""
    found = []
    for key, text in texts.items():
        spans = sentence_spans(text, language)
        for at, (start, end) in enumerate(spans):
            around = text[spans[max(0, at - 1)][0] : spans[min(len(spans) - 1, at + 1)][1]]
            statement = text[start:end].strip()
            if "|" not in statement and "#" not in statement:
                found.append(
                    StatementPair(statement, (around,), language, False, source, _names(statement, language, (english or {}).get(key, "")))
                )
    return found


def _beside(said: Mapping[str, str], shown: Mapping[str, str], language: Language, source: str) -> list[StatementPair]:
    """Sentences whose evidence is the whole passage of the translation."""
    found = []
    for key, text in said.items():
        if key in shown:
            for start, end in sentence_spans(text, language):
                statement = text[start:end].strip()
                beside = _names(statement, language, shown[key])
                found.append(StatementPair(statement, (shown[key],), language, True, source, beside))
    return found


def _names(text: str, language: Language, other: str) -> tuple[str, ...]:
    """Names of a text: capitalised words, and words of other scripts that sound like a capitalised word of the English version.

    ``other`` is that version; of an English text, a version in another language, with which its names must sound alike. Without it
    English names are all capitalised words, Japanese ones the dictionary's proper nouns.
    """
    if language == "en":
        sounds = set(name_keys(other, detect(other)))
        return tuple(word for word in capitals(text) if not other or sounds & set(name_keys(word, "en")))
    if language == "ja" and not other:
        return tuple(s for s, proper, _ in japanese.proper_nouns(text) if proper and len(s) > 1)
    english = {key for word in capitals(other) for key in name_keys(word, "en")}
    words: Iterable[str] = (n.surface for n in names(text, language) if english & set(n.keys))
    if language == "ja":
        words = (w for w in regex.findall(r"[\p{Katakana}ー]{3,}", text) if english & set(name_keys(w, "ja")))
    return tuple(w for w in words if len(w) > 3 and w in text)


def capitals(text: str) -> list[str]:
    """Capitalised words that do not begin a sentence, months left out."""
    return [w for w in regex.findall(r"(?<=[\p{L},] )\p{Lu}\p{Ll}{3,}(?!\p{L})", text) if not _MONTH.fullmatch(w)]
