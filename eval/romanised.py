"""Hindi and Marathi as people type them in Latin letters, to fit models on more of it than anybody writes down."""

from __future__ import annotations

import regex

_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ",
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n p ph b bh m y r l v sh sh s h l".split(),  # noqa: SIM905
        strict=True,
    )
)
_VOWELS = dict(zip("अआइईउऊऋएऐओऔऑ", "a a i i u u ri e ai o au o".split(), strict=True))  # noqa: SIM905
_SIGNS = dict(zip("ािीुूृेैोौॅॉ", "a i i u u ri e ai o au a o".split(), strict=True))  # noqa: SIM905
_WORD = regex.compile(r"[\p{Devanagari}\p{M}\u200c\u200d]+")
_VIRAMA, _NUKTA, _NASALS = "\u094d", "\u093c", "\u0901\u0902"
_UNSAID = "@"
"""The vowel that a consonant has without a sign, which is said or not."""


def in_latin(text: str) -> str:
    """A text whose words in Devanagari are written as they sound: करार कधी झाला is *karar kadhi jhala*."""
    return _WORD.sub(lambda match: _word(match[0]), text)


def _word(word: str) -> str:
    sounds: list[list[str]] = []
    for char in word:
        if char in _CONSONANTS:
            sounds.append([_CONSONANTS[char], _UNSAID])
        elif char in _VOWELS:
            sounds.append(["", _VOWELS[char]])
        elif char in _SIGNS and sounds:
            sounds[-1][1] = _SIGNS[char]
        elif char == _VIRAMA and sounds:
            sounds[-1][1] = ""
        elif char in _NASALS:
            sounds.append(["n", ""])
        elif char != _NUKTA:
            sounds.append([char, ""])
    if len(sounds) > 1 and sounds[-1][1] == _UNSAID:
        sounds[-1][1] = ""
    for at in range(len(sounds) - 2, 0, -1):  # between two syllables that are said it is not
        if sounds[at][1] == _UNSAID and sounds[at - 1][1] and sounds[at + 1][0] and sounds[at + 1][1] not in ("", _UNSAID):
            sounds[at][1] = ""
    return "".join(consonant + vowel.replace(_UNSAID, "a") for consonant, vowel in sounds)
