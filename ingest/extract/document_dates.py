"""When a document was signed, when it begins to apply, when it was brought out, and where it was signed.

Many dates stand in a paper; these are the ones that the paper says of itself. A date of another paper ("the Agreement signed at … on …"),
of an amendment, or of a single provision is none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from ingest.extract.document_kinds import JOINT_TITLE
from ingest.records import Block, Confidence, Found, Hints, InForce, Kind
from lang.values.calendars import When
from lang.values.dates import ReadDate, dates_in

_TAIL_BLOCKS = 25
_HEAD_BLOCKS = 12
_HEAD_CHARS = 1500
_TAIL_CHARS = 500
_DATE_LINE = 90

_SIGNED_LINE = regex.compile(r"^\W{0,2}(?:signed|done|executed|concluded|dated)\b", regex.I)
_MADE = regex.compile(
    r"\b(?:this|the present|these presents)\b.{0,100}?\b(?:made|entered into|signed|executed|done|concluded)\b|^(?:हा|सदर|प्रस्तुत"
    r"|ही)\s.{0,60}?(?:करार|ज्ञापन)"
    r".{0,160}?(?:करण्यात आला|करण्यात येत आहे|केला आहे|झाला|स्वाक्षरी)|^(?:यह|प्रस्तुत|इस)\s.{0,60}?(?:ज्ञापन|समझौत|करार|अनुबंध"
    r"|पत्र).{0,160}?(?:हस्ताक्षर|किया गया|संपन्न|निष्पादित)"
    r"|本(?:覚書|協定|契約|議定書)(?:書)?[^。]{0,60}(?:署名|締結|調印)",
    regex.I | regex.S,
)
_SIGN_WORD = regex.compile(r"स्वाक्षरी|स्वाक्षऱ्या|स्वाक्षांकित|हस्ताक्षर|署名|調印|締結|\bsigned\b|\bdone\b", regex.I)
_OTHER_PAPER = regex.compile(
    r"\b(?:agreements?|memorand(?:um|a)|mo[uc]s?|treaty|protocol|declaration|letters? of intent|arrangement|deal)\b[^.;]{0,60}?"
    r"\b(?:signed|done|concluded)\b"
    r"|(?:署名|締結|調印)(?:され|し)た[^。、]{0,20}(?:覚書|協定|契約|条約|議定書|意向書|宣言|声明|合意)"
    r"|(?:स्वाक्षरी|हस्ताक्षर|स्वाक्षांकित)\s?(?:झालेल्या|केलेल्या|करण्यात आलेल्या)"
    r"|(?:हस्ताक्षरित|को हुए|स्वाक्षांकित)\s[^।]{0,40}?(?:ज्ञापन|समझौत|करार)",
    regex.I,
)
"""A paper that was signed, told of by another one."""
_DATED_LINE = regex.compile(r"^\W{0,2}(?:dated?|दिनांक|दि\.|तारीख|तिथि|日付)\s*[:：]?\s*", regex.I)
_LEAD_IN = regex.compile(
    r"(?:\bdated?\b|दिनांक|दि\.|तारीख|तिथि|日付|最終更新日?|改定日?|制定日?|last (?:updated|modified|revised)(?: on)?)\s*[:：]?\s*$", regex.I
)

_FORCE = regex.compile(
    r"\b(?:comes?|enters?|coming|entering|(?:shall|will) (?:come|enter)|to come) into (?:force|effect|operation)|\b(?:shall|will) (?:be"
    r"|become|take) "
    r"(?:effective|operative|effect)|\btakes? effect\b|\bis effective\b|\bbecomes? (?:effective|operative)|\bto (?:commence"
    r"|become operative|become effective)"
    r"|\bcommences?\b|\beffective\b(?:\s(?:date|from|on|as of))?|\bwith effect from\b"
    r"|(?:अं?मलात|लागू|प्रभावी|कार्यान्वित|प्रवृत्त)\s(?:येईल|येतो|येत|राहील|राहतील|होईल|होतील|होत|होगा|होगी|होंगे|रहेगा|माना|समझा)"
    r"|施行(?:する|します|日)|発効(?:する|日|(?=[。）\s]|$))"
    r"|効力を(?:生ずる|生じる|生じ|有する|発する)|適用する",
    regex.I,
)
_FORCE_PAST = regex.compile(r"\b(?:entered|came) into|took effect|施行された|発効した|लागू (?:झाल|हुआ|हुई)|अं?मलात आल", regex.I)
_PROVISION = regex.compile(
    r"第\s?[\p{Nd}一二三四五六七八九十]+\s?条[^。、]{0,20}の?規定は|ただし|\bamendments?\b|\b(?:articles?|sections?|clauses?"
    r"|paragraphs?)\s\p{Nd}[^.]{0,40}?\b(?:shall|will|comes?|enters?|takes?)"
    r"|सुधारणा|दुरुस्ती|संशोधन|改正|कलम\s?\p{Nd}+\s?(?:मधील|च्या|ची)|\b(?:pilot|project|phase|tariff|contract|rate)s?\b|कंत्राट|変更",
    regex.I,
)
_ON_SIGNATURE = regex.compile(
    r"\b(?:up)?on\s(?:the\s)?(?:date\sof\s)?(?:its\s|the\s)?(?:last\s|final\s)?(?:signature|signing)|\b(?:from|of)\s(?:the\s)?(?:date"
    r"|day)\sof\s(?:its\s|the\s)?(?:last\s)?sign"
    r"|when\s(?:both|all)\s[^.]{0,40}signed|स्वाक्षरीच्या\s(?:दिनांक|तारख|दिवस)|स्वाक्षरी\s(?:झाल्या|केल्या)|हस्ताक्षर\s(?:की|करने की"
    r"|होने की)\s(?:तिथि|तारीख)|हस्ताक्षर के (?:दिन|दिनांक)"
    r"|署名の日(?:から|に|より)|署名した日|署名と同時|締結の日から|調印の日から",
    regex.I,
)
_ON_PUBLICATION = regex.compile(
    r"(?:from|on)\s(?:the\s)?date\sof\s(?:its\s)?publication|प्रसिद्धीच्या\sदिनांक|प्रकाशन\s(?:की|के)\s(?:तिथि|तारीख|दिन)|公布の日から|公表の日から",
    regex.I,
)
_SELF = regex.compile(
    r"\b(?:this|the present|these)\b|\bMO[UC]\b|^\W*(?:\p{Nd}+\.\s)?it\b|(?:^|\s)(?:हा|ही|हे|या|सदर|यह|इस|प्रस्तुत)\s|本|この|これら", regex.I
)
_COMMENCEMENT = regex.compile(r"commence|entry into|coming into|effective|duration|प्रारंभ|अंमल|अवधि|कालावधी|施行|発効|附則|有効期間", regex.I)
_CLAUSE_END = regex.compile(r"[\n।。;]|\.(?=\s+\p{Lu})")
_CLAUSE_CHARS = 2000
"""What is looked at of a clause on either side of a date: a line of thousands of dates has no other end (4,000 of them: 4.9 s)."""

_PUBLISH = regex.compile(
    r"\bpublished\b|\bposted\b|\breleased\b|\b(?:last )?updated\b|press release|for immediate release|प्रकाशित|प्रसिद्धी|प्रकाशन|公表|発行|掲載"
    r"|公開|公布|配信|更新|改定|制定",
    regex.I,
)
_REFERENCE = regex.compile(
    r"^\W{0,2}(?:संदर्भ\s*[:：-]|वाचा|ref(?:erences?)?\s*(?:no)?\.?\s*[:：]|read\b|\p{Nd}{1,2}\s?[).]|[(（]\p{Nd}|参照|根拠|संदर्भ\s?-)",
    regex.I,
)
_OF_ANOTHER = regex.compile(r"^\s?(?:付け?|の?(?:法律|告示|条例)|に(?:署名|交換|締結)|रोजीच्या|च्या)")
_MET = regex.compile(r"会談|会合|表明|\bmet\b|\bconvened\b|\btoday\b|\bhosted\b|भेट|बैठक", regex.I)

_PLACE = r"(?P<place>\p{Lu}[\p{L}'’.-]*(?:\s(?:of\s)?\p{Lu}[\p{L}'’.-]*){0,3}(?:,\s\p{Lu}[\p{L}'’.-]*(?:\s\p{Lu}[\p{L}'’.-]*)?)?)"
_PLACES = tuple(
    regex.compile(pattern)
    for pattern in (
        rf"(?i:\b(?:signed|done|executed|concluded|made|entered\sinto))\b[^.;]{{0,60}}?\b(?:at|in)\s{_PLACE}(?=,?\s(?:on|this|the|in"
        rf"|and)\b|,|\.|$)",
        rf"\p{{Nd}}{{4}},?\s(?:at|in)\s{_PLACE}(?=[\s,.]|$)",
        r"(?:रोजी\s)?(?P<place>(?!रोजी)[\p{Devanagari}]{2,20}(?:\s(?!येथे)[\p{Devanagari}]{2,20})?)\sयेथे",
        r"(?:को|के दिन)\s(?P<place>[\p{Devanagari}]{2,20})\sमें",
        r"日[\s、]*(?P<place>[\p{Han}\p{Katakana}ー・]{2,20}?)(?:において|で|にて)",
    )
)
_NO_PLACE = regex.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|English|Marathi|Hindi|Japanese|रोजी)\b"
)


@dataclass(frozen=True, slots=True)
class Dating:
    """The dates that a document says of itself, and the place of signature."""

    signed: Found[When] | None = None
    in_force: Found[InForce] | None = None
    published: Found[When] | None = None
    place: Found[str] | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A date with the block it stands in; offsets are the document's."""

    read: ReadDate
    block: Block
    at: int

    @property
    def start(self) -> int:
        return self.block.start + self.read.start

    def found(self, confidence: Confidence = "sure") -> Found[When]:
        return Found(self.read.when, self.read.text, self.start, self.block.start + self.read.end, confidence)

    @property
    def before(self) -> str:
        """The text of its own clause before the date."""
        start = self.read.start
        return _CLAUSE_END.split(self.block.text[max(0, start - _CLAUSE_CHARS) : start])[-1]

    @property
    def clause(self) -> str:
        """Its whole clause."""
        start = self.read.start
        return self.before + _CLAUSE_END.split(self.block.text[start : start + _CLAUSE_CHARS], 1)[0]

    @property
    def after(self) -> str:
        return self.block.text[self.read.end :]


def find_dating(blocks: Sequence[Block], hints: Hints, kind: Kind, title: str) -> Dating:
    """Read the dates of signature, entry into force and publication, each None where the text does not say."""
    placed = [_Placed(read, block, at) for at, block in enumerate(blocks) for read in dates_in(block.text)]
    ours = [p for p in placed if p.read.when.calendar in ("gregorian", "japanese") and p.read.when.year is not None]
    signed = _signed(ours, len(blocks)) if kind == "agreement" else None
    return Dating(
        signed=signed.found() if signed else None,
        in_force=_in_force(ours, blocks, signed) if kind in ("agreement", "other") else None,
        published=_published(ours, hints, kind, title, signed, len(blocks)),
        place=_place(signed) if signed else None,
    )


def _signed(placed: Sequence[_Placed], count: int) -> _Placed | None:
    """The last date in a formula of signature; else a date line above the signatures at the end."""
    outright = [p for p in placed if _signs(p, count)]
    if outright:
        return outright[-1]
    tail = [p for p in placed if p.at >= count - _TAIL_BLOCKS and p.at >= count // 2 and len(p.block.text) <= 50]
    whole = [p for p in tail if p.read.when.precision == "day"]
    lines = [p for p in whole if not p.before.strip(" 　:：") or _DATED_LINE.match(p.block.text)]
    return lines[-1] if lines else None


def _signs(placed: _Placed, count: int) -> bool:
    text = placed.block.text
    if _SIGNED_LINE.match(text) and len(placed.before) <= 100:
        return True
    made = _MADE.search(text)
    if made and placed.read.start <= made.end() + 60 and made.start() <= placed.read.start:
        return True
    if made and made.start() <= placed.read.start < made.end():
        return True
    near_end = placed.at >= count - _TAIL_BLOCKS and placed.at >= count // 2
    if not near_end or len(text) > 250 or _FORCE.search(placed.clause):
        return False
    another = _OTHER_PAPER.search(placed.clause) is not None and _SELF.search(placed.clause) is None
    return _SIGN_WORD.search(placed.clause) is not None and not another


def _in_force(placed: Sequence[_Placed], blocks: Sequence[Block], signed: _Placed | None) -> Found[InForce] | None:
    for one in placed:
        clause = one.clause
        if not _FORCE.search(clause) or _FORCE_PAST.search(clause) or _PROVISION.search(one.before):
            continue
        words = min((abs(m.start() - len(one.before)) for m in _FORCE.finditer(clause)), default=0)
        if words > 60 or _SIGN_WORD.search(one.after[:6]) or _OF_ANOTHER.match(one.after):
            continue
        if one.read.when.precision not in ("day", "month") or not _of_itself(one):
            continue
        found = one.found()
        return Found(InForce("date", one.read.when), found.text, found.start, found.end)
    for block in blocks:
        for start, clause in _clauses(block.text):
            if not _FORCE.search(clause) or _FORCE_PAST.search(clause):
                continue
            event = _ON_SIGNATURE.search(clause) or _ON_PUBLICATION.search(clause)
            if event is None or _PROVISION.search(clause[: event.start()]):
                continue
            at = block.start + start
            span = clause, at, at + len(clause)
            if _ON_SIGNATURE.search(clause):
                return Found(InForce("signature", signed.read.when if signed else None), *span, "likely")
            return Found(InForce("publication"), *span)
    return None


def _of_itself(one: _Placed) -> bool:
    """Whether a clause speaks of its own paper: it says so, stands under a heading on commencement, or is a line at the top."""
    at_top = one.at < _HEAD_BLOCKS and len(one.block.text) <= _DATE_LINE
    return at_top or _SELF.search(one.before + one.after[:40]) is not None or any(_COMMENCEMENT.search(part) for part in one.block.path)


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for end in (*(m.end() for m in _CLAUSE_END.finditer(text)), len(text)):
        if text[at:end].strip():
            lead = len(text[at:end]) - len(text[at:end].lstrip())
            yield at + lead, text[at:end].strip()
        at = end


def _published(placed: Sequence[_Placed], hints: Hints, kind: Kind, title: str, signed: _Placed | None, count: int) -> Found[When] | None:
    if hints.published is not None:
        day = hints.published
        same = next(
            (p for p in placed if p.read.when.day_value == day and p.start <= _HEAD_CHARS and len(p.block.text) <= _DATE_LINE), None
        )
        return same.found() if same else Found(When(day.year, day.month, day.day), origin="file")
    joint = kind == "agreement" and signed is None and JOINT_TITLE.search(title) is not None
    if kind == "agreement" and not joint:
        return None
    for one in placed:
        if one.start > _HEAD_CHARS or one.at >= _HEAD_BLOCKS or _REFERENCE.match(one.block.text) or _OF_ANOTHER.match(one.after):
            continue
        if _FORCE.search(one.clause) and not _PUBLISH.search(one.clause):
            continue
        short = len(one.block.text) <= _DATE_LINE and one.read.when.precision in ("day", "month") and _is_date_line(one)
        if short or _LEAD_IN.search(one.before):
            sure = bool(_LEAD_IN.search(one.before) or _PUBLISH.search(one.block.text))
            return one.found("sure" if sure or len(one.block.text) <= len(one.read.text) + 40 else "likely")
        if joint and one.read.when.precision == "day" and one.at <= 2 and _MET.search(one.block.text):
            return one.found("likely")
    return None


def _is_date_line(one: _Placed) -> bool:
    """Whether a short line carries a date rather than tells of one: it is no sentence."""
    rest = (one.block.text[: one.read.start] + one.block.text[one.read.end :]).strip()
    return not regex.search(r"[।。]|[.!?]$|\p{Ll}{2,}\s\p{Ll}{2,}\s\p{Ll}{2,}|(?:मध्ये|रोजी|को|में|से|तक)\s|[はがをに]", rest) or bool(
        _PUBLISH.search(rest)
    )


def _place(signed: _Placed) -> Found[str] | None:
    text = signed.block.text
    for pattern in _PLACES:
        for match in pattern.finditer(text):
            if not _NO_PLACE.match(match.group("place")):
                start, end = match.span("place")
                return Found(match.group("place"), match.group("place"), signed.block.start + start, signed.block.start + end)
    return None
