"""Which papers speak of a matter: a linear model over what reading their best passages, searching, and comparing words say.

What a question is about, and which texts in any of the four languages speak of it, is told by words (``topic_relevance.toml``). But people
name a matter in their own words and language, so that a passage on it may hold none of them. The weights lie in ``topic_relevance.json``,
which ``python -m eval speaking --write`` fitted on matters and papers of others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from kb.ports import Ports
from kb.records import ExpandedTerm, Hit
from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.words.search_tokens import content_words, script

UNKNOWN = 0.3
"""What a word counts for that a text in another language cannot be compared with."""
HALF = 0.5
"""Share of a matter from beyond which a text speaks of it."""
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked about, as the terms of the glossary that it names and the words beside them."""

    text: str
    language: Language
    terms: tuple[tuple[ExpandedTerm, ...], ...] = ()
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    """Its words as they are, where the stem of each is a small word: Thane, *than*."""

    def held(self, text: str, language: Language) -> float | None:
        """The share of it that a text holds, the terms also by their names in the text's language; None where nothing can be compared.

        A word that the text's language may have under another name counts for `UNKNOWN`.
        """
        said = [float(any(_named(text, name, language) for term in same for name in term.names.get(language, ()))) for same in self.terms]
        comparable = bool(said)
        if language == self.language or script(text) == script(self.text):
            there = _words(text, language)
            said += [float(word in there) for word in self.words]
            comparable |= bool(self.words)
        else:
            # A name in Latin letters may stand in a text in another script.
            tokens = frozenset(_TOKEN.findall(search_form(text).text)) if script(self.text) == "latin" else frozenset()
            found = [len(word) > 2 and word in tokens for word in _TOKEN.findall(search_form(self.text).text)]
            same = sum(found) if self.words else 0
            said += [1.0] * min(same, len(self.words)) + [UNKNOWN] * max(0, len(self.words) - same)
            comparable |= same > 0
        if self.exact:
            tokens = frozenset(_TOKEN.findall(search_form(text).text))
            held = [float(word in tokens) for word in self.exact]
            comparable |= language == self.language or any(held)
            said += held
        return sum(said) / len(said) if comparable else None

    def names(self, language: Language) -> list[str]:
        """What its terms are called in a language."""
        return [name for same in self.terms for term in same for name in term.names.get(language, ())]

    def named_in(self, text: str, language: Language) -> tuple[int, int] | None:
        """Where a text first names a term of it, or has a word of it; None where it does neither."""
        if language == "ja":
            found = [(at, at + len(name)) for name in (*self.names(language), *self.words) if (at := text.find(name)) >= 0]
            return min(found, default=None)
        wanted = {word for name in self.names(language) for word in _words(name, language)}
        if script(text) == script(self.text):
            wanted |= set(self.words)
        return next((m.span() for m in _TOKEN.finditer(text) if wanted & _words(m[0], language)), None)


def matter_of(text: str, language: Language, terms: Sequence[ExpandedTerm]) -> Matter:
    """A matter with the glossary's terms in it."""
    form = search_form(text).text
    known: dict[str, tuple[ExpandedTerm, ...]] = {}
    for term in terms:
        # "it" is not IT: what is written in capitals is so in the question as well.
        if not term.surface.isupper() or term.surface in text:
            known[term.surface] = (*known.get(term.surface, ()), term)
    known = {one: same for one, same in known.items() if not any(one != other and one in other for other in known)}
    taken = {word for surface in known for word in content_words(surface, language)}
    words = tuple(dict.fromkeys(word for word in content_words(form, language) if word not in taken))
    exact = () if words or known else tuple(_TOKEN.findall(form))
    telling = {surface: same for surface, same in known.items() if not _words(surface, language) <= _generic(language)}
    named = tuple(word for word in words if word not in _generic(language))
    if telling or named:  # what says little counts only where nothing else is said
        return Matter(text, language, tuple(telling.values()), named)
    return Matter(text, language, tuple(known.values()), words, exact)


@cache
def _generic(language: Language) -> frozenset[str]:
    stored = toml_of("kb.answer.document_selection", "topic_relevance.toml")
    words = " ".join(stored["generic"])
    return frozenset(stored["generic"]) | frozenset(content_words(words, language if language in LANGUAGES else "en"))


@lru_cache(maxsize=8192)
def _words(text: str, language: Language) -> frozenset[str]:
    return frozenset(content_words(text, language))


def _named(text: str, name: str, language: Language) -> bool:
    if language == "ja":
        return search_form(name).text in search_form(text).text
    wanted = _words(name, language)
    return bool(wanted) and wanted <= _words(text, language)


Floats: TypeAlias = NDArray[np.float64]

FEATURES: Final = ("read", "searched", "held", "named")
PAPERS: Final = 12
"""Papers of which the best passage is read, in the order in which the search found them."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """The weights of the features, the bias, and the log-odds from which a paper speaks of a matter."""

    weights: Floats
    bias: float
    least: float


def speaking(asked: Matter, hits: Sequence[Hit], ports: Ports) -> dict[int, Hit]:
    """The papers, by id, that speak of a matter, likeliest first, each with its passage that was found first."""
    best = best_of_each(hits)
    if not best:
        return {}
    model = topic_weights()
    odds = features(asked, best, ports) @ model.weights + model.bias
    order = [int(at) for at in np.argsort(-odds, kind="stable") if odds[at] >= model.least]
    return {best[at].document_id: best[at] for at in order}


def best_of_each(hits: Sequence[Hit]) -> list[Hit]:
    """The first passage of each of the first papers that were found."""
    first: dict[int, Hit] = {}
    for hit in hits:
        first.setdefault(hit.document_id, hit)
    return list(first.values())[:PAPERS]


def features(asked: Matter, best: Sequence[Hit], ports: Ports) -> Floats:
    """What is seen of each passage, shape ``(len(best), len(FEATURES))``."""
    read = ports.reads(asked.text, [(hit.document, hit.text) for hit in best])
    top = max(hit.score for hit in best)
    rows = []
    for hit, told in zip(best, read, strict=True):
        held = asked.held(f"{hit.document} {hit.text}", hit.language)
        rows.append((told.odds, hit.score - top, UNKNOWN if held is None else held, hit.channels.get("names") or 0.0))
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


@cache
def topic_weights() -> Speaking:
    """The weights in ``speaking.json`` beside this module."""
    text = resources.files("kb.answer.document_selection").joinpath("topic_relevance.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    return Speaking(np.array([stored["weights"][name] for name in FEATURES]), float(stored["bias"]), float(stored["least"]))
