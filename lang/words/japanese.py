"""Japanese words: SudachiPy's normalised forms, which unify 取扱い/取り扱い and サーバ/サーバー."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import regex

_PIECE = 8_000
"""Characters per call: SudachiPy refuses more than 49,149 bytes at once."""


_KATAKANA_RUN = regex.compile(r"[\p{Script=Katakana}ー]{2,}")
_KANJI_RUN = regex.compile(r"\p{Script=Han}[\p{Script=Han}々ヶ]*")
_PLACE_SUFFIX = "市県町村区郡府都州川河港島駅城山湾湖寺社"


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from sudachipy import Dictionary

    return Dictionary(dict="core")


def _tokenizer() -> Any:
    # One per text: a tokenizer keeps its lattice between calls and may not be shared. It costs microseconds, the dictionary 26 ms.
    from sudachipy import SplitMode

    return _dictionary().tokenizer(mode=SplitMode.A)


def normal_forms(text: str) -> list[str]:
    """The dictionary's normalised form of each short unit of ``text``, in order, punctuation included."""
    return [morpheme.normalized_form() for morpheme in _morphemes(text)]


def morphemes(text: str) -> list[tuple[str, str, str]]:
    """The short units of ``text``, in order: as written, part of speech (名詞, 動詞 …), normalised form."""
    return [(m.surface(), m.part_of_speech()[0], m.normalized_form()) for m in _morphemes(text)]


def proper_nouns(text: str) -> list[tuple[str, bool, str]]:
    """The short units of ``text``, in order: as written, whether it is a proper noun or a katakana word, and how it is read."""
    found = []
    for m in _morphemes(text):
        katakana = _KATAKANA_RUN.fullmatch(m.surface()) is not None
        found.append((m.surface(), katakana or m.part_of_speech()[1] == "固有名詞", m.surface() if katakana else m.reading_form()))
    return found


def surfaces(text: str) -> list[tuple[str, str]]:
    """The words of ``text`` that are more than particles, in order: as written, and how they are read, in katakana; also joined in twos."""
    found: list[tuple[str, str]] = []
    before: tuple[str, str] | None = None
    for m in _morphemes(text):
        one = (m.surface(), m.reading_form())
        if m.part_of_speech()[0] in ("助詞", "助動詞", "補助記号", "空白"):
            before = None
            continue
        found.append(one)
        if before is not None:
            found.append((before[0] + one[0], before[1] + one[1]))
        before = one
    return found


def readings(text: str) -> list[str]:
    """How each short unit of ``text`` is read, in katakana."""
    return [m.reading_form() for m in _morphemes(text)]


@lru_cache(maxsize=20_000)
def name_readings(text: str) -> tuple[str, ...]:
    """How the name-like words of a run of Japanese text are read, in katakana: katakana words, proper nouns, unknown place names."""
    found = dict.fromkeys(_KATAKANA_RUN.findall(text))
    for morpheme in _morphemes(text):
        surface = morpheme.surface()
        if _KATAKANA_RUN.fullmatch(surface):
            found[surface] = None
        elif morpheme.part_of_speech()[1] == "固有名詞":
            found[morpheme.reading_form()] = None
    for match in _KANJI_RUN.finditer(text):
        found |= dict.fromkeys(_place_readings(match.group()))
    return tuple(found)


@lru_cache(maxsize=20_000)
def _place_readings(run: str) -> tuple[str, ...]:
    """Readings of a kanji name that the dictionary lacks (風浜市): character by character, without what says city or river."""
    stem = run.rstrip(_PLACE_SUFFIX) if len(run) > 2 else run
    stem = run[:-1] if len(stem) < 2 and len(run) > 2 else stem
    if len(stem) not in (2, 3):
        return ()
    morphemes = _morphemes(stem)
    if len(morphemes) == 1 and morphemes[0].part_of_speech()[1] != "固有名詞":
        return ()
    return ("".join(m.reading_form() for char in stem for m in _morphemes(char)), "".join(m.reading_form() for m in morphemes))


def _morphemes(text: str) -> list[Any]:
    tokenizer = _tokenizer()
    return [m for start in range(0, len(text), _PIECE) for m in tokenizer.tokenize(text[start : start + _PIECE])]
