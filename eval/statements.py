"""True statements in four languages with their evidence: sentences of the shared corpora, and sentences beside their translation."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import regex

from eval.beir import load
from lang.codes import Language
from lang.identify import detect
from lang.lexical import japanese
from lang.lexical.names import name_keys, names
from lang.sentences import sentence_spans

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
class Pair:
    """A true statement, its evidence, and the names in the statement that may be exchanged."""

    statement: str
    evidence: tuple[str, ...]
    language: Language
    across: bool
    source: str
    names: tuple[str, ...]


def pairs(shared: Path) -> list[Pair]:
    """The true statements, always the same."""
    chance = random.Random(SEED)
    found: list[Pair] = []
    for made in _sources(shared):
        candidates = [p for p in made if _LENGTH[0] // (3 if p.language == "ja" else 1) <= len(p.statement) <= _LENGTH[1]]
        chance.shuffle(candidates)
        with_facts = [p for p in candidates if _NUMBER.search(p.statement) or p.names]
        found += [*with_facts[:EACH], *[p for p in candidates if p not in with_facts][: EACH // 4]]
    return found


def _sources(shared: Path) -> Iterator[list[Pair]]:
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
            Pair(texts[said], (texts[shown],), said, True, "flores", _names(texts[said], said, texts["hi" if said == "en" else "en"]))
            for texts in held
        ]
    for said in _ALONE:
        yield [Pair(texts[said], (texts[said],), said, False, "flores", _names(texts[said], said, texts["en"])) for texts in held[150:]]


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


def _inside(texts: Mapping[str, str], language: Language, source: str, english: Mapping[str, str] | None) -> list[Pair]:
    """Sentences whose evidence is themselves with the sentence before and after."""
    found = []
    for key, text in texts.items():
        spans = sentence_spans(text, language)
        for at, (start, end) in enumerate(spans):
            around = text[spans[max(0, at - 1)][0] : spans[min(len(spans) - 1, at + 1)][1]]
            statement = text[start:end].strip()
            if "|" not in statement and "#" not in statement:
                found.append(Pair(statement, (around,), language, False, source, _names(statement, language, (english or {}).get(key, ""))))
    return found


def _beside(said: Mapping[str, str], shown: Mapping[str, str], language: Language, source: str) -> list[Pair]:
    """Sentences whose evidence is the whole passage of the translation."""
    found = []
    for key, text in said.items():
        if key in shown:
            for start, end in sentence_spans(text, language):
                statement = text[start:end].strip()
                beside = _names(statement, language, shown[key])
                found.append(Pair(statement, (shown[key],), language, True, source, beside))
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
