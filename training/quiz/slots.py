"""What of a sentence can be asked for: its dates, amounts, numbers, persons, places and organisations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from kb import KnowledgeBase
from kb.records import DocumentInfo
from kb.verify.facts import facts_in
from lang.codes import Language
from lang.values.quantities import CURRENCIES, Quantity
from training.papers import Sentence
from training.records import Asks

_YEARLY: Final = regex.compile(r"(?:18|19|20)\p{Nd}{2}")
_LONGEST_NAME: Final = 60
_PERSON_EN: Final = regex.compile(r"\b(?:Mr|Ms|Mrs|Dr|Prof|Shri|Smt)\.? (?P<name>\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+){0,2})")
_BODY_EN: Final = regex.compile(
    r"\b(?:\p{Lu}[\p{L}-]+ ){1,4}(?:Committee|Council|Bureau|Institute|Corporation|Agency|Commission|Authority|University|Assembly|Bank)\b"
)
_BODY: Final = regex.compile(
    r"Committee|Council|Bureau|Institute|Corporation|Agency|Commission|Authority|University|Assembly|Bank|Ministry|Department|Port"
    r"|मंत्रालय|पालिका|समिती|समिति|संस्था|विभाग|निगम|आयोग|省|局|委員会|機構|市役所"
)
_IDENTIFIES: Final = regex.compile(
    r"(?:\b(?:Wards?|Articles?|Phase|Table|Track|Schedule|No\.?|Section|Annex|Step|Chapter|Figure|version|Rule) "
    r"|प्रभाग(?: क्रमांक)? |वार्ड |कलम |क्रमांक |अनुच्छेद |धारा |表|図)(?:\p{Nd}+(?:, ?| व | आणि | और | एवं | and |、))*$"
)
"""Before a number that names a thing and counts nothing, or before several such numbers."""
_HALF: Final = regex.compile(r"\p{Nd}\s?(?:時間|分|年|か月|ヶ月|億|万|hours?|years?|feet)\s?$")
"""Before the second half of a measure ("2時間10分")."""


_GLUED: Final = regex.compile(r"\p{Nd}\p{Latin}")
_ARTICLE: Final = regex.compile(r"\b(the|an?)\s$", regex.I)


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a sentence that can be asked for: ``text`` stands at ``[start, end)`` of the sentence's text.

    Two slots with one ``key`` say the same; only slots of one ``shape`` can stand for each other.
    """

    asks: Asks
    start: int
    end: int
    text: str
    key: str
    shape: str


Roster = Mapping[Language, Mapping[str, Asks]]
"""The names that the papers tell as such, by language: what each is."""


def roster(kb: KnowledgeBase, papers: Iterable[DocumentInfo]) -> Roster:
    """Parties, publishers, signatories and places, as they stand in the papers."""
    of_field: Mapping[str, Asks] = {"parties": "organisation", "publisher": "organisation", "signatories": "name", "place": "place"}
    found: dict[Language, dict[str, Asks]] = defaultdict(dict)
    for info in papers:
        for fact in kb.fact_views(info.id):
            asks = of_field.get(fact.field)
            name = fact.text.strip()
            if asks is not None and fact.origin == "text" and 1 < len(name) <= _LONGEST_NAME and "\n" not in name:
                found[info.language][name] = asks
    return found


def slots(one: Sentence, known: Roster) -> tuple[Slot, ...]:
    """What can be asked of a sentence, in its order; a part that stands there twice cannot, its other place would tell it."""
    found = [slot for slot in _all(one, known) if one.text.count(slot.text) == 1]
    said = Counter(quantity.number for quantity in facts_in(one.text).quantities)
    # "_____の返金: …30日以内に": a number that stands there again gives the gap away.
    found = [slot for slot in found if not any(said[q.number] > 1 for q in facts_in(slot.text).quantities)]
    taken: list[Slot] = []
    for slot in sorted(found, key=lambda each: (each.start, -each.end)):
        if not any(slot.start < other.end and other.start < slot.end for other in taken):
            taken.append(slot)
    return tuple(taken)


def _all(one: Sentence, known: Roster) -> Iterator[Slot]:
    text = one.text
    facts = facts_in(text)
    for date in facts.dates:
        shape = f"{date.when.precision} {date.when.calendar}"
        yield Slot("date", date.start, date.end, date.text, str(date.when), shape)
    for quantity in facts.quantities:
        yield from _of_quantity(text, quantity)
    yield from _of_names(one, known)


def _of_quantity(text: str, quantity: Quantity) -> Iterator[Slot]:
    if quantity.role != "amount" or (quantity.spelled and quantity.number <= 2 and not quantity.unit):
        return
    if not quantity.unit and (_YEARLY.fullmatch(quantity.text) or quantity.number < 3 or _IDENTIFIES.search(text[: quantity.start])):
        return
    if _HALF.search(text[: quantity.start]) or text[quantity.end : quantity.end + 1].isdecimal():
        return
    asks: Asks = "amount" if quantity.unit in CURRENCIES else "number"
    # A number in words and one in digits tell each other apart at a glance.
    style = "words" if quantity.spelled else "digits"
    # "सहा महिन्यांची" is one word to a reader: half of it is no gap, and only another inflected one fits there.
    rest = regex.compile(r"[\p{Devanagari}\p{M}\u200c\u200d]*").match(text, quantity.end)
    end = rest.end() if rest is not None and regex.search(r"[\p{L}\p{M}]$", quantity.text) else quantity.end
    bent = " inflected" if end > quantity.end else ""
    # "100%" among "31パーセント", "ten-year" among "five years", "2million" among "10 million" are told by their looks.
    looks = "".join(mark for mark in "%％-" if mark in quantity.text) + (" glued" if _GLUED.search(quantity.text) else "")
    key, shape = f"{quantity.value} {quantity.unit}", f"{quantity.unit} {style}{bent}{looks}"
    yield Slot(asks, quantity.start, end, text[quantity.start : end], key, shape)


def _of_names(one: Sentence, known: Roster) -> Iterator[Slot]:
    text = one.text
    for name, asks in known.get(one.language, {}).items():
        if asks == "place" and text.startswith(f"In {name}"):
            continue  # a day would fill that gap as well
        for match in regex.finditer(rf"(?<![\p{{L}}\p{{M}}-]){regex.escape(name)}(?![\p{{Latin}}-])", text):
            # A state and a committee cannot stand for each other.
            body = f"{one.language} body" if asks == "organisation" and _BODY.search(name) else one.language
            shape = f"{body}{_article(text, match.start())}"
            yield Slot(asks, match.start(), match.end(), name, name.casefold(), shape)
    if one.language == "en":
        for match in _PERSON_EN.finditer(text):
            start, end = match.span("name")
            yield Slot("name", start, end, match["name"], match["name"].casefold(), "en")
        for match in _BODY_EN.finditer(text):
            name = regex.sub(r"^(?:The|A|An|Each|Either|This) ", "", match[0])
            yield Slot(
                "organisation",
                match.end() - len(name),
                match.end(),
                name,
                name.casefold(),
                f"en body{_article(text, match.end() - len(name))}",
            )


def _article(text: str, at: int) -> str:
    """The article before a name: "the India" is no English."""
    found = _ARTICLE.search(text, 0, at) if at else None
    return f" after {found[1].casefold()}" if found is not None else ""


def pool(sentences: Sequence[Sentence], known: Roster) -> dict[tuple[Asks, Language, str], dict[str, list[tuple[Sentence, Slot]]]]:
    """Every slot of the papers by what it asks for, language and shape, then by key: what can stand in the place of what."""
    found: dict[tuple[Asks, Language, str], dict[str, list[tuple[Sentence, Slot]]]] = defaultdict(lambda: defaultdict(list))
    for one in sentences:
        for slot in _all(one, known):
            found[slot.asks, one.language, slot.shape][slot.key].append((one, slot))
    return found
