"""How sure it is that a passage is about an area: seven signals, and one logistic rule for each distance between the languages.

``near``: how much nearer the passage is to the area than to what governments cooperate on otherwise (`topics.toml`), in standard deviations
of those topics; both in one language, so that what belongs to languages falls away; the mean over the area's versions, and over the area
said with the glossary's terms in the passage's language. ``margin``: less that of the nearest other area. ``rival``: less that of the
nearest topic. ``theme``: by how much the document as a whole is nearer to the area than to the next. ``terms``: the share of the glossary's
terms in the area's core that the passage names, in whatever language, rarer ones counting more. ``named``: the weight of the best of these.
``words``: the weighted share of the area's words in the passage; across scripts the English words of what the glossary knows of either.

``confidence.json`` has the weights; `docs/map.md` says on what they were fitted and how well the probabilities hold.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeAlias

import numpy as np

from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
from lang.words.search_tokens import content_words, script
from training.exchange_map.areas import head
from training.exchange_map.map_records import SIGNALS, Confidence, FloatMatrix, Likeness, Passage, Reason, Said


@cache
def topics() -> Mapping[Language, tuple[str, ...]]:
    """The topics of ``topics.toml`` in each language, in one order."""
    stored = toml_of("training.exchange_map", "topics.toml")["topic"]
    return {language: tuple(topic[language] for topic in stored) for language in LANGUAGES}


GENERIC: Final = 0.3
"""What a word or term counts for that says who acts, or what is done with things of all sorts."""
_SAID: Final = (
    "municipal corporation city staff employee officer citizen resident public service system maintenance operation planning management "
    "inspection repair cost budget project programme agreement cooperation committee development use department ministry report water "
    "accelerate advance secure security promote promise unlock unleash strengthen support enhance enable joint international national "
    "global world country government initiative partnership innovation technology future new areas field foundation invest"
)


@cache
def generic() -> frozenset[str]:
    """The stems of such words in English."""
    return frozenset(word for name in _SAID.split() for word in content_words(name, "en"))


RELATED: Final = 0.5
"""What a term counts for that only shares words with the one that is wanted, at least `ALIKE` of the words of both."""
ALIKE: Final = 0.3


def compared_terms(areas: Sequence[Sequence[Said]], passages: Sequence[Passage], likeness: Likeness) -> tuple[FloatMatrix, FloatMatrix]:
    """How far the passages name the areas' terms, and the weight of the one they name best, each of shape ``(areas, passages)``.

    A term of an area weighs the more the fewer passages name it, and is shared among the areas that name it.
    """
    wanted = [_terms(texts, likeness) for texts in areas]
    standing = [_terms([Said(p.text, p.language)], likeness) for p in passages]
    in_passages = Counter(term for there in standing for term in there)
    in_areas = Counter(term for each in wanted for term in each)
    words_of = {term: words for each in wanted for term, words in each.items()}
    weight = {term: _weight(words_of[term], in_passages[term], len(standing)) / n for term, n in in_areas.items()}
    share, best = (np.zeros((len(areas), len(passages)), dtype=np.float32) for _ in range(2))
    for i, each in enumerate(wanted):
        total = sum(weight[term] for term in each)
        for j, there in enumerate(standing):
            if each and there and total > 0:
                fits = [weight[term] * _fit(term, words, there) for term, words in each.items()]
                share[i, j], best[i, j] = sum(fits) / total, max(fits)
    return share, best


def _weight(words: frozenset[str], named: int, of: int) -> float:
    """Of a term that ``named`` of so many passages name; its root, for what a whole collection is about is named in much of it."""
    rare = math.log((1 + of) / (0.5 + named)) / math.log(1 + of) if named else 1.0
    return math.sqrt(max(0.0, min(1.0, rare))) * (GENERIC if words <= generic() else 1.0)


def _terms(texts: Sequence[Said], likeness: Likeness) -> dict[str, frozenset[str]]:
    """The terms of texts, each by its usual English name with the words of that name."""
    names = dict.fromkeys(name for said in texts for name in likeness.names(said.text, said.language).get("en", ()))
    return {name: frozenset(content_words(name, "en")) for name in names}


def _fit(term: str, words: frozenset[str], there: Mapping[str, frozenset[str]]) -> float:
    if term in there:
        return 1.0
    return (
        RELATED
        if any((words & other) - generic() and len(words & other) >= ALIKE * len(words | other) for other in there.values())
        else 0.0
    )


SHOWN: Final = 0.5
"""Least probability of a passage that is shown in a cell: it belongs there rather than not."""
NEAREST: Final = 6.0
"""Standard deviations beyond which nearness and margin say no more."""
CLOSE: Final = 1.5
"""Standard deviations from which a topic is taken to be close to an area, and no rival of it."""
FEWEST_WORDS: Final = 1.5
"""What a share is of at least, so that one word of a short area does not count for all."""
FEW_LANGUAGES: Final = 2
"""Texts of an area in one language that are looked at; more of one meaning add nothing."""

Reach: TypeAlias = Literal["same", "across", "across_japanese"]
"""The passage is in a language of the area's own texts; in another; in another, and one of the two is Japanese."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Signals of every area (rows) with every passage (columns), each of shape ``(areas, passages)``, and the reach of each pair."""

    signals: Mapping[str, FloatMatrix]
    reach: tuple[tuple[Reach, ...], ...]

    def confidence(self, area: int, passage: int) -> Confidence:
        """How sure it is that the passage is about the area."""
        rule = rules()[self.reach[area][passage]]
        values = {name: float(self.signals[name][area, passage]) for name in SIGNALS}
        parts = [Reason(name, round(values[name], 3), round(rule[name] * values[name], 3)) for name in SIGNALS if rule[name]]
        total = rule["constant"] + sum(rule[name] * values[name] for name in SIGNALS)
        return Confidence(_logistic(total), tuple(sorted(parts, key=lambda part: -abs(part.weight))))

    def probabilities(self) -> FloatMatrix:
        """The probabilities of all pairs."""
        table = rules()
        found = np.zeros_like(self.signals["near"])
        for name, rule in table.items():
            total = rule["constant"] + sum(rule[signal] * self.signals[signal] for signal in SIGNALS)
            here = np.array([[reach == name for reach in row] for row in self.reach], dtype=bool).reshape(found.shape)
            found = np.where(here, 1 / (1 + np.exp(-np.clip(total, -50, 50))), found).astype(np.float32)
        return found


def weigh(areas: Sequence[Sequence[Said]], passages: Sequence[Passage], likeness: Likeness, told: Sequence[Sequence[Said]] = ()) -> Weighed:
    """Compare every area with every passage.

    Args:
        areas: each as its texts, at least one.
        passages: what may be about them.
        likeness: of the knowledge base.
        told: for each area what its agreement says of it elsewhere; a passage that is nearer to that gains half of the difference.
    """
    near, rival = _near(areas, passages, likeness)
    if any(told):
        near = near + np.maximum(_near([t or a for t, a in zip(told, areas, strict=True)], passages, likeness)[0] - near, 0) / 2
    terms, named = compared_terms([_cores(texts) for texts in areas], passages, likeness)
    signals = {
        "near": near,
        "margin": _margin(near),
        "rival": np.clip(near - rival, -NEAREST, NEAREST),
        "theme": _theme(near, [p.theme for p in passages]),
        "terms": terms,
        "named": named,
        "words": _words(areas, passages, likeness),
    }
    reach = tuple(tuple(_reach(area, passage) for passage in passages) for area in areas)
    return Weighed(signals, reach)


def _near(areas: Sequence[Sequence[Said]], passages: Sequence[Passage], likeness: Likeness) -> tuple[FloatMatrix, FloatMatrix]:
    """How near the areas are to the passages, and how near the nearest other topic is."""
    phrased = _Phrased(areas, sorted({p.language for p in passages}), likeness)
    return phrased.near([(p.title, p.text) for p in passages], [p.language for p in passages])


class _Phrased:
    """The areas as they are said: in their own texts, and in the glossary's terms where they have no text in a language of the passages."""

    def __init__(self, areas: Sequence[Sequence[Said]], spoken: Sequence[Language], likeness: Likeness) -> None:
        self._likeness = likeness
        self._phrases: list[Said] = []
        self._own: list[list[int]] = []
        self._made: list[dict[Language, int]] = []
        for texts in areas:
            chosen = _few(texts)
            self._own.append([self._phrase(said) for said in dict.fromkeys((*chosen, *_cores(chosen)))])
            without = [language for language in spoken if all(said.language != language for said in chosen)]
            made = {language: _in_terms(_cores(chosen), language, likeness) for language in without}
            self._made.append({language: self._phrase(said) for language, said in made.items() if said is not None})

    def near(self, shown: Sequence[tuple[str, str]], languages: Sequence[Language]) -> tuple[FloatMatrix, FloatMatrix]:
        """How near each area is to each text (title and text): the mean of all its own texts, and of what it is called in that language.

        And how near the nearest other topic is, likewise.
        """
        scores, rivals = _above_topics(self._phrases, shown, self._likeness)
        return self._mean(scores, languages), self._mean(rivals, languages)

    def _mean(self, scores: FloatMatrix, languages: Sequence[Language]) -> FloatMatrix:
        found = np.zeros((len(self._own), len(languages)), dtype=np.float32)
        for row, (mine, made) in enumerate(zip(self._own, self._made, strict=True)):
            mean = scores[mine].mean(axis=0)
            for at, language in enumerate(languages):
                same = [i for i in mine if self._phrases[i].language == language] or ([made[language]] if language in made else [])
                found[row, at] = (mean[at] + scores[same, at].mean()) / 2 if same else mean[at]
        return np.clip(found, -NEAREST, NEAREST)

    def _phrase(self, said: Said) -> int:
        self._phrases.append(said)
        return len(self._phrases) - 1


def _few(texts: Sequence[Said]) -> list[Said]:
    seen: Counter[str] = Counter()
    chosen = []
    for said in texts:
        seen[said.language] += 1
        if seen[said.language] <= FEW_LANGUAGES:
            chosen.append(said)
    return chosen


def _cores(texts: Sequence[Said]) -> list[Said]:
    return [Said(head(said.text, said.language), said.language) for said in texts]


def _in_terms(texts: Sequence[Said], language: Language, likeness: Likeness) -> Said | None:
    names = dict.fromkeys(name for said in texts for name in likeness.names(said.text, said.language).get(language, ()))
    return Said(("、" if language == "ja" else ", ").join(names), language) if names else None


def _above_topics(phrases: Sequence[Said], shown: Sequence[tuple[str, str]], likeness: Likeness) -> tuple[FloatMatrix, FloatMatrix]:
    """How many standard deviations each phrase is nearer to a passage than the topics are, said in the phrase's language.

    And how many the topic is that is nearest to the passage, of those that are not close to the phrase itself.
    """
    scores, rivals = (np.zeros((len(phrases), len(shown)), dtype=np.float32) for _ in range(2))
    for language in {said.language for said in phrases}:
        mine = [i for i, said in enumerate(phrases) if said.language == language]
        others = topics()[language if language != "und" else "en"]
        background = likeness.cosines(others, shown)
        mean, spread = background.mean(axis=0), np.maximum(background.std(axis=0), 1e-3)
        texts = [phrases[i].text for i in mine]
        scores[mine] = (likeness.cosines(texts, shown) - mean) / spread
        close = likeness.cosines(texts, [("", topic) for topic in others])
        apart = close < close.mean(axis=1, keepdims=True) + CLOSE * close.std(axis=1, keepdims=True)
        above = (background - mean) / spread
        for i, kept in zip(mine, apart, strict=True):
            rivals[i] = above[kept].max(axis=0)
    return scores, rivals


def _margin(near: FloatMatrix) -> FloatMatrix:
    if len(near) < 2:
        return np.zeros_like(near)
    best = np.sort(near, axis=0)
    others = np.where(near >= best[-1], best[-2], best[-1])
    return np.asarray(np.clip(near - others, -NEAREST, NEAREST), dtype=np.float32)


def _theme(near: FloatMatrix, themes: Sequence[int]) -> FloatMatrix:
    of = np.array(themes)
    known = sorted(set(themes))
    mean = np.stack([near[:, of == theme].mean(axis=1) for theme in known], axis=1) if known else near
    return _margin(mean)[:, [known.index(theme) for theme in themes]] if known else near


def _words(areas: Sequence[Sequence[Said]], passages: Sequence[Passage], likeness: Likeness) -> FloatMatrix:
    found = np.zeros((len(areas), len(passages)), dtype=np.float32)
    bridged = [frozenset(_english(texts, likeness)) for texts in areas]
    for language in sorted({p.language for p in passages}):
        here = [i for i, p in enumerate(passages) if p.language == language]
        standing = [frozenset(content_words(passages[i].text, language)) for i in here]
        for row, texts in enumerate(areas):
            whole = (*texts, *_cores(texts))
            wanted = [frozenset(content_words(t.text, language)) for t in whole if script(t.text) == script(passages[here[0]].text)]
            if wanted:
                found[row, here] = _shared(wanted, standing).max(axis=0)
        if language != "en":
            in_english = [frozenset(_english([Said(passages[i].text, language)], likeness)) for i in here]
            found[:, here] = np.maximum(found[:, here], _shared(bridged, in_english))
    return found


def _english(texts: Sequence[Said], likeness: Likeness) -> Iterator[str]:
    """The English words of texts: their own, and those of the glossary's terms that they name in another language."""
    for said in texts:
        english = said.text if said.language == "en" else " ".join(likeness.names(said.text, said.language).get("en", ()))
        yield from content_words(english, "en")


def _shared(wanted: Sequence[frozenset[str]], standing: Sequence[frozenset[str]]) -> FloatMatrix:
    """The weight of what is wanted and stands there, of all that is wanted."""
    count = Counter(one for there in standing for one in there)
    most = math.log(1 + len(standing))
    weight = {one: math.log((1 + len(standing)) / (0.5 + count[one])) / most if count[one] else 1.0 for each in wanted for one in each}
    weight = {one: value * (GENERIC if one in generic() else 1.0) for one, value in weight.items()}
    found = np.zeros((len(wanted), len(standing)), dtype=np.float32)
    for i, each in enumerate(wanted):
        total = max(FEWEST_WORDS, sum(max(weight[one], 0.0) for one in each))
        for j, there in enumerate(standing):
            found[i, j] = sum(max(weight[one], 0.0) for one in each & there) / total if total > 0 else 0.0
    return found


def _reach(texts: Sequence[Said], passage: Passage) -> Reach:
    languages = {said.language for said in texts}
    if passage.language in languages:
        return "same"
    return "across_japanese" if passage.language == "ja" or languages == {"ja"} else "across"


def _logistic(total: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


@cache
def rules() -> Mapping[Reach, Mapping[str, float]]:
    """The logistic weights in ``confidence.json``."""
    stored: Mapping[Reach, Mapping[str, float]] = json.loads(
        resources.files("training.exchange_map").joinpath("confidence.json").read_text(encoding="utf-8")
    )
    return stored
