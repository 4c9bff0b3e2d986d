"""Light stems of our own: rules for Marathi, Hindi and English, word endings for any other language.

A stem is a key, not a word: all it must do is be the same for the forms of one word and rarely the same for two words.
Marathi glues case endings and postpositions to the oblique form of a noun, several deep (तालुका → तालुक्यातील), so
endings are taken off layer by layer; what is left loses its final vowels, which carry gender, number and the oblique.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import regex

from lang.languages import Language, known_of

_LONG = "(?<=[ाीूेोईएऊं])"
"""A short case ending is one only after the long vowel or anusvara of an oblique form: घरात, but not भारत."""

_MR_POSTPOSITION = regex.compile(
    "(?:नुसार|मध्ये|मधील|मधून|मधे|साठी|पर्यंत|पासून|कडून|कडील|कडे|बाबत|विषयी|संबंधी|संदर्भात|बद्दल|प्रमाणे|मुळे|नंतर|पूर्वी|पुर्वी|शिवाय|ऐवजी|द्वारे|मार्फत|"
    "अंतर्गत|ंतर्गत|समोर|सारख[ाीे]|सारख्या|करिता|करीता|करता|बरोबर|सोबत|निमित्त|जवळ|जवळील|दरम्यान|वरील|वरून|वरुन|वर|खाली|खालील|पुढे|पुढील|मागे|विरुद्ध|"
    "विरोधात|पेक्षा|सह|सहित|विना|अभावी|अखेर|वारी|पैकी)$"
)
_MR_GENITIVE = regex.compile("(?<!्)(?:च्या|चा|ची|चे|चं)$")
_MR_CASE = regex.compile(f"{_LONG}(?:तील|तून|तुन|ला|ने|शी|त)$|(?<=ं)(?:ना|नी)$|(?<=े)स$")
_MR_BARE_CASE = regex.compile(r"(?<=\p{L})(?:ने|ला)$")
"""Names and loan words take a case ending without an oblique form: सरकारने."""
_MR_PARTICLE = regex.compile("(?<=[\u0900-\u0903\u093e-\u094c])(?:ही|च|सुद्धा|देखील)$")
_MR_VERB = regex.compile("(?<=ण)ार$|(?<=\\p{L}\\p{M}?)ेल$")

_HI_PLURAL = regex.compile("(?:ियों|ियां|ियाँ|ियो|इयों|इयां|इयाँ|ओं|ओ|एं|एँ)$")
_HI_VERB = regex.compile("(?:(?<![्ौीै])(?:ना|ने|ता|ते|ती)|कर|ेगा|ेगी|ेंगे|एगा|एगी|एंगे|ाया|ाए|ाई|ाकर)$")
_HI_FEMININE = regex.compile("(?<=[क-ह])[एई]$")
"""नए and नई are नया."""

_VOWELS_AT_END = regex.compile("[\u0900-\u0903\u093e-\u094c]+$")
_FOLD = str.maketrans(
    {"़": "", "ँ": "ं", "ः": "", "ऱ": "र", "ी": "ि", "ू": "ु", "ई": "इ", "ऊ": "उ", "ॅ": "े", "ॉ": "ो", "ऑ": "ओ", "ॲ": "ए", "ऍ": "ए"}
)


def _consonants(text: str) -> int:
    return sum("\u0904" <= char <= "\u0939" or "\u0958" <= char <= "\u0961" or char >= "\u0972" for char in text)


def _peel(word: str, ending: regex.Pattern[str], least: int) -> str:
    """``word`` without ``ending``, unless fewer than ``least`` letters would remain."""
    match = ending.search(word)
    if match is None or _consonants(word[: match.start()]) < least:
        return word
    return word[: match.start()]


def _bare(word: str) -> str:
    """``word`` without the vowels that carry its inflection."""
    bare = _VOWELS_AT_END.sub("", word)
    if bare.endswith("्य") and _consonants(bare) > 2:  # the oblique of -ा and -ी: रस्ता, रस्त्या-
        bare = bare[:-2]
    return bare if _consonants(bare) >= 2 else word


@lru_cache(maxsize=100_000)
def marathi(word: str) -> str:
    """The stem of a Marathi word in search form (Devanagari letters and signs)."""
    stem, cased = word, False
    for _ in range(6):
        shorter = _peel(stem, _MR_PARTICLE, 2)
        outer = shorter
        shorter = _peel(_peel(shorter, _MR_POSTPOSITION, 2), _MR_GENITIVE, 2)
        if shorter == outer and not cased:
            shorter = _peel(_peel(outer, _MR_CASE, 2), _MR_BARE_CASE, 3)
        if shorter == stem:
            break
        cased = cased or shorter != outer  # nothing but an oblique stands inside one ending: अहवालाला and अहवालाचे are not अहव
        stem = shorter
    return _peel(_bare(stem), _MR_VERB, 2).translate(_FOLD)


@lru_cache(maxsize=100_000)
def hindi(word: str) -> str:
    """The stem of a Hindi word in search form (Devanagari letters and signs)."""
    stem = _peel(word, _HI_PLURAL, 2)
    stem = _peel(stem, _HI_VERB, 2)
    stem = _HI_FEMININE.sub("य", stem)
    bare = _VOWELS_AT_END.sub("", stem)
    return (bare if _consonants(bare) >= 2 else stem).translate(_FOLD)


_EN_RULES: tuple[tuple[str, str, int], ...] = (
    ("ational", "ate", 3),
    ("ization", "ize", 3),
    ("isation", "ize", 3),
    ("fulness", "ful", 3),
    ("ation", "ate", 3),
    ("ements", "e", 3),
    ("ement", "e", 3),
    ("ments", "", 3),
    ("ment", "", 3),
    ("ness", "", 3),
    ("ally", "al", 3),
    ("ing", "", 3),
    ("ied", "y", 2),
    ("ed", "", 3),
    ("ly", "", 4),
)
_EN_NO_PLURALS = frozenset({"news", "series", "species", "always", "perhaps"})
_EN_VOWEL = regex.compile("[aeiouy]")


@lru_cache(maxsize=100_000)
def english(word: str) -> str:
    """The stem of a lower-case Latin word; words of up to three letters and words with digits stay as they are."""
    if len(word) <= 3 or word in _EN_NO_PLURALS or any(char.isdigit() for char in word):
        return word
    stem = word
    if stem.endswith(("ies", "ied")) and len(stem) > 4:
        stem = stem[:-3] + "y"
    elif stem.endswith(("sses", "xes", "ches", "shes", "zes")):
        stem = stem[:-2]
    elif stem.endswith("s") and not stem.endswith(("ss", "us", "is")):
        stem = stem[:-1]
    for ending, replacement, least in _EN_RULES:
        if stem.endswith(ending) and len(stem) - len(ending) >= least and _EN_VOWEL.search(stem[: -len(ending)]):
            stem = stem[: -len(ending)] + replacement
            break
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiouls":
        stem = stem[:-1]
    if len(stem) > 3 and stem.endswith("e"):
        stem = stem[:-1]
    return stem[:-1] + "i" if len(stem) > 2 and stem.endswith("y") else stem


STEMMERS: dict[str, Callable[[str], str]] = {"mr": marathi, "hi": hindi, "en": english}
_LEAST = 3
"""Letters that are left of a word without its ending."""


def stem(word: str, language: Language) -> str:
    """The stem of a word in search form; in a language that has no rules here, the word without the longest of its ``endings``."""
    if language in STEMMERS:
        return STEMMERS[language](word)
    endings = known_of(language).get("endings", "").split()
    return word.removesuffix(max((end for end in endings if word.endswith(end) and len(word) - len(end) >= _LEAST), key=len, default=""))


def fold(word: str) -> str:
    """``word`` without what Devanagari spelling varies in: nukta, vowel length, chandrabindu, the vowels of English loans."""
    return word.translate(_FOLD)
