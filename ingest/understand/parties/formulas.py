"""Who an agreement is between."""

from __future__ import annotations

import regex

from ingest.found import Found
from lang.codes import Language

_HEAD_CHARS = 6000
_STATEMENT_CHARS = 1200
_MAX_PARTIES = 30
_NAME = r"[^\n;:。“”\"()（）]{3,140}?"
_ALIAS = r"\s*(?:[(（][^)）\n]{0,80}[)）])?"
_ALIASED = r"\s*[(（](?:hereinafter|hereafter)[^)）\n]{0,100}[)）]"
_CALLED = r"\s*[(（](?:जिसे|जिन्हें|इसके|आगे|यापुढे|यानंतर|ह्यापुढे)[^)）\n]{0,90}[)）]"
_OPENING = r"(?i:memorandum|agreement|arrangement|protocol|treaty|letter of intent)\b[^.;:]{0,160}?"
_JA_NAME = r"[^\n、。（）「」『』]{2,60}?"
_DESCRIPTION = r"an?|having|represented|incorporated|registered|established|constituted|hereinafter|acting|with|through|whose"
_DESCRIBED = rf"(?:(?:[(]|,\s(?i:{_DESCRIPTION})\b)[^\n]*)?"
_PAIRS: dict[Language, tuple[str, ...]] = {
    "en": (
        rf"^The\s(?P<a>{_NAME}){_ALIASED},?\s+and\s+(?:the\s)?(?P<b>{_NAME}){_ALIASED}",
        rf"^The\s(?P<a>{_NAME}),?\s+and\s+the\s(?P<b>{_NAME})(?:{_ALIASED}|,?\s+hereinafter)",
        rf"^The\s(?P<a>{_NAME}),?\s+and\s+(?P<b>{_NAME})(?:{_ALIASED}|,?\s+hereinafter)",
        # BETWEEN / X, a body …, (hereinafter …) / AND / Y, a company …
        rf"^(?i:between):?\s*\n\s*(?:\p{{Nd}}\.\s)?(?:(?i:the)\s)?(?P<a>[^\n(]{{3,140}}?)\s*{_DESCRIBED}\n(?:[^\n]*\n)?\s*(?i:and):?\s*\n\s*"
        rf"(?:\p{{Nd}}\.\s)?(?:(?i:the)\s)?(?P<b>[^\n(]{{3,140}}?)\s*{_DESCRIBED}(?:\n|$)",
        # the United States of America (the “United States”) and Japan (together, the “Participants”)
        r"(?:(?i:the)\s)(?P<a>\p{Lu}[^\n,;:()]{2,80}?)\s[(][^)\n]{0,80}[)],?\s+and\s+(?:the\s)?(?P<b>\p{Lu}[^\n,;:()]{2,80}?)\s"
        r"[(](?i:together|collectively|jointly|hereinafter)",
        *(
            rf"{_OPENING}\s(?i:between)\s+(?i:the\s)?(?P<a>{_NAME}){_ALIAS},?\s+(?i:{joint})(?P<b>{_NAME}){_ALIAS}"
            rf"(?=\s*(?:,|\.|\n|$)|\s+(?i:concerning|regarding|relating|on|for|in the field)\s)"
            for joint in (r"and\s+the\s", r"and\s")
        ),
    ),
    "mr": (
        rf"^\s*(?P<a>{_NAME}){_ALIAS}\s+(?:आणि|व)\s+(?P<b>{_NAME}){_ALIAS},?\s+"
        rf"(?:यांच्यात|यांच्यामध्ये|यांच्यातील|यांच्यामधील|यांच्या दरम्यान|ज्यांचा|यांनी)",
        rf"^\s*(?P<a>{_NAME}){_CALLED},?\s+(?:आणि|व)\s+(?P<b>{_NAME}){_CALLED}",
    ),
    "hi": (
        rf"^\s*(?P<a>{_NAME}){_ALIAS}\s+(?:और|तथा|एवं)\s+(?P<b>{_NAME}){_ALIAS},?\s+(?:के बीच|के मध्य|के दरम्यान|ने|जिन्हें)",
        rf"^\s*(?P<a>{_NAME}){_CALLED},?\s+(?:और|तथा|एवं)\s+(?P<b>{_NAME}){_CALLED}",
    ),
    "ja": (
        rf"^\s*(?P<a>{_JA_NAME})[（(]以下[^）)\n]{{1,40}}[）)]\s*(?:と|及び|、)\s*(?P<b>{_JA_NAME})[（(]以下",
        rf"^\s*(?P<a>{_JA_NAME})と(?P<b>{_JA_NAME})(?:との間|の間)(?:の|に|で|における)",
        rf"^\s*(?P<a>{_JA_NAME})(?:と|及び)(?P<b>{_JA_NAME})(?:とは|は)、",
    ),
}
_COMPILED = {language: tuple(regex.compile(p, regex.MULTILINE) for p in patterns) for language, patterns in _PAIRS.items()}
_TRAILING = regex.compile(r",?\s+(?:represented|acting) (?:by|through)\b.*$|[\s,、:]+$", regex.S)

_SENTENCE = regex.compile(r"\b(?:will|shall|is|are|has|have|was|were|that|which|who|met|reached|agreed)\b")

_COUNTRY = r"(?:the\s)?\p{Lu}[\p{L}.’-]*(?:\s(?:of|and\sthe|the|\p{Lu}[\p{L}.’-]*)){0,7}"
_ITEM = regex.compile(rf"(?P<name>{_COUNTRY})(?:\s?[(][^)]{{1,20}}[)])?")
_SERIES = rf"{_COUNTRY}(?:\s?[(][^)\n]{{1,20}}[)])?(?:,\s{_COUNTRY}(?:\s?[(][^)\n]{{1,20}}[)])?)*,?\sand\s{_COUNTRY}"
_LISTS = tuple(
    regex.compile(p)
    for p in (
        rf"(?i:\bthe\sgovernments\sof)\s(?P<list>{_SERIES})",
        rf"(?i:\bwe,?\sthe\s(?:leaders|ministers|governments)\sof)\s(?P<list>{_SERIES})",
        rf"(?i:\bthe)\s[\p{{L}}\s-]{{2,30}}?(?i:countries|members|nations)\s?[(—–-]\s?(?P<list>{_SERIES})",
    )
)
_LEADERS = regex.compile(
    r"(?:Prime\sMinister|President|Chancellor|Premier|King|Minister|Secretary"
    r"|Mayor)(?:\s[\p{L}.]+){0,5}?,?(?:\s\p{L}{2,3}\.,?)?\sof\s(?P<name>" + _COUNTRY + r")"
)
_JOINT_TITLE = regex.compile(
    r"^(?:(?:joint\s(?:\p{L}+\s)?(?:statement|declaration)\s(?:from|between|of|by)\s)(?P<after>.+)"
    r"|(?P<before>[\p{L}.\s·・-]+?)\s?(?:joint|leaders|संयुक्त|共同(?:声明|宣言|発表)).*)$",
    regex.I,
)
_TITLE_PARTS = regex.compile(r"\s?[-–—‐・·]\s?|\s+and\s+(?:the\s)?|,\s|\s+(?:आणि|व|और|तथा)\s+", regex.I)
_SHORT = {"U.S.": "United States", "US": "United States", "U.K.": "United Kingdom", "UK": "United Kingdom"}


def find_parties(text: str, title: str, language: Language) -> tuple[Found[str], ...]:
    """The parties as an agreement's opening names them, each with its place; empty where no opening formula is found.

    A joint statement has no such formula: its parties are the countries that it or its title lists, or whose leaders it names.
    """
    head = text[:_HEAD_CHARS]
    if _JOINT_TITLE.match(title):
        return _listed(head) or _entitled(head, title) or _led(head) or _pair(head, language)
    return _pair(head, language) or _listed(head) or _led(head) or _title_pair(title, language)


def _pair(text: str, language: Language) -> tuple[Found[str], ...]:
    for pattern in _COMPILED.get(language, ()):
        match = pattern.search(text)
        if match is not None:
            found = [_found(text, *match.span(group)) for group in ("a", "b")]
            if all(one.value and not _SENTENCE.search(one.value) for one in found):
                return tuple(found)
    return ()


def _title_pair(title: str, language: Language) -> tuple[Found[str], ...]:
    return tuple(Found(one.value, origin="file") for one in _pair(title, language))


def _found(text: str, start: int, end: int) -> Found[str]:
    raw = text[start:end]
    kept = _TRAILING.sub("", _TRAILING.sub("", raw))
    start += len(kept) - len(kept.lstrip(" ,、"))
    if lead := regex.match(r"(?i:the)\s", text[start:end]):
        start += lead.end()
        kept = kept.lstrip(" ,、")[lead.end() :]
    kept = kept.strip(" ,、")
    return Found(" ".join(kept.split()), text[start : start + len(kept)], start, start + len(kept))


def _listed(text: str) -> tuple[Found[str], ...]:
    for pattern in _LISTS:
        match = pattern.search(text)
        if match is None:
            continue
        base = match.start("list")
        items = []
        for part in regex.finditer(r"[^,]+?(?=,\s|,?\sand\s|$)", match.group("list")):
            lead = regex.match(r"[,\s]*(?:and\s)?(?:the\s)?", part.group())
            name = _ITEM.match(part.group(), lead.end() if lead else 0)
            if name is not None:
                items.append(_found(text, base + part.start() + name.start("name"), base + part.start() + name.end("name")))
        if 2 <= len(items) <= _MAX_PARTIES:
            return tuple(items)
    return ()


def _entitled(text: str, title: str) -> tuple[Found[str], ...]:
    """The parties that a joint statement's title names, if there are at least two and the text knows each of them."""
    match = _JOINT_TITLE.match(title)
    if match is None:
        return ()
    named = match.group("after") or match.group("before") or ""
    names = [part.strip() for part in _TITLE_PARTS.split(named.split(":")[0])]
    if len(names) < 2:
        return ()
    found = []
    for name in names:
        full = _SHORT.get(name, regex.sub(r"^the\s", "", name, flags=regex.I))
        at = regex.search(r"\s".join(map(regex.escape, full.split())), text)
        if at is None:
            return ()
        found.append(Found(full, at.group(), at.start(), at.end()))
    return tuple(found)


def _led(text: str) -> tuple[Found[str], ...]:
    """The countries whose leaders the first paragraphs name, when at least two of them do."""
    found: dict[str, Found[str]] = {}
    for match in _LEADERS.finditer(text, 0, _STATEMENT_CHARS):
        one = _found(text, *match.span("name"))
        found.setdefault(one.value, one)
    return tuple(found.values()) if 2 <= len(found) <= _MAX_PARTIES else ()
