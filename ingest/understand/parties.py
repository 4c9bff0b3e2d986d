"""Who an agreement is between."""

from __future__ import annotations

import regex

from ingest.records import Language

_HEAD_CHARS = 6000
_NAME = r"[^\n;:。“”\"()（）]{3,140}?"
_ALIAS = r"\s*(?:[(（][^)）\n]{0,80}[)）])?"
_ALIASED = r"\s*[(（](?:hereinafter|hereafter)[^)）\n]{0,100}[)）]"
_OPENING = r"(?i:memorandum|agreement|arrangement|protocol|treaty|letter of intent)\b[^.;:]{0,160}?"
_REPRESENTED = regex.compile(r",?\s+(?:represented|acting) (?:by|through)\b.*$|\s*,$")
_JA_NAME = r"[^\n、。（）「」『』]{2,60}?"
_PATTERNS: dict[Language, tuple[str, ...]] = {
    "en": (
        rf"^The\s(?P<a>{_NAME}){_ALIASED},?\s+and\s+(?:the\s)?(?P<b>{_NAME}){_ALIASED}",
        rf"^The\s(?P<a>{_NAME}),?\s+and\s+the\s(?P<b>{_NAME})(?:{_ALIASED}|,?\s+hereinafter)",
        rf"^The\s(?P<a>{_NAME}),?\s+and\s+(?P<b>{_NAME})(?:{_ALIASED}|,?\s+hereinafter)",
        *(
            rf"{_OPENING}\s(?i:between)\s+(?i:the\s)?(?P<a>{_NAME}){_ALIAS},?\s+(?i:{joint})(?P<b>{_NAME}){_ALIAS}"
            rf"(?=\s*(?:,|\.|\n|$)|\s+(?i:concerning|regarding|relating|on|for|in the field)\s)"
            for joint in (r"and\s+the\s", r"and\s")
        ),
    ),
    "mr": (
        rf"^\s*(?P<a>{_NAME}){_ALIAS}\s+(?:आणि|व)\s+(?P<b>{_NAME}){_ALIAS},?\s+"
        rf"(?:यांच्यात|यांच्यामध्ये|यांच्यातील|यांच्यामधील|यांच्या दरम्यान|ज्यांचा|यांनी)",
    ),
    "hi": (rf"^\s*(?P<a>{_NAME}){_ALIAS}\s+(?:और|तथा|एवं)\s+(?P<b>{_NAME}){_ALIAS},?\s+(?:के बीच|के मध्य|के दरम्यान|ने|जिन्हें)",),
    "ja": (
        rf"^\s*(?P<a>{_JA_NAME})[（(]以下[^）)\n]{{1,40}}[）)]\s*(?:と|及び|、)\s*(?P<b>{_JA_NAME})[（(]以下",
        rf"^\s*(?P<a>{_JA_NAME})と(?P<b>{_JA_NAME})(?:との間|の間)(?:の|に|で|における)",
        rf"^\s*(?P<a>{_JA_NAME})(?:と|及び)(?P<b>{_JA_NAME})(?:とは|は)、",
    ),
}
_COMPILED = {language: tuple(regex.compile(p, regex.MULTILINE) for p in patterns) for language, patterns in _PATTERNS.items()}


def find_parties(text: str, language: Language) -> tuple[str, ...]:
    """The two parties as the opening of an agreement names them; empty where no opening formula is found."""
    head = text[:_HEAD_CHARS] + text[max(_HEAD_CHARS, len(text) - _HEAD_CHARS // 10) :]
    for pattern in _COMPILED.get(language, ()):
        match = pattern.search(head)
        if match is not None:
            first, second = (_REPRESENTED.sub("", " ".join(match.group(g).split())).strip(" ,、") for g in ("a", "b"))
            if first and second:
                return first, second
    return ()
