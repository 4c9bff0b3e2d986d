"""The fact in an answering sentence: the date for *when*, the name for *who*, the amount for *how much*, the items for *which areas*.

A mark is a help for the eye. Nothing is marked where the wording of the question does not say what it wants, or where the sentence
holds no such thing beside what the question itself has said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import regex

from ingest.records import Language
from ingest.understand.dates import dates_in
from ingest.understand.durations import durations_in
from kb.answer.cues import asked_for
from kb.answer.signatures import signatories, signing
from kb.answer.verify.quantities import Quantity, quantities_in
from kb.answer.words import Script, content_words, script
from kb.records import Statement

Span: TypeAlias = tuple[int, int]
MOST = 2
"""Marks in one statement: a sentence in which everything is bold has nothing bold."""

_NOT_LETTER = r"(?![\p{L}\p{M}])"
_MONEY = {"INR", "USD", "JPY", "EUR"}
_TIME = {"month", "day", "minute"}
_OF_TIME = regex.compile(
    r"\bhow (?:long|old|often|soon|many (?:years|months|weeks|days|hours|minutes))\b"
    r"|(?:किती|कितन[ाीे]) (?:वर्ष|महिन|महीन|दिवस|दिन|दिवसां|आठवड|तास|घंट|समय|वेळ|काळ|साल|कालावधी|मिनिट|मिनट)"
    r"|何(?:年間|か月|ヶ月|カ月|週間|日間|日前|年ごと|年おき|時間|分)|どのくらいの(?:期間|時間)|いつまで",
    regex.I,
)
_OF_MONEY = regex.compile(
    r"\b(?:cost|costs|price|amount|paid|pay|fee|salary|worth|budget|value|expenditure|spend|spent)\b|रुपय|खर्च|कीमत|किंमत|लागत|रक्कम|राशि|निधी"
    r"|いくら|何円|費用|金額|総額|予算|価格",
    regex.I,
)
_OF_SHARE = regex.compile(
    r"\b(?:share|percent|percentage|per cent|proportion|rate)\b|टक्के|टक्केवारी|प्रतिशत|हिस्सा"
    r"|(?<![\p{L}\p{M}])दर(?![\p{L}\p{M}])|何(?:%|％|パーセント|割)|割合|率",
    regex.I,
)
_LIST = regex.compile(
    r"\b(?:which|what)(?: are)?(?: the)?(?: [\p{L}-]+){0,2} (?!(?:is|was|does|has|this|its)\b)[\p{L}]{2,}s\b"
    r"|कोणकोणत|कौन[- ]?कौन|किन[- ]?किन|कोणत्या क्षेत्रां"
    r"|どのような(?:分野|項目|もの|こと)|(?:分野|項目|内容)は(?:何|どれ)|何と何|どの分野",
    regex.I,
)
_YEAR = regex.compile(
    r"(?<![\p{N},.])(?:1\p{Nd}{3}|20\p{Nd}{2}|[१][०-९]{3}|२०[०-९]{2})(?:s|–\p{Nd}{2,4}|-\p{Nd}{2,4})?(?![\p{Nd}]|[,.]\p{Nd})"
    r"|\b(?:\p{Nd}{1,2}(?:st|nd|rd|th)|\w+th) (?:century|centuries)|\p{Nd}{1,2}(?:वीं|व्या|वें) (?:सदी|शतक\p{M}?)|\p{Nd}+世紀"
    r"|(?:毎年)?\p{Nd}{1,2}月(?:の第\p{Nd}[日月火水木金土]曜日|\p{Nd}{1,2}日|初旬|上旬|中旬|下旬)?|(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|(?<![\p{L}\p{M}])(?:जनवरी|फ़रवरी|फरवरी|अप्रैल|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर|जानेवारी|फेब्रुवारी|मार्च|एप्रिल|जुलै|ऑगस्ट|सप्टेंबर|ऑक्टोबर|नोव्हेंबर|डिसेंबर)(?![\p{L}\p{M}])"
    r"|\b(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?\b"
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_POOL: Mapping[Script, Language] = {"latin": "en", "devanagari": "mr", "japanese": "ja", "none": "und"}
_HONORIFIC = r"(?:Mr|Mrs|Ms|Dr|Prof|Sir|Shri|Smt|Justice|Lord|Lady|Queen|King|Pope|Saint|St)\b\.?"
_CAPITAL = r"\p{Lu}[\p{L}\p{M}’'.-]*"
_PERSON = regex.compile(
    rf"(?:{_HONORIFIC} )?{_CAPITAL}(?: (?:of |the |de |van |von |da |bin |al-)?{_CAPITAL})+|{_HONORIFIC} {_CAPITAL}"
    r"|[\p{Katakana}ー]+(?:[・=＝][\p{Katakana}ー]+)+|\p{Han}{2,4}[ 　]?\p{Han}{0,3}(?=氏|さん|博士|教授)"
    rf"|(?<![\p{{L}}\p{{M}}])(?:श्रीमती|श्री|डॉ|प्रा|सौ|कु)\.? (?:[\p{{Devanagari}}]+ ){{0,2}}"
    rf"[\p{{Devanagari}}]+?(?=यांनी|यांच्या| ने{_NOT_LETTER}|[ ,।.]|$)"
    rf"|(?<![\p{{L}}\p{{M}}])(?:[\p{{Devanagari}}]+ )[\p{{Devanagari}}]+(?= (?:यांनी|यांचे|यांची|यांच्या|यांना|हे|या){_NOT_LETTER})"
    rf"|(?<![\p{{L}}\p{{M}}])[\p{{Devanagari}}]{{3,}} [\p{{Devanagari}}]{{3,}}(?= ने{_NOT_LETTER})"
)
_DETERMINER = regex.compile(
    r"(?:This|That|These|Those|The|Each|Either|Neither|Any|All|Both|No|In|On|At|By|For|When|While|After|Before|As|If) "
)
_BODY = regex.compile(
    r"\b(?:Memorandum|Agreement|Article|Annex|Division|Bureau|Department|Institute|University|Committee|Council|Ministry|Corporation|Office"
    r"|Agency|Report|Protocol|Treaty|Convention|Act|Party|Parties|Participants?|Projects?|Rivers?|Municipal|Government)\b"
)
_OFFICE = regex.compile(
    r"\b(?:the |The )?(?:Deputy |Vice[- ]|Joint |Chief |Municipal |Prime )*(?:Mayor|mayor|Commissioner|Minister|President|Director|"
    r"Secretary|Governor|Chair(?:person|man)?|Corporation|Ministry|Committee|Participants?)\b"
    rf"|(?:महापौर|आयुक्त|उपआयुक्त|मंत्री|सचिव|अध्यक्ष|संचालक|निदेशक|महानगरपालिका|मंत्रालय|संयुक्त समिती|संयुक्त समिति){_NOT_LETTER}"
    r"|(?:市長|副市長|知事|大臣|局長|課長|部長|委員長|国土交通省|委員会)"
)
_ITEM = r"[^,、，;；:：.。।()（）]{2,60}?"
_AND = r"(?: and | or | आणि | व | और | तथा | एवं |及び|および|並びに|と|や|または)"
_ITEMS = regex.compile(rf"{_ITEM}(?:[,、，;；] ?{_ITEM})+(?:[,，、]?{_AND}(?P<last>[^,、，;；:：.。।()（）]{{2,60}}))")
_LEAD = regex.compile(
    r"^.*?(?:[:：]|\b(?:includes?|including|covers?|such as|following|are|namely|comprises?|of|in)"
    r"(?: the)?(?: (?:fields|areas|following|matters))?(?: of)? )",
    regex.I | regex.S,
)


def marks_in(question: str, text: str) -> tuple[Span, ...]:
    """Where in ``text`` stands what the question asks for: spans ``[start, end)`` in order, none overlapping another, at most `MOST`."""
    kind = asked_for(question)
    if kind is None or kind == "place":
        return tuple(_items(text)) if kind is None and _LIST.search(question) else ()
    if kind == "date":
        found = _dates(question, text)
    elif kind == "number":
        found = _amounts(question, text)
    else:
        found = list(_persons(question, text))
    return tuple(sorted(_nearest(question, text, found)))


def marked(question: str, statements: Sequence[Statement]) -> list[Statement]:
    """The statements with their marks."""
    return [replace(statement, marks=marks_in(question, statement.text)) for statement in statements]


def dated_first(question: str, statements: Sequence[Statement]) -> list[Statement]:
    """For *when*, the second statement before the first where only the second holds a date.

    Right in 2 and wrong in none of the 4 questions so changed of 900 of XQuAD en and hi and JSQuAD; for numbers 0 and 1 of 3, for persons
    4 and 5 of 17.
    """
    if asked_for(question) != "date" or len(statements) < 2 or statements[0].marks or not statements[1].marks:
        return list(statements)
    return [statements[1], statements[0], *statements[2:]]


def _nearest(question: str, text: str, found: Sequence[Span]) -> list[Span]:
    """The `MOST` spans that stand nearest to the question's words; the first ones where the two share no word."""
    if len(found) <= MOST:
        return list(found)
    pool = _POOL[script(text)]
    asked = set(content_words(question, pool))
    places = [m.start() for m in _WORD.finditer(text) if asked & set(content_words(m[0], pool))]

    def near(span: Span) -> float:
        return sum(1 / (10 + min(abs(at - span[0]), abs(at - span[1]))) for at in places if not span[0] <= at < span[1])

    return sorted(found, key=lambda span: (-near(span), span))[:MOST]


def _dates(question: str, text: str) -> list[Span]:
    said = {d.text for d in dates_in(question)} | {m[0] for m in _YEAR.finditer(question)}
    found = [(d.start, d.end) for d in dates_in(text) if d.text not in said]
    years = [m.span() for m in _YEAR.finditer(text) if m[0] not in said and not any(a < m.end() and m.start() < b for a, b in found)]
    clock = [(q.start, q.end) for q in quantities_in(text) if q.role == "code" and ":" in q.code]
    return sorted(found + years) or clock


def _amounts(question: str, text: str) -> list[Span]:
    """The numbers that the question does not say itself, those in the unit it asks for where there are any."""
    dated = [(d.start, d.end) for d in dates_in(text)]
    said = {(q.value, q.unit) for q in quantities_in(question)}
    there = [q for q in quantities_in(text, dated) if q.role == "amount" and (q.value, q.unit) not in said and not _a_mere_one(q)]
    if _OF_TIME.search(question):
        spans = [(d.start, d.end) for d in durations_in(text)]
        known = [q for q in quantities_in(text, dated) if (q.value, q.unit) in said]
        spans = [s for s in spans if not any(q.start < s[1] and s[0] < q.end for q in known)]
        return spans or [(q.start, q.end) for q in there if q.unit in _TIME] or dated
    for pattern, units in ((_OF_MONEY, _MONEY), (_OF_SHARE, {"percent"})):
        fitting = [(_with_sign(text, q), q.end) for q in there if q.unit in units]
        if pattern.search(question) and fitting:
            return fitting
    bare = [q for q in there if q.unit not in _TIME | _MONEY | {"percent"}]
    return [(_with_sign(text, q), q.end) for q in bare or there]


def _a_mere_one(quantity: Quantity) -> bool:
    return quantity.spelled and quantity.number == 1


def _with_sign(text: str, quantity: Quantity) -> int:
    """Where an amount begins with its currency before it: Rs 12.40 crore."""
    before = regex.search(r"(?:₹|Rs\.?|INR|रु\.?|US\$|USD|\$|¥|€)\s?$", text[: quantity.start])
    return before.start() if before else quantity.start


def _persons(question: str, text: str) -> Iterator[Span]:
    below = signatories(text) if signing(question) else ()
    if below:
        yield from below
        return
    asked = question.casefold()
    found = [span for m in _PERSON.finditer(text) if (span := _named(m)) is not None and not _said(text[slice(*span)], asked)]
    yield from found or (m.span() for m in _OFFICE.finditer(text) if m[0].casefold().removeprefix("the ") not in asked)


def _named(match: regex.Match[str]) -> Span | None:
    """Where the name stands in what looks like one: without "This" and "The" before it; None for a body or a paper."""
    if _BODY.search(match[0]):
        return None
    start = match.start()
    while (first := _DETERMINER.match(match[0], start - match.start())) is not None:
        start = match.start() + first.end()
    left = match[0][start - match.start() :]
    return (start, match.end()) if start == match.start() or " " in left else None


def _said(name: str, asked: str) -> bool:
    """Whether the question has every word of a name."""
    return all(word in asked for word in regex.findall(r"[\p{L}\p{M}]+", name.casefold()))


def _items(text: str) -> Iterator[Span]:
    match = max(_ITEMS.finditer(text), key=lambda m: len(m[0]), default=None)
    if match is None:
        return
    lead = _LEAD.match(match[0].split(",")[0].split("、")[0])
    start = match.start() + (lead.end() if lead else 0)
    yield _trimmed(text, start, match.end())


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


__all__ = ["MOST", "Span", "dated_first", "marked", "marks_in"]
