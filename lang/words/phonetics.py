"""How a word sounds, coarsely enough that Devanagari, Latin and kana agree: सौरभ, Saurabh and サウラブ are all ``SRB``.

A word is read as a row of *sounds*: a consonant of a merged class, or nothing, and the vowel after it. Classes merge what
scripts confuse (b v w; k q; t th; l r; j z; p f). Where spelling leaves the sound open (ch, a silent r, शह) a sound has
several readings. A *key* is the row of consonants; a word of one or two has its vowels in the key as well, or ठाणे would be
found in every passage.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

MOST_KEYS = 8
"""Readings of one word that are kept, likeliest first."""
_TELLING = str.maketrans({"A": "", "-": "", "?": "", "E": "I"})
_PLAIN = str.maketrans({"-": "", "?": "", "E": "I"})
_SHORT, _RHYMED = 2, 4
"""Consonants up to which a key holds its vowels, and up to which the vowel before the last consonant."""


_ASPIRATES = regex.compile(r"[खघछझठथढधफभ]|(?<=[bdgjkpt])h|(?<=c)hh")


class Sound(NamedTuple):
    """Possible consonants, likeliest first ("" for none), and the vowels after: A, E, I or U (o, u).

    ``-`` beside a vowel: it may be epenthetic; ``?``: other scripts may write none. The consonant ``r`` is an R that is not heard
    in Japanese (Harvard, ハーバード).
    """

    consonants: tuple[str, ...]
    vowel: str = ""


@lru_cache(maxsize=200_000)
def keys(word: str) -> tuple[str, ...]:
    """The keys of a word of one script, likeliest first; empty when it has too few sounds to be told from others."""
    if _KANA.search(unicodedata.normalize("NFKC", word)) and not _DEVANAGARI.search(word):
        found = dict.fromkeys(_keys(_sounds(word)))
        return tuple(found)[: MOST_KEYS // 2] + tuple(f"{key}~" for key in tuple(found)[: MOST_KEYS // 2])
    sounds = _sounds(word)
    return tuple(itertools.islice(dict.fromkeys(_keys(sounds)), MOST_KEYS))


@lru_cache(maxsize=50_000)
def spoken(word: str) -> str:
    """A word as it most likely sounds, with its vowels, to be compared across scripts: शाळा and shaala are both ``SARA``."""
    return "".join(f"{sound.consonants[0]}{sound.vowel.translate(_PLAIN)}" for sound in _sounds(word))


def spellings(word: str) -> tuple[str, ...]:
    """The ways in which a word may sound, likeliest first: बाढ़ is ``BAR`` and ``BAD``."""
    sounds = _sounds(word)
    ways = itertools.product(*([f"{consonant}{sound.vowel.translate(_PLAIN)}" for consonant in sound.consonants] for sound in sounds))
    return tuple(dict.fromkeys("".join(way) for way in itertools.islice(ways, MOST_KEYS)))


def aspirates(word: str) -> int:
    """How many breathed consonants a word has: *baadh* and बाढ़ one, बाद none."""
    return len(_ASPIRATES.findall(unicodedata.normalize("NFD", word.casefold())))


def _sounds(word: str) -> list[Sound]:
    folded = unicodedata.normalize("NFKC", word).casefold()
    if _DEVANAGARI.search(folded):
        return list(_devanagari(unicodedata.normalize("NFD", folded)))
    if _KANA.search(folded):
        return list(_kana(folded))
    bare = "".join(c for c in unicodedata.normalize("NFD", folded.translate(_LIGATURES)) if not unicodedata.combining(c))
    return list(_latin(regex.sub("[^a-z]", "", bare)))


def _keys(sounds: list[Sound]) -> Iterator[str]:
    choices = [s.consonants for s in sounds]
    for count, reading in enumerate(itertools.product(*reversed(choices))):
        if count >= 4 * MOST_KEYS:
            return
        yield from _key([(c, s.vowel) for c, s in zip(reversed(reading), sounds, strict=True)])


def _key(reading: list[tuple[str, str]]) -> Iterator[str]:
    row: list[tuple[str, str]] = [("", "")]
    silent = ""
    for consonant, vowel in reading:
        if consonant in ("", "r"):
            row[-1] = (row[-1][0], row[-1][1] + vowel)
            silent = "~" if consonant == "r" else silent
            continue
        for i, one in enumerate(consonant):
            after = vowel if i == len(consonant) - 1 else ""
            if row[-1] == (one, ""):
                row[-1] = (one, after)
            else:
                row.append((one, after))
    row = [("N" if c == "M" and not v and i + 1 < len(row) and row[i + 1][0] in ("B", "P") else c, v) for i, (c, v) in enumerate(row)]
    consonants = "".join(c for c, _ in row)
    if len(consonants) > _RHYMED:
        yield consonants + silent
    elif len(consonants) > _SHORT:
        for vowel in _rhymes(row[-2][1]):
            yield consonants + vowel + silent
    elif len(consonants) == _SHORT:
        (_, before), (first, between), (second, _) = row
        yield f"{_start(before)}{first}{'' if before else _colour(between)}{second}{silent}"
        if "-" in between:
            yield f"{_start(before)}{first}{second}{silent}"
    elif len(consonants) == 1:
        (_, before), (only, after) = row
        if (_start(before) and after) or len(set(_vowels(after))) > 1:
            yield f"{_start(before)}{only}{_vowels(after)}{silent}"


def _rhymes(vowels: str) -> list[str]:
    """What the vowel before the last consonant may be."""
    heard = [c.lower() for c in dict.fromkeys(vowels.translate(_TELLING))]
    return [*heard, ""] if not heard or "-" in vowels or "?" in vowels else heard


def _vowels(vowels: str) -> str:
    return "".join(v.lower() for v, _ in itertools.groupby(vowels.translate(_PLAIN)))


def _colour(vowels: str) -> str:
    """The vowel by which short words are told apart; a and the inherent vowel, which spelling confuses, are none."""
    telling = vowels.translate(_TELLING).replace("IU", "U")
    return telling[:1].lower()


def _start(vowels: str) -> str:
    """A word's first vowel; English a and e change places in other scripts (Allen, एलन)."""
    return {"I": "i", "U": "u", "": ""}.get(vowels[:1], "a")


# --- Devanagari ------------------------------------------------------------------------------------------------------------

_DEVANAGARI = regex.compile(r"\p{Script=Devanagari}")
_DEVA_CONSONANTS: dict[str, str] = {
    **dict.fromkeys("कख", "K"), **dict.fromkeys("गघ", "G"), **dict.fromkeys("चछ", "C"), **dict.fromkeys("जझ", "J"),
    **dict.fromkeys("टठतथ", "T"), **dict.fromkeys("डढदध", "D"), **dict.fromkeys("ङञणन", "N"), **dict.fromkeys("पफ", "P"),
    **dict.fromkeys("बभव", "B"), "म": "M", **dict.fromkeys("रलळ", "R"), **dict.fromkeys("शषस", "S"), "ह": "H", "य": "Y",
}  # fmt: skip
_DEVA_VOWELS: dict[str, str] = {
    **dict.fromkeys("अआाऍॅ", "A"), **dict.fromkeys("इईिी", "I"), **dict.fromkeys("एेऎॆ", "E"), **dict.fromkeys("उऊुूओोऑॉऒॊ", "U"),
    "ऐ": "E?", "ै": "E?", "औ": "AU?", "ौ": "AU?", "ॲ": "A",
}  # fmt: skip
_VIRAMA, _NUKTA = "्", "़"


def _devanagari(word: str) -> Iterator[Sound]:
    i = 0
    while i < len(word):
        char = word[i]
        i += 1
        if char in _DEVA_VOWELS:
            yield Sound(("",), _DEVA_VOWELS[char])
        elif char in "ंँ":
            last = i == len(word)
            if not (last and char == "ँ"):
                yield Sound(("N", "") if last else ("N",))
        elif char in "ृऋ":
            yield Sound(("R",), "I")
        elif char in _DEVA_CONSONANTS:
            nukta = word[i : i + 1] == _NUKTA
            i += nukta
            following = word[i : i + 1]
            if following == _VIRAMA:
                i += 1
                if char == "ज" and word[i : i + 1] == "ञ":
                    yield Sound(("G", "D", "J"))
                elif char != "ह":
                    yield Sound(("R", "r") if char == "र" and i > _SHORT else (_DEVA_CONSONANTS[char],))
                continue
            explicit = following in _DEVA_VOWELS and following != ""
            inherent = "" if i >= len(word) else "A"
            first = i == 1 + nukta
            yield _deva_sound(char, nukta, first, explicit, inherent, word[: i - 1])


def _deva_sound(char: str, nukta: bool, first: bool, explicit: bool, inherent: str, before: str) -> Sound:
    vowel = "" if explicit else inherent
    if char == "य" and not first:
        return Sound(("",), "I" + vowel)
    if char == "ह" and before.endswith(_VIRAMA):
        return Sound(("", "H"), vowel)
    if char == "ह" and not first and not explicit:
        return Sound(("G", "H", "") if before.endswith("ं") else ("H", "") if inherent else ("",), vowel)
    if char == "ग" and before.endswith("ं") and not explicit:
        return Sound(("G", ""), vowel)
    if nukta and char in "डढ":
        return Sound(("R", "D"), vowel)
    if char == "र" and not explicit and not inherent and not first:
        return Sound(("R", "r"))
    if char == "व" and not first and ((not explicit and not inherent and len(before) <= _SHORT) or (before and before[-1] in "ोोुूओ")):
        return Sound(("B", ""), vowel or "U")
    return Sound((_DEVA_CONSONANTS[char],), vowel)


# --- kana ------------------------------------------------------------------------------------------------------------------

_KANA = regex.compile(r"[\p{Script=Hiragana}\p{Script=Katakana}]")
_ROWS = {"": "アイウエオ", "K": "カキクケコ", "G": "ガギグゲゴ", "S": "サシスセソ", "J": "ザジズゼゾ", "T": "タチツテト", "D": "ダヂヅデド",
         "N": "ナニヌネノ", "H": "ハヒフヘホ", "B": "バビブベボ", "P": "パピプペポ", "M": "マミムメモ", "R": "ラリルレロ"}  # fmt: skip
_KANA_SOUNDS: dict[str, tuple[tuple[str, ...], str]] = {
    kana: ((row,), vowel) for row, line in _ROWS.items() for kana, vowel in zip(line, "AIUEU", strict=True)
} | {
    "チ": (("C", "T"), "I"), "ツ": (("TS", "T"), "U"), "ヂ": (("J",), "I"), "ヅ": (("J",), "U"), "フ": (("P", "H"), "U"),
    "ヴ": (("B",), "U"),
    "ヤ": (("Y",), "A"), "ユ": (("Y",), "U"), "ヨ": (("Y",), "U"), "ワ": (("B",), "A"), "ヲ": (("",), "U"),
    "ヱ": (("",), "E"), "ヰ": (("",), "I"),
}  # fmt: skip
_SMALL = {"ァ": "A", "ィ": "I", "ゥ": "U", "ェ": "E", "ォ": "U", "ャ": "A", "ュ": "U", "ョ": "U"}
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_EPENTHETIC = frozenset("クグスズツフブプムルトドヌヴ")


def _kana(word: str) -> Iterator[Sound]:
    text = word.translate(_TO_KATAKANA)
    for i, char in enumerate(text):
        if char == "ン":
            yield Sound(("N",))
        elif char in _KANA_SOUNDS:
            consonants, vowel = _KANA_SOUNDS[char]
            small = text[i + 1 : i + 2]
            if small in _SMALL and small:
                yield _small_kana(char, small, consonants)
            elif consonants == ("Y",) and i:
                yield Sound(("",), "I" + vowel)
            elif char in _EPENTHETIC:
                yield Sound(("J", "S") if char == "ズ" and i + 1 == len(text) else consonants, vowel + "-")
            else:
                yield Sound(consonants, vowel)


def _small_kana(char: str, small: str, consonants: tuple[str, ...]) -> Sound:
    vowel = _SMALL[small] + "?" * (small in "ュョ")
    if small not in "ャュョ":
        if char == "ウ":
            return Sound(("B",), vowel)
        return Sound({"チ": ("C",), "ツ": ("TS",), "フ": ("P",)}.get(char, consonants), vowel)
    return Sound({"チ": ("C",), "フ": ("P",)}.get(char, consonants), vowel if char in "シジチヂ" else "I" + vowel)


# --- Latin -----------------------------------------------------------------------------------------------------------------

_LIGATURES = {ord("ß"): "ss", ord("æ"): "e", ord("œ"): "e", ord("ø"): "o", ord("ł"): "l", ord("ð"): "d", ord("þ"): "th", ord("đ"): "d"}
_RULES: tuple[tuple[str, tuple[Sound, ...]], ...] = (
    (r"^(?:kn|gn|pn)", (Sound(("N",)),)),
    (r"^wr", (Sound(("R",)),)),
    (r"^ps", (Sound(("S",)),)),
    (r"^x", (Sound(("J", "S")),)),
    (r"^(?:eu|u(?=n[ei]|si|ti|ra|k))", (Sound(("Y", ""), "U"),)),
    (r"^mac(?=[cdgk])|^mc", (Sound(("M",), "A"), Sound(("K",)))),
    (r"(?<=.)[ts]i(?=on|a[ln])", (Sound(("S",)),)),
    (r"(?<=.)ci(?=a[ln]|ous)", (Sound(("S",)),)),
    (r"(?<=.)ture(?=s?$)", (Sound(("C",), "A"), Sound(("R", "r")))),
    (r"tch|chh", (Sound(("C",)),)),
    (r"sch", (Sound(("S", "SK")),)),
    (r"ch(?=[rln])", (Sound(("K",)),)),
    (r"ch", (Sound(("C", "K")),)),
    (r"ck|kh", (Sound(("K",)),)),
    (r"ph", (Sound(("P",)),)),
    (r"bh", (Sound(("B",)),)),
    (r"dh|dd", (Sound(("D",)),)),
    (r"jh|zh|dj", (Sound(("J",)),)),
    (r"dg(?=[eiy])", (Sound(("J",)),)),
    (r"gh(?=[aeiouy]|$)(?<!(?:ei|ou|au|i)gh)", (Sound(("G",)),)),
    (r"gh", (Sound(("", "G")),)),
    (r"sh|ss", (Sound(("S",)),)),
    (r"tz|ts", (Sound(("TS",)),)),
    (r"th", (Sound(("T", "S")),)),
    (r"qu", (Sound(("K",)), Sound(("B", "")))),
    (r"x", (Sound(("KS",)),)),
    (r"sc(?=[eiy])|c(?=[eiy])", (Sound(("S",)),)),
    (r"gn$", (Sound(("N",)),)),
    (r"g(?=[eiy])", (Sound(("J", "G")),)),
    (r"(?<=n)g(?![aeiouyrl])", (Sound(("G", "")),)),
    (r"(?<=m)b$", ()),
    (r"(?<=[aeiouy])s(?=[aeiouy])", (Sound(("S", "J")),)),
    (r"(?<=[aeiouy])w(?![aeiouy])", (Sound(("",), "U"),)),
    (r"(?<=[aeiouy])h(?=[aeiouy])|^h", (Sound(("H",)),)),
    (r"h(?=[aeiouy])", (Sound(("H", "")),)),
    (r"h", ()),
    (r"(?<=[aeiouy])re$", (Sound(("R", "r")),)),
    (r"ao$", (Sound(("",), "AU"),)),
    (r"(?<=[aeiouy])r(?![aeiouy])", (Sound(("R", "r")),)),
    (r"^y(?=[aeiou])", (Sound(("Y",)),)),
    (r"au(?=[bdgklnt])|ou|oo", (Sound(("",), "U"),)),
    (r"ee|ea", (Sound(("",), "I"),)),
    (r"[bvw]", (Sound(("B",)),)),
    (r"[ckq]", (Sound(("K",)),)),
    (r"[pf]", (Sound(("P",)),)),
    (r"[jz]", (Sound(("J",)),)),
    (r"[lr]", (Sound(("R",)),)),
    *((letter, (Sound((letter.upper(),)),)) for letter in "dgmnst"),
    (r"a", (Sound(("",), "A"),)),
    (r"e", (Sound(("",), "E?"),)),
    (r"[iy]", (Sound(("",), "I"),)),
    (r"[ou]", (Sound(("",), "U?"),)),
)
_LATIN = regex.compile("|".join(f"(?P<r{i}>{rule})" for i, (rule, _) in enumerate(_RULES)))


def _latin(word: str) -> Iterable[Sound]:
    for match in _LATIN.finditer(word):
        if match.lastgroup is not None:
            yield from _RULES[int(match.lastgroup[1:])][1]
