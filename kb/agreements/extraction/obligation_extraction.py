"""Who shall do what by when: the operative sentences of an agreement, read in their language.

Beside them the duties of lines that a model tells: what the readers of sentences found in these lines, and the lines in which they found
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from ingest.records import Block
from kb.agreements.card_records import Duty, Force
from kb.agreements.extraction.actors import Actors, Leads, Said, bare
from kb.agreements.extraction.deadlines import deadlines_in
from kb.agreements.extraction.devanagari_obligations import DevanagariReader
from kb.agreements.extraction.english_obligations import EnglishReader
from kb.agreements.extraction.japanese_obligations import JapaneseReader, directs
from kb.agreements.extraction.obligation_tables import table_duties
from lang.labels import read_item
from lang.languages import Language
from lang.sentences import sentence_spans
from lang.token_features import speaks_of

_FORMULA = regex.compile(
    r"\bha(?:ve|s)\s(?:agreed|reached|decided|come\sto)\b[^.]{0,80}(?:as\sfollows|following|understanding)|\bagree\sas\sfollows"
    r"|\bhave\sreached\sthe\sfollowing|पुढीलप्रमाणे\s|खालीलप्रमाणे\s|निम्नलिखित\s(?:सहमति|समझौते|बिंदुओं|बातों)|次のとおり(?:覚書|協定|契約|合意|締結|取り決め)",
    regex.I,
)
_FORMULA_WITHIN = 0.5
_CLOSING = regex.compile(
    r"^(?:in witness whereof|signed\b|done (?:at|in)\b|the foregoing represents|made and signed)"
    r"|(?:स्वाक्षरी\s+करण्यात\s+आली|हस्ताक्षरित\s+किया\s+गया|हस्ताक्षर\s+किए\s+गए)"
    r"|^(?:本(?:覚書|協定|契約)の成立を証|以上を証|上記の証)",
    regex.I,
)
_RUN_IN = regex.compile(r"^(?P<name>\p{Lu}(?:(?!\b(?:will|shall|may|must|should|intend)\b)[\p{L}\s,&/-]){2,60}):\s+(?=\p{Lu})")
_LEADS_IN = regex.compile(r"[:：]\s*$")
_LONGEST = 2500
_WHOLE_ITEM = 400
"""Characters up to which an item of a list is one duty; of a longer one it is the first sentence."""
_EXEMPT = regex.compile(
    r"\b(?:not|neither|no|nor)\b[^.;]{0,80}\b(?:liable|responsible|obliged|obligated|answerable|bound to)\b"
    r"|(?:जबाबदार|बांधील|उत्तरदायी)\s+(?:राहणार|असणार)\s+नाही"
    r"|(?:उत्तरदायी|जिम्मेदार|ज़िम्मेदार|बाध्य)\s+नहीं|(?:責任|義務|責め)(?:は|を)(?:一切)?(?:負わない|負うものではない)",
    regex.I,
)
"""Who is free of something; a prohibition in form, and no duty."""


def find_duties(
    text: str, blocks: Sequence[Block], actors: Actors, language: Language, skip: Sequence[tuple[int, int]] = ()
) -> tuple[Duty, ...]:
    """The obligations in order of place.

    Args:
        text: the document's text.
        blocks: its blocks, in order.
        actors: what its parties are called.
        language: of the document, for blocks that do not tell theirs.
        skip: spans of sentences about the paper itself (its renewal, its languages); there only what a party does counts.
    """
    found = [*_Finder(text, actors, language, skip).find(operative(blocks)), *table_duties(blocks)]
    return tuple(sorted(found, key=lambda duty: duty.start))


def operative(blocks: Sequence[Block]) -> list[Block]:
    """The blocks between the preamble and the signatures."""
    prose = [block for block in blocks if block.role in ("paragraph", "list_item")]
    limit = (prose[-1].end if prose else 0) * _FORMULA_WITHIN
    first = max((at for at, b in enumerate(prose) if b.start < limit and _FORMULA.search(b.text)), default=-1)
    last = next((at for at, b in enumerate(prose) if at > first and _CLOSING.search(b.text)), len(prose))
    return prose[first + 1 : last]


class _Finder:
    def __init__(self, text: str, actors: Actors, language: Language, skip: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._language = language
        self._skip = skip
        self._english = EnglishReader(actors)
        self._japanese = JapaneseReader(actors)
        self._marathi, self._hindi = DevanagariReader(actors, "mr"), DevanagariReader(actors, "hi")
        self._leads = Leads(actors)
        self._lead: Duty | None = None
        self._under: tuple[str, ...] = ()

    def find(self, blocks: Sequence[Block]) -> Iterator[Duty]:
        for block in blocks:
            language = block.language if block.language != "und" else self._language
            spans = [span for span in sentence_spans(block.text, language) if span[1] - span[0] <= _LONGEST]
            if block.path[: len(self._under)] != self._under or block.path == self._under:
                self._lead = None
            if (over := self._leads.over(block, language)) is not None and (listed := self._listed(block, language, *over)) is not None:
                yield listed
                continue
            if self._lead is not None and (item := self._item(block, language)) is not None:
                yield item
                continue
            if self._leads.leads(block, language):
                continue
            for start, end in spans:
                found = list(self._sentence(block, start, end, language))
                yield from found
                if _LEADS_IN.search(block.text[start:end]):
                    self._lead, self._under = (found[-1] if found else None), block.path

    def _listed(self, block: Block, language: Language, actor: str, force: Force) -> Duty | None:
        """An item of a list of what somebody does; None for one that says itself who does it."""
        spans = sentence_spans(block.text, language)
        if any(one.actor for s, e in spans for one in self._said(_unlabelled(block.text[s:e])[0], language)):
            return None
        shown, offset = _unlabelled(block.text)
        end = len(block.text) if len(block.text) <= _WHOLE_ITEM or not spans else spans[0][1]
        if end <= offset:
            return None
        limit = next(deadlines_in(block.text[:end], block.start), None)
        action = " ".join(shown[: end - offset].split()).strip(" ,;:.。।")
        return Duty(actor, action, force, block.start, block.start + end, limit)

    def _item(self, block: Block, language: Language) -> Duty | None:
        """An item of a list with a day or a time limit of its own: what its lead-in demands is due then."""
        if self._lead is None or read_item(block.text) is None:
            return None
        if any(
            self._said(block.text[s:e], language) and self._said(block.text[s:e], language)[0].actor
            for s, e in sentence_spans(block.text, language)
        ):
            return None
        due = next((d for d in deadlines_in(block.text, block.start) if d.every is None), None)
        if due is None:
            return None
        return replace(self._lead, action=_unlabelled(block.text)[0], start=block.start, end=block.end, deadline=due)

    def _sentence(self, block: Block, start: int, end: int, language: Language) -> Iterator[Duty]:
        whole = block.text[start:end]
        shown, offset = _unlabelled(whole)
        skipped = any(a < block.start + end and block.start + start < b for a, b in self._skip)
        said = self._said(shown, language)
        for one in said:
            if skipped and not one.actor and not (language == "ja" and directs(shown)):
                continue
            if one.force == "must_not" and _EXEMPT.search(shown):
                continue
            first = start + offset + one.start
            clause = shown[one.start : one.end]
            if len(said) == 1:
                first, clause = start, whole
            begins = block.start + first
            deadline = next(deadlines_in(clause, begins), None) if one.force != "may" or "within" in clause else None
            yield Duty(bare(one.actor, language), _action(shown, one, language), one.force, begins, begins + len(clause), deadline)

    def _said(self, sentence: str, language: Language) -> list[Said]:
        # Line breaks are no more than spaces, and as long.
        flat = regex.sub(r"\s", " ", sentence)
        if language == "ja":
            return self._japanese.read(flat)
        if language in ("mr", "hi"):
            return (self._marathi if language == "mr" else self._hindi).read(flat)
        return self._english.read(flat)


def _unlabelled(sentence: str) -> tuple[str, int]:
    """A sentence without its number and run-in heading, and where that begins."""
    item = read_item(sentence)
    offset = len(item.printed) if item is not None else 0
    offset += len(sentence[offset:]) - len(sentence[offset:].lstrip())
    if name := _RUN_IN.match(sentence[offset:]):
        offset += name.end()
    return sentence[offset:], offset


def _action(sentence: str, one: Said, language: Language) -> str:
    """What is to be done: in English what follows the verb of duty, elsewhere the clause without its actor."""
    said = sentence[one.action : one.end] if language not in ("mr", "hi") else sentence[max(one.action, one.start) : one.end]
    return " ".join(said.split()).strip(" ,;:.")


_FORBIDS = regex.compile(
    r"\b(?:shall|must|may|will|is|are)\s+not\b|\bno\s+\p{L}+\s+(?:shall|may)\b|नये|नयेत|(?:करणार|ठेवणार|देणार|राहणार)\s+नाही|नहीं\s+(?:कर|दे|रख|हो)"
    r"|(?:न करें|वर्जित|मनाई|निषिद्ध)|してはならない|しないものとする|禁ずる|禁止",
    regex.I,
)

_NOBODY = regex.compile(
    r"^[^\p{L}]*$|^\W*(?:n/?a|nil|none|tbd|tbc|undecided|open|not (?:yet )?(?:decided|fixed|assigned)|未定|協議中|調整中|なし"
    r"|अनिर्णीत|निश्चित (?:नाही|नहीं)|ठरलेले नाही|ठरायचे आहे|तय नहीं)\W*$",
    regex.I,
)
"""Who is responsible, in a table, where that is not settled."""
_GOES_ON = regex.compile(r";\s*(?:and|or|आणि|व|और|तथा|及び)?\s*$", regex.I)
"""How an item ends after which another follows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that lays a duty on somebody, ``[start, end)`` of the text; ``who`` is "" where it names nobody."""

    who: str
    start: int
    end: int
    sure: bool = True


def with_told(
    read: Sequence[Duty], told: Sequence[Line], text: str, blocks: Sequence[Block], skip: Sequence[tuple[int, int]], *, agreed: bool
) -> tuple[Duty, ...]:
    """The duties of the lines that are told, in order.

    What the readers found is kept where the paper is ``agreed`` by its parties, where it names who, is a right (*may*) or a row of a
    table; in a told line it is as they read it. Nothing is told of the preamble, the signatures, what is to be ``skip``-ped, and the
    items of a list whose lead-in is itself a duty; nor anything of an agreement whose parties mostly *intend*: it lays down no more.
    """
    if agreed and sum(duty.force == "intends" for duty in read) > len(read) / 2:
        return tuple(read)
    rows = {block.start for block in blocks if block.role == "table_row"}
    kept = [duty for duty in read if agreed or duty.actor or duty.force == "may" or duty.start in rows]
    spoken = [(block.start, block.end) for block in operative(blocks)]
    skip = [*skip, *_items(read, text, blocks)]
    for line in told:
        said = text[line.start : line.end]
        inside_body = line.start in rows or any(start <= line.start < end for start, end in spoken)
        if not inside_body or speaks_of(said, "behalf", "sign") or (not line.sure and _GOES_ON.search(said)):
            continue
        inside = [duty for duty in read if duty.start < line.end and line.start < duty.end and duty.force != "may"]
        if inside:
            kept += [duty for duty in inside if duty not in kept]
        elif not any(start < line.end and line.start < end for start, end in [*skip, *((duty.start, duty.end) for duty in read)]):
            kept += _plain(line, text)
    sure = [(line.start, line.end) for line in told if line.sure]
    sure += [(duty.start, duty.end) for duty in read if agreed]
    return tuple(sorted((duty for duty in dict.fromkeys(kept) if _is_somebodys(duty, sure)), key=lambda duty: (duty.start, duty.end)))


def _is_somebodys(duty: Duty, sure: Sequence[tuple[int, int]]) -> bool:
    """Whether somebody owes it: it is named who, or by when, or it stands in what is surely a duty; in a table nobody may be named yet."""
    if duty.force == "may":
        return True
    if duty.actor:
        return _NOBODY.search(duty.actor) is None
    return duty.deadline is not None or any(start < duty.end and duty.start < end for start, end in sure)


def _items(read: Sequence[Duty], text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The items of lists that a duty leads in."""
    leads = [duty for duty in read if text[duty.start : duty.end].rstrip().endswith((":", "："))]
    lead: Block | None = None
    going = False
    for block in blocks:
        listed = block.role == "list_item" or read_item(block.text) is not None or going or block.text.rstrip().endswith(";")
        if block.text.rstrip().endswith((":", "：")) and any(block.start < duty.end and duty.start < block.end for duty in leads):
            lead, going = block, False
        elif lead is not None and listed and (len(block.path) > len(lead.path) or lead.role == "paragraph"):
            yield block.start, block.end
            going = _GOES_ON.search(block.text) is not None
        else:
            lead, going = None, False


def _plain(line: Line, text: str) -> Iterator[Duty]:
    said = text[line.start : line.end]
    item = read_item(said)
    action = " ".join(said[len(item.printed) if item is not None else 0 :].split()).strip(" ,;:.。।")
    if action:
        force: Force = "must_not" if _FORBIDS.search(said) else "shall"
        yield Duty(line.who, action, force, line.start, line.end, next(deadlines_in(said, line.start), None))
