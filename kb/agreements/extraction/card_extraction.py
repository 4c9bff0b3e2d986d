"""The draft of a card: every field and obligation that an agreement's text states, with spans.

Which sentences speak of its costs, its secrecy, its end is told by the name of the article, else by their words (``topics.toml``). Contact
points are who is to be written to; of languages, which the text is made in and which of them prevails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import regex

from ingest.records import Block
from kb.agreements.card_records import Draft, Field, Found
from kb.agreements.extraction.actors import actors_of
from kb.agreements.extraction.obligation_extraction import Line, find_duties, with_told
from lang.data_files import toml_of
from lang.labels import is_item_entry, read_item, read_label
from lang.languages import Language
from lang.sentences import sentence_spans

_RUN_IN_WORDS = 5
_RENEW = regex.compile(r"\brenew|\bextended\b|नूतनीकरण|मुदतवाढ|मुदत\s.{0,12}वाढव|नवीनी?करण|नवीनीकृत|更新", regex.I)
_LEADS_IN = regex.compile(r"[:：]\s*$")
_PROSE = ("paragraph", "list_item", "table_row")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a block: its text and span, and the names of the articles and paragraphs that it stands under, innermost last."""

    text: str
    start: int
    end: int
    names: tuple[str, ...]
    block: Block


@dataclass(frozen=True, slots=True)
class _Topic:
    heading: regex.Pattern[str]
    sentence: regex.Pattern[str] | None
    within: regex.Pattern[str] | None


def sentences(blocks: Sequence[Block], language: Language) -> list[Sentence]:
    """Every sentence of the body in order; a paragraph's own name ("3. Termination.") is a name and no sentence."""
    out = []
    for block in blocks:
        if block.role not in _PROSE:
            continue
        names = tuple(_named(entry) for entry in block.path if not is_item_entry(entry))
        spoken = block.language if block.language != "und" else language
        spans = sentence_spans(block.text, spoken)
        if len(spans) > 1 and (own := _run_in(block.text[slice(*spans[0])])):
            names, spans = (*names, own), spans[1:]
        out += [Sentence(block.text[s:e], block.start + s, block.start + e, names, block) for s, e in spans]
    return out


def about(field: Field, said: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that speak of a field, in order."""
    topic = _topics()[field]
    found = [s for s in said if _speaks(topic, s)]
    if field == "purpose":
        return found[:1]
    if field == "termination":
        # A renewal clause tells how the agreement ends only where nothing else does.
        return [s for s in found if not _RENEW.search(s.text)] or found
    if field in ("confidentiality", "disputes", "amendment", "costs", "contact", "legal"):
        return [s for s in found if not _LEADS_IN.search(s.text)]
    return found


def areas(blocks: Sequence[Block], language: Language) -> list[tuple[int, int]]:
    """The entries of the article on areas of cooperation: the headings under it, else its items, else its sentences."""
    pattern = _topics()["area"].heading
    under: list[tuple[Block, int]] = []
    for block in blocks:
        depth = next((at for at, entry in enumerate(block.path) if pattern.search(_named(entry))), None)
        if depth is not None:
            under.append((block, depth))
    headings = [(b, depth) for b, depth in under if b.role == "heading" and len(b.path) > depth + 1]
    leaves = [b for b, _ in headings if not any(o.path[: len(b.path)] == b.path and len(o.path) > len(b.path) for o, _ in headings)]
    if leaves:
        return [(b.start, b.end) for b in leaves]
    prose = [(b, depth) for b, depth in under if b.role in _PROSE]
    items = [b for b, _ in prose if b.role == "list_item" or read_item(b.text) is not None]
    first = min((len(b.path) for b in items), default=0)
    items = [b for b in items if len(b.path) == first]
    if items:
        return [(b.start, b.end) for b in items]
    return [(s.start, s.end) for s in sentences([b for b, _ in prose], language)]


def _speaks(topic: _Topic, sentence: Sentence) -> bool:
    if any(topic.heading.search(name) for name in sentence.names[-2:]):
        return topic.within is None or topic.within.search(sentence.text) is not None
    return topic.sentence is not None and topic.sentence.search(_bare(sentence.text)) is not None


def _named(entry: str) -> str:
    """The name in a path entry: "Purpose" of "Article 1 Purpose", "目的" of "第1条（目的）"."""
    label = read_label(entry)
    if label is not None:
        return label.rest.strip(" （）()【】:：")
    item = read_item(entry)
    return item.rest if item is not None else entry


def _bare(text: str) -> str:
    item = read_item(text)
    return (item.rest if item is not None else text).replace("\n", " ")


def _run_in(first: str) -> str:
    """The name with which a paragraph begins, "Termination" of "3. Termination."; "" where its first sentence is one."""
    bare = _bare(first).strip()
    words = bare.rstrip(".").split()
    return bare.rstrip(".") if bare.endswith(".") and 1 <= len(words) <= _RUN_IN_WORDS and bare[:1].isupper() else ""


@cache
def _topics() -> Mapping[str, _Topic]:
    stored = toml_of("kb.agreements.extraction", "topics.toml")
    return {name: _topic(**one) for name, one in stored.items()}


def _topic(heading: Sequence[str], sentence: Sequence[str], within: str) -> _Topic:
    return _Topic(_any(heading), _any(sentence) if sentence else None, regex.compile(within, regex.I) if within else None)


def _any(patterns: Sequence[str]) -> regex.Pattern[str]:
    return regex.compile("|".join(f"(?:{pattern})" for pattern in patterns), regex.I)


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


_OF_FACTS: Sequence[tuple[Field, str]] = (
    ("title", "title"), ("party", "parties"), ("signatory", "signatories"), ("signed", "signed"), ("effective", "in_force"),
    ("place", "place"), ("term", "term"), ("renewal", "renewal"), ("notice", "notice"),
)  # fmt: skip
CLAUSES: Sequence[Field] = ("purpose", "costs", "confidentiality", "disputes", "legal", "amendment", "termination")
"""Fields whose value is the sentence that says it."""
_NO_DUTIES = frozenset(
    ("area", "purpose", "contact", "legal", "renewal", "effective", "term", "termination", "notice", "languages", "amendment", "signatory")
)
"""Fields whose lines a model easily takes for duties."""
_MARK = regex.compile(r"^\W+$")


def draft(text: str, blocks: Sequence[Block], found: Mapping[str, Any], language: Language) -> Draft:
    """Read a card.

    Args:
        text: the document's text.
        blocks: its blocks in order.
        found: its facts, as `ingest.records.found_shape` writes them.
        language: of the document.
    """
    said = [s for s in sentences(blocks, language) if not _MARK.match(s.text)]
    facts = list(_facts(found, said))
    clauses = {field: about(field, said) for field in CLAUSES}
    lines = [*facts, *(Found(field, _words(s.text), s.start, s.end) for field, those in clauses.items() for s in those)]
    lines += [Found("area", _words(text[start:end]), start, end) for start, end in areas(blocks, language)]
    lines += [Found("contact", value, start, end) for value, start, end in contacts_in(about("contact", said))]
    if (made := languages_in(said)) is not None:
        lines.append(Found("languages", made[0], made[1], made[2]))
    parties = [str(one["value"]) for one in found.get("parties") or ()]
    own = _spans(lines, ("renewal", "effective", "languages", "legal", "amendment", "term"), said)
    duties = find_duties(text, blocks, actors_of(text, parties), language, [*own, *((s.start, s.end) for s in about("contact", said))])
    if told := found.get("duties"):
        spoken = [(one.start, one.end) for one in lines if one.field in _NO_DUTIES and one.start is not None and one.end is not None]
        agreed = (found.get("kind") or {}).get("value") == "agreement"
        duties = with_told(
            duties,
            [Line(one["value"], one["start"], one["end"], one["confidence"] == "sure") for one in told],
            text,
            blocks,
            spoken,
            agreed=agreed,
        )
    order = {field: at for at, field in enumerate(get_args(Field))}
    return Draft(tuple(sorted(lines, key=lambda one: (order[one.field], one.start if one.start is not None else -1))), duties)


def _facts(found: Mapping[str, Any], said: Sequence[Sentence]) -> Iterator[Found]:
    """The facts of the document; a term or a notice is cited with its whole sentence."""
    for field, name in _OF_FACTS:
        listed = found.get(name)
        for one in listed if isinstance(listed, list) else [listed] if listed else []:
            value = _worded(field, one["value"])
            if not value:
                continue
            start, end = one["start"], one["end"]
            if start is not None and field in ("term", "renewal", "notice", "effective", "signed"):
                start, end = _sentence_of(said, start, end)
            yield Found(field, value, start, end, one.get("confidence", "sure") == "sure")


def _worded(field: Field, value: Any) -> str:
    from kb.store.facts.fact_views import worded

    if field == "effective":
        day = value["when"]["date"] if value.get("when") else ""
        return day or (f"on {value['on']}" if value["on"] != "date" else "")
    if field == "notice":
        return worded("", value["period"]) if value.get("period") else ""
    if field == "signatory":
        return worded("signatories", value)
    return worded(field, value)


def _sentence_of(said: Sequence[Sentence], start: int, end: int) -> tuple[int, int]:
    return next(((s.start, s.end) for s in said if s.start <= start < s.end), (start, end))


def _spans(lines: Sequence[Found], fields: Sequence[Field], said: Sequence[Sentence]) -> list[tuple[int, int]]:
    """The sentences that speak of the paper itself: what is "done" in them is done to it."""
    spans = [(one.start, one.end) for one in lines if one.field in fields and one.start is not None and one.end is not None]
    return [_sentence_of(said, start, end) for start, end in spans]


def _words(text: str) -> str:
    return " ".join(text.split())
