"""Who an agreement is between: by the formulas of openings, and by a model of the names in it that may be parties.

The model is boosted trees over what is seen of each name, and the likeliest that do not overlap. The trees lie in ``parties.json``,
which ``python -m eval parties --write`` fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from ingest.extract.fitted_models import Tagger, stored_tagger, stored_trees
from ingest.extract.party_candidates import (
    BEGINNING,
    FORMULA,
    OPENING,
    PUBLISHER,
    SIGNED,
    Name,
    Told,
    candidate_features,
    candidate_names,
    overlap,
)
from ingest.extract.signatories import TAIL, as_cells, stretches
from ingest.extract.title_tagger import stretch_of
from ingest.records import Block, Found
from lang.languages import Language
from lang.normalise import bare

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


FIRST: Final = 0.25
SECOND: Final = 0.1
THIRD: Final = 0.7
BESIDE: Final = 0.5
AS_LIKELY: Final = 0.4
"""How likely the likeliest name has to be; the next, as an agreement has two; any other; and one that no formula gives where one
gives some. The spelling of a formula has this share of the chance of the likeliest."""
SURE: Final = 0.85
"""How likely a party is that is told as sure; so is one that a formula names in just these words."""
OPEN, END = 3.0, 0.5
"""What is taken off the score of words that are in no name, at the beginning and at the end."""
_SIGNED_FROM = 0.6
"""The part of a paper from its beginning within which nobody signs, whatever few blocks it has."""


def likely_parties(
    text: str, blocks: Sequence[Block], margins: Sequence[str], title: str, language: Language, formal: Sequence[Found[str]]
) -> tuple[Found[str], ...]:
    """The parties of an agreement, in order; empty where nothing is likely enough.

    Args:
        text: of the paper.
        blocks: of it.
        margins: running heads and feet, which stand above the beginning for the tagger.
        title: of the paper.
        language: of the paper.
        formal: the parties that a formula of openings gives.
    """
    model, opening, ending = stored_trees("parties"), stored_tagger("openings"), stored_tagger("signatures")
    if model is None or opening is None or ending is None or not blocks:
        return ()
    seen = seen_names(text, blocks, margins, title, language, formal, opening, ending)
    scored = [(model.chance(features), name) for name, features in seen]
    return tuple(
        Found(" ".join(name.text.split()), name.text, name.start, name.end, "sure" if chance >= SURE or FORMULA in name.told else "likely")
        for chance, name in chosen(scored)
    )


def seen_names(
    text: str,
    blocks: Sequence[Block],
    margins: Sequence[str],
    title: str,
    language: Language,
    formal: Sequence[Found[str]],
    opening: Tagger,
    ending: Tagger | None,
) -> Iterator[tuple[Name, dict[str, float]]]:
    """The names that may be parties, each with what the model sees of it; without the tagger ``ending`` the text is a beginning only."""
    signed = max(blocks[-min(TAIL, len(blocks))].start, int(len(text) * _SIGNED_FROM)) if ending is not None else len(text)
    told = [
        *(Told(FORMULA, one.start, one.end) for one in formal if one.start is not None and one.end is not None),
        *_opened(text, blocks, margins, opening),
        *(_signed(text, blocks, ending) if ending is not None else ()),
    ]
    found = candidate_names(text, told, signed)
    for name in found.values():
        yield name, candidate_features(text, name, found, title, language, signed)


def _opened(text: str, blocks: Sequence[Block], margins: Sequence[str], tagger: Tagger) -> Iterator[Told]:
    off = blocks[0].start - sum(len(line) + 1 for line in margins)
    for span in tagger.spans(stretch_of(text, blocks, margins), OPEN):
        if span.label in (OPENING, PUBLISHER) and span.start + off >= 0:
            yield Told(span.label, span.start + off, span.end + off, span.chance)


def _signed(text: str, blocks: Sequence[Block], tagger: Tagger) -> Iterator[Told]:
    for start, end in stretches(blocks):
        for span in tagger.spans(as_cells(text, blocks, start, end), END):
            if span.label == "party":
                yield Told(SIGNED, start + span.start, start + span.end, span.chance)


def chosen(scored: Sequence[tuple[float, Name]]) -> list[tuple[float, Name]]:
    """The parties with their chances: of names that overlap the one that a formula gives or the likeliest, with the chances of all."""
    rest = sorted(scored, key=lambda one: -one[0])
    groups = []
    while rest:
        best = bare(rest[0][1].text)
        same: list[tuple[float, Name]] = []
        others: list[tuple[float, Name]] = []
        for one in rest:
            (same if overlap(bare(one[1].text), best) else others).append(one)
        given = (name for chance, name in same if chance >= rest[0][0] * AS_LIKELY and {FORMULA, FORMULA + BEGINNING} & name.told.keys())
        spelt = next(given, rest[0][1])
        groups.append((min(1.0, sum(chance for chance, _ in same)), spelt))
        rest = others
    groups.sort(key=lambda one: -one[0])
    formal = any(FORMULA in name.told for _, name in groups)
    kept: list[tuple[float, Name]] = []
    for chance, name in groups:
        least = (FIRST, SECOND, THIRD)[min(len(kept), 2)]
        if chance >= (max(least, BESIDE) if formal and FORMULA not in name.told else least):
            kept.append((chance, name))
    return sorted(kept, key=lambda one: one[1].start)
