"""The words of a request that say what is to be done, how long and in which language; what is left of it is the matter.

Beside them whether it speaks of somebody who sees to obligations, by the names that people set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType

import regex

from kb.search.follow_up import content, idle
from lang.data_files import compiled, toml_of
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.values.quantities import Quantity, quantities_in
from lang.words.names import name_keys, names

CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々〆ヶ]")
"""A letter of Japanese, which parts no words."""
MOST_POINTS = 12
SHORT = 3
"""A word of no more characters than this is no beginning of others: *of* is not meant by *often*."""
_UNITS = (
    "point", "bullet", "line", "sentence", "item", "para", "मुद्द", "बिंदु", "बिन्दु", "ओळ", "पंक्ति", "वाक्य", "बात", "लाइन", "गोष्ट", "mudd",
    "bindu", "oli", "点", "行", "項目", "文", "箇条", "要点", "ポイント", "つ",
)  # fmt: skip
_LEFT_OVER = regex.compile(r"\s[?!.,:;।？。、]+(?=\s|$)|^[?!.,:;।]+")
_INTO = {
    "en": r"(?:in|into|to)\s+{}",
    "hi": r"{}\s*(?:में|मे)(?![\p{{L}}\p{{M}}])",
    "mr": r"{}(?:त|मध्ये|तून)(?![\p{{L}}\p{{M}}])",
    "ja": r"{}(?:で|に|へ)",
}
"""How the language is named in which an answer is wanted; a paper's own language is named otherwise."""


_JOINED, _ENDED = " ,、;–-", " .,、。।:;!！–-"
"""What may stand between a question and the words that say in what language its answer is wanted."""
_GAP = regex.compile(r"\s+(?=[?？!])|(?<=[。？！])\s+")


def met(words: Sequence[str], form: str) -> tuple[str, ...]:
    """Those of some words, each the beginning of one (Japanese ones anywhere), that stand in a text in the search form."""
    return tuple(word for word in words if compiled(pattern(word)).search(form))


@cache
def pattern(word: str) -> str:
    """What finds a word by its beginning, with its ending; a short one, and one that ends in a stop, as it is.

    In Japanese, which parts no words, a word is found wherever it stands.
    """
    if CJK.search(word):
        return regex.escape(word)
    if len(word) <= SHORT or word.endswith("."):
        return rf"(?<![\p{{L}}\p{{M}}\p{{N}}]){regex.escape(word.rstrip('.'))}(?![\p{{L}}\p{{M}}\p{{N}}\u200c\u200d])"
    return rf"(?<![\p{{L}}\p{{M}}\p{{N}}]){regex.escape(word)}[\p{{L}}\p{{M}}\u200c\u200d]*"


def forms(words: Sequence[str]) -> tuple[str, ...]:
    """Words in the search form, each once."""
    return tuple(dict.fromkeys(form for word in words if (form := search_form(word).text.strip())))


@cache
def skill_words() -> Mapping[str, tuple[str, ...]]:
    """By what a skill is asked for."""
    return MappingProxyType({skill: forms(held["words"]) for skill, held in _stored()["skill"].items()})


@cache
def lead_words() -> tuple[str, ...]:
    """What leads a request in and says nothing of the matter."""
    return forms(_stored()["lead"]["words"])


def points_back(question: str) -> bool:
    """Whether a message speaks of what stands in the conversation."""
    return bool(_whole(forms(_stored()["pointing"]["words"]), search_form(question).text))


def narrows(message: str) -> bool:
    """Whether a message wants only some of what the last answer told: it begins by saying so."""
    begins = "|".join(regex.escape(word) for word in forms(_stored()["narrowing"]["words"]))
    return regex.match(rf"\s*(?:{begins})(?![\p{{Latin}}\p{{Devanagari}}])", search_form(message).text) is not None


def points_wanted(question: str) -> int | None:
    """Into how many points, lines or sentences the answer is to be cut; None where no number is said."""
    found = _points(question)
    return int(found.value) if found is not None else None


def without_points(question: str) -> str:
    """A question without the number of points that it asks for."""
    found = _points(question)
    return f"{question[: found.start]} {question[found.end :]}" if found is not None else question


def trimmed(text: str, language: Language) -> str:
    """A text without the words at its ends that say nothing, and without punctuation that is left over."""
    skip = idle(language if language != "und" else "en")
    words = [word for word in _LEFT_OVER.sub(" ", text).split() if regex.search(r"[\p{L}\p{N}]", word)]
    if CJK.search(text):
        return regex.sub(r"^[\p{Hiragana}\p{P}\s]+|(?:[\p{Hiragana}]{1,2}|[\p{P}\s])+$", "", text).strip()
    bare = [regex.sub(r"[^\p{L}\p{M}\p{N}]", "", search_form(word).text) for word in words]
    kept = [at for at, word in enumerate(bare) if word not in skip]
    return " ".join(words[kept[0] : kept[-1] + 1]).strip(" ,;:–-") if kept else ""


def _points(question: str) -> Quantity | None:
    for quantity in quantities_in(question):
        after = search_form(question[quantity.end : quantity.end + 24]).text.lstrip()
        words = after.split()[:3] if not CJK.match(after) else [after[:4]]
        if any(word.startswith(_UNITS) for word in words) and 1 <= quantity.value <= MOST_POINTS:
            return quantity
    return None


def language_wanted(question: str) -> Language | None:
    """The language in which the answer is wanted, where the message names one."""
    form = search_form(question).text
    found = []
    for language, called in _languages().items():
        for name in called:
            for template in _INTO.values():
                met_at = compiled(template.format(rf"(?<![\p{{L}}\p{{M}}]){regex.escape(name)}")).search(form)
                if met_at is not None:
                    found.append((met_at.start(), language))
    return max(found)[1] if found else None


def answered_in(question: str) -> tuple[str, Language | None]:
    """A question without the words that say in what language its answer is wanted, and that language; as it is, where none say so.

    A language that is only named, of a paper or of what is asked about, is none.
    """
    form = search_form(question)
    for language, asked in _answered_in():
        if (found := asked.search(form.text)) is not None:
            start, end = form.span(*found.span())
            return _GAP.sub("", f"{question[:start].rstrip(_JOINED)} {question[end:].lstrip(_ENDED)}".strip()), language
    return question, None


def without_language(question: str, language: Language) -> str:
    """A question without those words, if something is left that it asks about; else as it is ("in Marathi, please")."""
    bare, told_in = answered_in(question)
    return bare if told_in is not None and content(bare, language) else question


@cache
def _answered_in() -> tuple[tuple[Language, regex.Pattern[str]], ...]:
    """By what a question asks for each language, form by form: where one word may follow another without a space, in Japanese, as well."""
    stored, found = _stored()["answered_in"], list[tuple[Language, regex.Pattern[str]]]()
    for language, called in _languages().items():
        names = "|".join(map(regex.escape, sorted(called, key=len, reverse=True)))
        for before, key in ((r"(?<![\p{L}\p{M}])", "forms"), ("", "japanese")):
            found += [(language, regex.compile(form.replace("{}", f"{before}(?:{names})"))) for form in stored[key]]
    return tuple(found)


def _whole(words: Sequence[str], form: str) -> bool:
    for word in words:
        found = regex.escape(word) if CJK.search(word) else rf"(?<![\p{{L}}\p{{M}}]){regex.escape(word)}(?![\p{{L}}\p{{M}}])"
        if compiled(found).search(form):
            return True
    return False


@cache
def _languages() -> Mapping[Language, tuple[str, ...]]:
    return {one: forms(_stored()["languages"][one]) for one in LANGUAGES}


_stored = partial(toml_of, "kb.answer.query_understanding", "query_parsing.toml")


_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LETTER = r"[\p{L}\p{M}]"


def owner_named(text: str, language: Language, owners: Iterable[str]) -> str:
    """The owner whom a text names, the one of the longest name; "" where it names none.

    A name is found with the endings of its language, and by its sound where it is written in another script.
    """
    form, keys = search_form(text).text, set(name_keys(text, language))
    for owner in sorted(set(owners), key=lambda name: (-len(name), name)):
        if owner and (_stands(search_form(owner).text, form) or _sounds(owner, language, keys)):
            return owner
    return ""


def without_owner(text: str, owner: str) -> str:
    """A text without the words of an owner's name, with their endings."""
    for word in owner.split():
        text = regex.sub(_pattern(regex.escape(word)), " ", text, flags=regex.I)
    return " ".join(text.split())


def _stands(owner: str, form: str) -> bool:
    return bool(owner) and regex.search(_pattern(regex.escape(owner)), form) is not None


def _pattern(word: str) -> str:
    if _JAPANESE.search(word):
        return word
    endings = rf"{_LETTER}{{0,6}}" if regex.search(r"\p{Devanagari}", word) else r"(?:['’]s?)?"
    return rf"(?<!{_LETTER}){word}{endings}(?!{_LETTER})"


def _sounds(owner: str, language: Language, keys: set[str]) -> bool:
    """Whether every word of a name is in the text by its sound."""
    words = names(owner, language)
    return bool(words) and len(words) == len(owner.split()) and all(keys & set(word.keys) for word in words)
