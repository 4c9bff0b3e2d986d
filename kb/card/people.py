"""Contact points and languages: who is to be written to, in which languages the text is made and which of them prevails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from kb.card.topics import Sentence

_EN_TITLE = r"(?:(?:Ms|Mr|Mrs|Dr|Prof|Shri|Smt|Sri)\.?\s+)"
_EN_NAME = r"\p{Lu}[\p{L}'’.-]+(?:\s\p{Lu}[\p{L}'’.-]*){1,3}"
_EN = regex.compile(
    rf"(?:{_EN_TITLE}(?P<name>{_EN_NAME})|(?:is|are|be|:)\s(?P<plain>{_EN_NAME})),\s(?P<office>\p{{Lu}}[^,;]*?(?:\([^()]*\))?)(?=,\s(?:and|e-?mail|tel)|;|\s+and\s+(?:that|{_EN_TITLE})|\.?$|,)"
)
_EN_OFFICE = regex.compile(
    r"(?:contact|focal)\s(?:points?|persons?)[^.;]{0,60}?\s(?:is|are|will\sbe|shall\sbe)\s(?:the\s)(?P<office>\p{Lu}[^,.;]*?)(?=\sand\s(?:for|that|the)|,|;|\.?$)"
)
_DEV_TITLE = r"(?:श्रीमती|श्री|डॉ|प्रा|सौ|कु|सुश्री)\.?"
_DEV_NAME = r"[\p{Devanagari}]+\s[\p{Devanagari}]+"
_DEV = regex.compile(
    rf"(?:(?:च्या\s+वतीने|कडून|की\s+ओर\s+से|के\s+लिए|तर्फे)\s+)?(?P<office>(?:[\p{{Devanagari}}-]+\s+){{0,5}}?[\p{{Devanagari}}-]+(?:\s*\([^()]*\))?),?\s+{_DEV_TITLE}\s+(?P<name>{_DEV_NAME})"
)
_ON_BEHALF = regex.compile(r"(?:वतीने|तर्फे|ओर\s+से|कडून|आणि|व|और|तथा)(?![\p{L}\p{M}])\s*")
_JA = regex.compile(
    r"(?P<party>[^\s、。はと]{1,30}?)(?:の連絡(?:窓口|先|担当)は、?|については、?|においては、?)(?P<office>[^、。と]{2,40}?)(?:とし、|と|とする|である)"
)

_LANGUAGES: dict[str, regex.Pattern[str]] = {
    "en": regex.compile(r"\bEnglish\b|इंग्र?जी|अंग्रे?ज़?ी|英語"),
    "mr": regex.compile(r"\bMarathi\b|मराठी|マラーティー?語"),
    "hi": regex.compile(r"\bHindi\b|हिंदी|हिन्दी|ヒンディー?語"),
    "ja": regex.compile(r"\bJapanese\b|जपानी|जापानी|日本語"),
}
_MADE = regex.compile(
    r"\b(?:made|done|signed|concluded|drawn\sup|executed|prepared|originals?|duplicate|triplicate)\b[^.]{0,120}\b(?:language|languages|English|Marathi|Hindi|Japanese)\b"
    r"|भाषांत|भाषेत|भाषाओं|भाषा\s+में|語(?:及び|と|、)[^。]{0,30}語?(?:で|により|による)[^。]{0,20}(?:作成|署名)|語(?:で|により)(?:作成|署名)",
    regex.I,
)
_PREVAILS = regex.compile(
    r"\b(?P<en>English|Marathi|Hindi|Japanese)\b(?:\s(?:language|text|version))+\s(?:shall\s|will\s)?(?:prevails?|is\sauthentic|governs?|be\sauthentic)"
    r"|(?P<dev>इंग्र?जी|मराठी|हिंदी|हिन्दी|अंग्रे?ज़?ी|जपानी|जापानी)\s+(?:भाषेतील\s+)?(?:मजकूर|पाठ|आवृत्ती|संस्करण)\s+(?:ग्राह्य|प्रमाण|अधिकृत|मान्य|प्रामाणिक)"
    r"|(?P<ja>英語|日本語|マラーティー?語|ヒンディー?語)(?:の(?:本文|正文|文書)|版|文)?(?:を正文|が優先|を優先|による)",
    regex.I,
)
EQUAL = regex.compile(r"\bequally\s(?:authentic|valid)|समान(?:रूपेण|रीत्या)?\s+(?:प्रामाणिक|अधिकृत|प्रमाण)|等しく正文|ひとしく正文", regex.I)


def contacts_in(said: Sequence[Sentence]) -> Iterator[tuple[str, int, int]]:
    """Name and office ("Name | Office") of each contact point, with its span."""
    for sentence in said:
        found = list(_people(sentence.text))
        yield from ((value, sentence.start + start, sentence.start + end) for value, start, end in found)


def _people(text: str) -> Iterator[tuple[str, int, int]]:
    none = True
    for match in _EN.finditer(text):
        none = False
        yield (
            f"{match['name'] or match['plain']} | {' '.join(match['office'].split())}",
            match.start("name" if match["name"] else "plain"),
            match.end("office"),
        )
    for match in _DEV.finditer(text):
        none = False
        office, start = match["office"], match.start("office")
        for lead in list(_ON_BEHALF.finditer(office)):
            start = match.start("office") + lead.end()
        yield f"{match['name']} | {' '.join(text[start : match.end('office')].split())}", start, match.end("name")
    if none:
        for match in (*_EN_OFFICE.finditer(text), *_JA.finditer(text)):
            yield " ".join(match["office"].split()), match.start("office"), match.end("office")


def languages_in(said: Sequence[Sentence]) -> tuple[str, int, int] | None:
    """The languages that the text is made in, as "en mr; prevails en" or "hi ja; equal", with the span that says so."""
    for sentence in said:
        if not _MADE.search(sentence.text):
            continue
        made = sorted(name for name, pattern in _LANGUAGES.items() if pattern.search(sentence.text))
        if not made:
            continue
        value = " ".join(made)
        around = [s for s in said if abs(s.start - sentence.start) < 600]
        prevails = next((m for s in (sentence, *around) if (m := _PREVAILS.search(s.text))), None)
        if prevails is not None:
            word = prevails["en"] or prevails["dev"] or prevails["ja"]
            shown = word.title() if word.isascii() else word
            value += f"; prevails {next(name for name, pattern in _LANGUAGES.items() if pattern.search(shown))}"
        elif any(EQUAL.search(s.text) for s in around):
            value += "; equal"
        return value, sentence.start, sentence.end
    return None
