"""References to a numbered place of a document: "Article 4(2)", "कलम ४(२)", "अनुच्छेद 4", "第四条第2項" are one and the same.

A *key* names the place without its words: ``§a4`` is article 4 in every language and script, ``§x1`` annex 1, ``§c2`` chapter 2,
``§n3`` a heading that has a bare number. Clauses inside an article are no keys of their own; `Reference.inside` tells them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import regex

from lang.languages import entries
from lang.normalise import search_form

Family: TypeAlias = Literal["article", "annex", "chapter"]

_KANJI = "〇零一二三四五六七八九十百"
_SPOKEN: dict[str, int] = {
    word: value
    for value, words in enumerate(
        (
            "one एक", "two दोन दो", "three तीन", "four चार", "five पाच पांच", "six सहा छह छः", "seven सात", "eight आठ", "nine नऊ नौ",
            "ten दहा दस", "eleven अकरा ग्यारह", "twelve बारा बारह",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_FAMILIES: tuple[Family, ...] = ("article", "annex", "chapter")
_INNER = "paragraph|para|clause|sub-?clause|sub-?section|sub-?paragraph|item|point"
_INNER_INDIC = "उपकलम|उपखंड|परिच्छेद|पैराग्राफ|पैरा|खंड|उपधारा|बिंदु|मुद्दा"
_ROMAN = r"(?=[ivx]{2})x{0,3}(?:ix|iv|v?i{0,3})|[ivx](?=\s*(?:$|[?.,;:(]|of\b|says?\b))"  # a lone i is mostly the pronoun
_N = rf"(?:\d{{1,3}}(?:\.\d{{1,2}})*|{_ROMAN}|{'|'.join(_SPOKEN)})(?![\p{{L}}\p{{M}}\p{{N}}])"
_IN_BRACKETS = r"(?:\s?[(（]\s?(?:\d{1,2}|[a-z]{1,4}|\p{Devanagari}\p{M}?)\s?[)）])*"
_KN = rf"(?:\d{{1,3}}|[{_KANJI}]{{1,5}})"
_BETWEEN = r"\s*(?:च्या|चा|ची|चे|मधील|के|का|की|में)?\s*(?:the\s)?"


def _patterns() -> Iterator[tuple[Family, regex.Pattern[str]]]:
    for family in _FAMILIES:
        latin, indic, japanese = ("|".join(entries("references", family, script)) for script in ("latin", "devanagari", "japanese"))
        letter = r"|[a-z](?![\p{L}\p{M}])|\p{Devanagari}\p{M}?(?![\p{L}\p{M}])" if family == "annex" else ""
        yield (
            family,
            regex.compile(
                rf"(?:(?<![\p{{L}}\p{{M}}])(?:{_INNER})s?\s*\(?(?P<inner>{_N})\)?\s+(?:of|in|under)\s+(?:the\s+)?)?"
                rf"(?<![\p{{L}}\p{{M}}])(?P<word>{latin})\s*(?:no\.?\s*)?(?P<number>{_N}{letter})(?P<brackets>{_IN_BRACKETS})"
                rf"(?:,?\s+(?:{_INNER})\s*\(?(?P<after>{_N})\)?)?"
            ),
        )
        yield (
            family,
            regex.compile(
                rf"(?<![\p{{L}}\p{{M}}])(?P<word>{indic})\s*(?:क्र(?:मांक|\.)?\s*|संख्या\s*)?[-–—]?\s*(?P<number>{_N}{letter})(?P<brackets>{_IN_BRACKETS})"
                rf"(?P<inner>)(?:{_BETWEEN}(?:{_INNER_INDIC})\s*\(?(?P<after>{_N})\)?)?"
            ),
        )
        if japanese:
            yield (
                family,
                regex.compile(
                    rf"第?\s?(?P<number>{_KN})\s?(?P<word>[{japanese}](?![署局]))(?P<brackets>)(?:第?\s?(?P<inner>{_KN})\s?項)?(?:第?\s?(?P<after>{_KN})\s?号)?"
                ),
            )


_PATTERNS = tuple(_patterns())
_BARE = regex.compile(r"(?P<number>\d{1,2})(?:\.(?P<inner>\d{1,2}))?[.)、]?\s+(?=[\p{L}「])")
_NUMBERED = regex.compile(
    r"(?:item|question|q|agenda item|point|stage|step|no\.?|विषय|मुद्दा|प्रश्न|मद|बिंदु|問|議題|項目)?\s?"
    r"[(（]?(?:\d{1,3}(?:\.\d{1,3})*|[ivx]{1,5}|[a-z]|\p{Devanagari}\p{M}?)(?:[.)）、:]|(?<=\d)(?=\s+[\p{Han}\p{Hiragana}\p{Katakana}]))\s*"
)
_APART = regex.compile(r"[\s.:：、–—-]*")
_ALNUM = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_KANJI_LABEL = regex.compile(rf"(?<=第)[{_KANJI}]{{1,5}}(?=[条條項号章節款編部])")
_BARE_TOO = regex.compile(r"sections?|sec\.?|clauses?|chapters?|parts?|खंड|खण्ड|भाग|प्रकरण|अध्याय|章|節|部")


@dataclass(frozen=True, slots=True)
class Reference:
    """A numbered place: ``number`` of its family, and the numbers or letters of the clauses ``inside`` it that are meant.

    ``start`` and ``end`` are offsets into the text's search form. ``keys`` are what a passage there is indexed under, likeliest first.
    """

    family: Family
    number: str
    inside: tuple[str, ...]
    keys: tuple[str, ...]
    start: int
    end: int


def references(text: str) -> tuple[Reference, ...]:
    """The places that a question or passage refers to, in order."""
    return tuple(sorted(_all(search_form(text).text), key=lambda r: (r.start, r.end)))


def without_references(text: str) -> str:
    """The search form of ``text`` with its references blanked out."""
    form = search_form(text).text
    for found in references(text):
        form = form[: found.start] + " " * (found.end - found.start) + form[found.end :]
    return form


def after_label(text: str) -> int:
    """Where the words of a heading begin, behind its number (*Article 2 – Duties*, विषय ३. निधी, 第10条(期間)); 0 where it has none."""
    form = search_form(text)
    label = next((found for found in references(text) if found.start == 0), None)
    numbered = _NUMBERED.match(form.text)
    end = max(label.end if label is not None else 0, numbered.end() if numbered is not None else 0)
    rest = _APART.match(form.text, end)
    end = rest.end() if rest is not None and end else end
    return form.starts[end] if 0 < end < len(form.starts) and regex.search(r"\p{L}", form.text[end:]) else 0


def place_keys(path: Iterable[str]) -> tuple[str, ...]:
    """The keys of the place that a passage's path names: one for each of its headings that begins with a label or a number."""
    found: dict[str, None] = {}
    for entry in path:
        form = search_form(entry).text.strip()
        label = next((r for r in _all(form) if r.start == 0), None)
        bare = _BARE.match(form)
        if label is not None:
            found[label.keys[0]] = None
        elif bare is not None:
            found[_key("n", bare["number"])] = None
    return tuple(found)


def stands_inside(path: Sequence[str], inside: Sequence[str]) -> bool:
    """Whether the numberings in a block's path begin with those asked for: ``("Article 4", "(2)")`` stands inside ``("2",)``."""
    numbers = [n for entry in path for n in [clause_number(entry)] if n]
    return len(numbers) >= len(inside) > 0 and tuple(numbers[: len(inside)]) == tuple(inside)


def clause_number(entry: str) -> str:
    """``2`` of ``(2)``, ``२.`` or ``②``; empty where the path entry is a heading."""
    letters = _ALNUM.findall(search_form(entry).text)
    return str(value(letters[0]) or letters[0]) if len(letters) == 1 and len(letters[0]) <= 4 else ""


def arabic_labels(text: str) -> str:
    """``text`` with the kanji numerals of its labels as digits: 第四条第二項 becomes 第4条第2項."""
    return _KANJI_LABEL.sub(lambda match: str(value(match.group())), text)


def value(numeral: str) -> int:
    """The value of ASCII digits, kanji, Roman or spoken numerals in search form; of ``4.2`` the 4; 0 for anything else."""
    head = numeral.split(".", maxsplit=1)[0]
    if head.isdecimal():
        return int(head)
    if head in _SPOKEN:
        return _SPOKEN[head]
    if head and all(c in _KANJI for c in head):
        return _kanji(head)
    worths = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}.get(c, 0) for c in head]
    if not worths or not all(worths) or (len(head) == 1 and head in "clv"):
        return 0
    return sum(-w if any(later > w for later in worths[i + 1 : i + 2]) else w for i, w in enumerate(worths))


def _kanji(text: str) -> int:
    total = digit = 0
    for char in text:
        if char in "十百":
            total, digit = total + (digit or 1) * (10 if char == "十" else 100), 0
        else:
            digit = digit * 10 + max(0, "零一二三四五六七八九".find(char))
    return total + digit


def _all(form: str) -> Iterator[Reference]:
    taken: list[tuple[int, int]] = []
    for family, pattern in _PATTERNS:
        for match in pattern.finditer(form):
            number = str(value(match["number"]) or (match["number"] if family == "annex" else ""))
            if not number or any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            dotted = match["number"].split(".")[1:]
            brackets = _ALNUM.findall(match["brackets"] or "")
            inside = brackets or [n for n in (match["inner"], match["after"]) if n]
            marks = tuple(str(value(n) or n) for n in (*dotted, *inside))
            keys = (_key(family[0] if family != "annex" else "x", number),)
            bare = _BARE_TOO.fullmatch(match["word"]) is not None
            yield Reference(family, number, marks, keys + ((_key("n", number),) if bare else ()), *match.span())


def _key(letter: str, number: str) -> str:
    return f"§{letter}{int(number) if number.isdecimal() else number}"
