"""Of which matters a text speaks, in any of the four languages: signing, cost, the last day to apply (``matters.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, partial

import regex

from lang.data_files import toml_of
from lang.normalise import search_form


@lru_cache(maxsize=4096)
def matters(text: str) -> frozenset[str]:
    """The matters whose words stand in a text."""
    form = search_form(text).text
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(form))


@cache
def common() -> frozenset[str]:
    """Matters that nearly every sentence touches."""
    return frozenset(_stored()["common"])


@cache
def things() -> frozenset[str]:
    """Matters that can be counted."""
    return frozenset(_stored()["things"])


@cache
def events() -> frozenset[str]:
    """Matters that happen on a day."""
    return frozenset(_stored()["events"])


@lru_cache(maxsize=1024)
def unsettled(text: str) -> str:
    """The words by which a text says that something is a draft, proposed or planned; "" where it does not."""
    found = _unsettled().search(search_form(text).text)
    return found[0] if found else ""


@cache
def _patterns() -> Mapping[str, regex.Pattern[str]]:
    return {name: _pattern(words) for name, words in _stored()["words"].items()}


@cache
def _unsettled() -> regex.Pattern[str]:
    return _pattern(_stored()["unsettled"]["marks"])


_stored = partial(toml_of, "kb.answer.spans", "matters.toml")


def _pattern(words: list[str]) -> regex.Pattern[str]:
    starts = [search_form(w).text if not w.isascii() else w for w in words]
    spaced = [w for w in starts if not regex.match(r"[\p{Han}\p{Katakana}\p{Hiragana}]", w)]
    joined = [w for w in starts if w not in spaced]
    parts = ([rf"(?<![\p{{L}}\p{{M}}])(?:{'|'.join(spaced)})"] if spaced else []) + joined
    return regex.compile("|".join(parts))
