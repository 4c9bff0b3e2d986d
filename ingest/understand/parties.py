"""Who an agreement is between."""

from __future__ import annotations

import regex

from ingest.records import Language

_HEAD_CHARS = 6000
_NAME = r"[^\n;:。“”\"]{3,140}?"
_ALIAS = r"\s*(?:[(（][^)）\n]{0,80}[)）])?"
_PATTERNS: dict[Language, tuple[str, ...]] = {
    "en": (
        rf"\b[Tt]he\s(?P<a>{_NAME})\s*[(（]hereinafter[^)）]{{0,80}}[)）],?\s+and\s+(?:the\s)?(?P<b>{_NAME})\s*[(（]hereinafter",
        rf"\b(?i:between)\s+(?i:the\s)?(?P<a>{_NAME}){_ALIAS},?\s+(?i:and)\s+(?i:the\s)?(?P<b>{_NAME}){_ALIAS}"
        rf"(?=\s*(?:,|\.|\n|$|(?i:concerning|regarding|relating|on|for|to|in the field)\s))",
        rf"^[Tt]he\s(?P<a>{_NAME})\s+and\s+(?:the\s)?(?P<b>{_NAME})\s*[(（,]\s?hereinafter",
    ),
    "mr": (
        rf"(?:^|\n|[:：])\s*(?P<a>{_NAME}){_ALIAS}\s+(?:आणि|व)\s+(?P<b>{_NAME}){_ALIAS},?\s+(?:यांच्यात|यांच्यामध्ये|यांच्यातील|यांच्यामधील|यांच्या दरम्यान|ज्यांचा|यांनी)",
    ),
    "hi": (rf"(?:^|\n|[:：])\s*(?P<a>{_NAME}){_ALIAS}\s+(?:और|तथा|एवं)\s+(?P<b>{_NAME}){_ALIAS},?\s+(?:के बीच|के मध्य|के दरम्यान|ने|जिन्हें)",),
    "ja": (
        r"(?:^|\n)\s*(?P<a>[^\n、。（）「」]{2,60})[（(]以下[^）)]{1,40}[）)]\s*(?:と|及び|、)\s*(?P<b>[^\n、。（）「」]{2,60})[（(]以下",
        r"(?:^|\n)\s*(?P<a>[^\n、。（）「」]{2,60}?)と(?P<b>[^\n、。（）「」]{2,60}?)(?:との間|の間)(?:の|に|で|における)",
        r"(?:^|\n)\s*(?P<a>[^\n、。（）「」]{2,60}?)(?:と|及び)(?P<b>[^\n、。（）「」]{2,60}?)(?:とは|は)、",
    ),
}


def find_parties(text: str, language: Language) -> tuple[str, ...]:
    """The two parties as the opening of an agreement names them; empty where no opening formula is found."""
    head = text[:_HEAD_CHARS]
    for pattern in _PATTERNS.get(language, ()):
        match = regex.search(pattern, head, regex.MULTILINE)
        if match is not None:
            names = tuple(" ".join(match.group(g).split()).strip(" ,、") for g in ("a", "b"))
            if all(names):
                return names
    return ()
