"""Which other documents an agreement or order changes, replaces or rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from ingest.records import Block, Found, Kind, Relation, RelationKind
from lang.values.calendars import When
from lang.values.dates import dates_in

_PREAMBLE_BLOCKS = 30
_DATE_REACH = 90
_MAX_TITLE = 160

_EN_PAPER = (
    r"(?:Agreements?|Memorand(?:um|a)|MO[UC]|Letters? of Intent|Declaration|Treaty|Deal|Joint Statement|Protocol|Policy|Resolution"
    r"|Arrangement|Framework"
    r"|Convention|Circular|Act|Rules|Regulations?|Notification|Order|Guidelines?|Plan)\b"
)
_VERB = r"(?:is|are|shall|will|was|were|signed|dated|exchanged|announced|concluded)"
_STOP = rf"\s(?:{_VERB}|made|stands?)\b|\s(?:on|at)\s\p{{Nd}}|\son\s\p{{Lu}}\p{{Ll}}+\s\p{{Nd}}"
_EN_TITLE = rf"(?P<title>(?:(?!\b{_VERB}\b)[^,;.()“”\"\n])*?\b{_EN_PAPER}(?:(?!{_STOP})[^,;.()“”\"\n])*)"
_DEV_PAPER = (
    r"(?:सामंजस्य करार|सहकार्य करार|इरादापत्र|करार|धोरण|शासन निर्णय|शासन परिपत्रक|परिपत्रक|अधिसूचना|आदेश|नियम|जाहीरनाम|आशय पत्र"
    r"|सहयोग ज्ञापन"
    r"|समझौता ज्ञापन|ज्ञापन|समझौत[ाे]|परिपत्र|नीति|नियमावली)"
)
_DEV_TITLE = rf"(?P<title>(?:[\p{{Devanagari}}–-]+\s){{0,5}}{_DEV_PAPER})"
_JA_PAPER = r"(?:意向書|覚書|協定書?|契約書?|通知|規程|規則|条例|要綱|宣言|声明|条約|議定書|計画)"
_JA_TITLE = rf"(?P<title>[^\s。、（）「」\p{{Hiragana}}]{{0,40}}{_JA_PAPER})"
_PATTERNS: tuple[tuple[RelationKind, str], ...] = (
    ("amends", rf"(?i:\b(?:protocol|agreement|memorandum|notes|instrument)\s+(?:to\s)?amend(?:ing)?|\b(?:desiring|wishing"
               rf"|intending)\sto\samend"
               rf"|\bthis\s[\p{{L}} ]{{3,40}}\samends|^(?:first |second |third )?(?:amendment"
               rf"|addendum)(?: no\.? \p{{Nd}}+)? to)\s+(?i:the)\s+{_EN_TITLE}"),
    ("amends", rf"{_DEV_TITLE}(?:ात|मध्ये|ामध्ये| में)\s[^।.]{{0,60}}(?:सुधारणा|दुरुस्ती|बदल|संशोधन)\s(?:करण्यात|किया|किए)"),
    ("amends", rf"{_JA_TITLE}(?:（[^）]{{0,60}}）)?の一部を(?:次のように)?改正"),
    ("supersedes", rf"(?i:\bthis\s[\p{{L}} ]{{3,40}}\s(?:hereby\s)?(?:supersedes|replaces|repeals))\s+(?i:the)\s+{_EN_TITLE}"),
    ("supersedes", rf"(?:^|(?<=[.;]\s))(?:\p{{Nd}}+\.\s)?The\s{_EN_TITLE}[^.;]{{0,60}}?\s(?:is|are|shall be|stands?)\s(?:hereby\s)?"
                   r"(?:repealed|superseded|replaced|revoked|rescinded|cancelled)\b(?!\sby the text)"),
    ("supersedes", rf"{_DEV_TITLE}(?:चे|ाचे)?\s[^।.]{{0,80}}?(?:निरसित|रद्द|अधिक्रमित|निरस्त|अतिक्रमित)\s(?:करण्यात|किया|की)"),
    ("supersedes", rf"{_JA_TITLE}(?:（[^）]{{0,60}}）)?(?:は|を)、?廃止"),
    ("based_on", rf"\b(?:Recalling|RECALLING|Pursuant to|PURSUANT TO|In accordance with|Based on|On the basis of|Further to"
                 rf"|as well as)\s+(?:also\s)?"
                 rf"(?:the\s)?(?:historic\s|existing\s)?{_EN_TITLE}"),
    ("based_on", rf"\b(?:to\s)?builds?\s(?:up)?on\s(?:the\s)?{_EN_TITLE}"),
    ("based_on", rf"{_DEV_TITLE}(?:ाचे|चे|ा)?\s?(?:स्मरण करून|अनुसार|अनुषंगाने|का स्मरण|के अनुसरण|के आधार पर)"),
    ("based_on", rf"{_JA_TITLE}(?:（[^）]{{0,60}}）)?(?:に基づ[きく]|を踏まえ|に則り)"),
)  # fmt: skip
_COMPILED = tuple((kind, regex.compile(pattern, regex.M)) for kind, pattern in _PATTERNS)
_SELF = regex.compile(r"^(?:this|present|its|their|any|such|該当|本|この|या|हा|सदर|इस|यह|प्रत्येक)\b", regex.I)
_LEADING = regex.compile(
    r"^(?:the|historic|existing|of|यापूर्वीचे|यापूर्वीचा|यापूर्वीची|पूर्वीचे|सन|रोजी|झालेल्या|च्या|चे|ची|दिनांक|के|की|का|को)\s", regex.I
)
_READ_ITEM = regex.compile(
    r"(?:वाचा|संदर्भ)[^।.]{0,30}?(?:अनुक्रमांक|अ\.?\s?क्र\.?|क्र\.?)\s*(?P<item>\p{Nd}+)[^।.]{0,90}?(?:अधिक्रमित|रद्द|निरसित)"
)


def find_relations(text: str, blocks: Sequence[Block], kind: Kind) -> tuple[Found[Relation], ...]:
    """Documents that this one says it amends, supersedes or (agreements only, in their preamble) is based on."""
    if kind not in ("agreement", "other"):
        return ()
    found: dict[tuple[str, str], Found[Relation]] = {}
    for at, block in enumerate(blocks):
        listed = tuple(_listed(text, blocks, block))
        found |= {(one.value.kind, str(one.value.dated)): one for one in listed}
        for relation, pattern in _COMPILED:
            if listed and relation == "supersedes":
                continue
            if relation == "based_on" and (kind != "agreement" or (at >= _PREAMBLE_BLOCKS and "build" not in block.text)):
                continue
            for match in pattern.finditer(block.text):
                read = _relation(text, block, relation, match)
                if read is not None:
                    found.setdefault((relation, read.value.title), read)
    return tuple(sorted(found.values(), key=lambda one: one.start or 0))


def _relation(text: str, block: Block, relation: RelationKind, match: regex.Match[str]) -> Found[Relation] | None:
    start, end = match.span("title")
    title = block.text[start:end]
    while lead := _LEADING.match(title):
        title, start = title[lead.end() :], start + lead.end()
    title = title.rstrip()
    end = start + len(title)
    if not title or len(title) > _MAX_TITLE or _SELF.match(title):
        return None
    dated = _dated(block.text, match.start(), start, end)
    if relation == "based_on" and dated is None and len(title.split()) < 3 and title.isascii():
        return None
    base = block.start
    return Found(Relation(relation, " ".join(title.split()), dated), text[base + start : base + end], base + start, base + end)


def _dated(text: str, cue: int, start: int, end: int) -> When | None:
    """The date that belongs to a named paper: just before it (शासन निर्णय दि.), inside its clause after it, or in its own name."""
    stop = regex.search(r"[;。।\n]|\.(?=\s\p{Lu})|,\sas well as|,\sfollowed by", text[end:])
    after = text[end : end + (stop.start() if stop else len(text))][:_DATE_REACH]
    opening = regex.split(r"[;。।]|\.(?=\s)", text[:start])[-1]
    for part, last in ((after, False), (text[start:end], False), (opening, True)):
        if dates := dates_in(part):
            return dates[-1 if last else 0].when
    return None


def _listed(text: str, blocks: Sequence[Block], block: Block) -> Iterator[Found[Relation]]:
    """A resolution supersedes "no. 1 of the papers read": that item of its list of papers."""
    match = _READ_ITEM.search(block.text)
    if match is None:
        return
    number = int(match.group("item"))
    for other in blocks:
        item = regex.match(r"(\p{Nd}+)\s*[).]\s*(?P<title>[^,\n]+),", other.text)
        if item is None or int(item[1]) != number or other.start >= block.start:
            continue
        dates = dates_in(other.text)
        start, end = other.start + item.start("title"), other.start + item.end("title")
        yield Found(Relation("supersedes", text[start:end], dates[-1].when if dates else None), text[start:end], start, end)
        return
