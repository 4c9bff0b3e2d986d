"""Which sentences of an agreement speak of its costs, its secrecy, its end …: told by the name of the article, else by their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from ingest.records import Block
from kb.card.records import Field
from lang.codes import Language
from lang.data_files import toml_of
from lang.labels import is_item_entry, read_item, read_label
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
    stored = toml_of("kb.card", "topics.toml")
    return {name: _topic(**one) for name, one in stored.items()}


def _topic(heading: Sequence[str], sentence: Sequence[str], within: str) -> _Topic:
    return _Topic(_any(heading), _any(sentence) if sentence else None, regex.compile(within, regex.I) if within else None)


def _any(patterns: Sequence[str]) -> regex.Pattern[str]:
    return regex.compile("|".join(f"(?:{pattern})" for pattern in patterns), regex.I)
