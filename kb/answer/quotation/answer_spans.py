"""The fact in an answering sentence: the date for *when*, the name for *who*, the amount for *how much*, the items for *which areas*.

A mark is a help for the eye. Nothing is marked where the wording of the question does not say what it wants, or where the sentence holds no
such thing beside what the question itself has said. Of a quoted list each item is marked by itself, of a list in a sentence it goes from
the first item to the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import regex

from kb.answer.query_understanding.answer_types import asked_for
from kb.answer.scoring.signatories import signatories, signing
from kb.records import Statement
from lang.languages import Language, Script
from lang.values.dates import dates_in, durations_in
from lang.values.quantities import CURRENCIES, Quantity, quantities_in
from lang.words.search_tokens import content_words, script

Span: TypeAlias = tuple[int, int]

_ITEM = regex.compile(
    r"(?:[(（]\s?(?:\p{Nd}{1,2}|[a-zA-Z]|[ivx]{1,4}|\p{Devanagari}\p{M}?|[\p{Katakana}一二三四五六七八九十])\s?[)）]|[-•*・‣▪–]|\p{Nd}{1,2}[.)]|[①-⑳])\s*"
)
"""What an item of a list begins with: (a), १., •."""

LONGEST = 60
"""Characters of an item in a sentence; what is longer is a clause of its own."""
_AND = r"(?: and | or | आणि | व | और | तथा | एवं |及び|および|並びに|と|や|または)"
_ITEM_PART = r"[^,、，;；:：.。।()（）\n]"
_ITEMS = regex.compile(
    rf"{_ITEM_PART}{{2,240}}?(?:[,、，;；] ?{_ITEM_PART}{{2,{LONGEST}}}?)+(?:[,，、]?{_AND}(?P<last>{_ITEM_PART}{{2,{LONGEST}}}))"
)
_LEAD = regex.compile(
    r"^.*?(?:\b(?:includes?|including|covers?|such as|following|are|namely|comprises?|of|in)"
    r"(?: the)?(?: (?:fields|areas|following|matters))?(?: of)? |(?:के तहत|के अंतर्गत|के अनुसार|अंतर्गत|नुसार) )",
    regex.I | regex.S,
)
_TOPIC = regex.compile(r"[は]$")
"""The end of what comes before the items in Japanese: 避難情報は、…"""
_AFTER_LAST = regex.compile(
    r" (?:पर|में|से|को|हे|ही|या|यांवर|यांवरील|यांचा|यांचे|यांची|यांच्या|यांत|यांमध्ये)(?![\p{L}\p{M}])"
    r"|の[\p{N}一二三四五六七八九十]+(?:つ|種類|項目|分野|段階)|(?:を|で|に|が|は)(?=.{2})"
)
_ENDING = regex.compile(r"[\s;；,、，。.।]*(?:(?:[;；,、，] ?)?(?: and| or| आणि| व| और| तथा| एवं|及び|並びに))?[\s;；,、，。.।]*$")


def items_in(text: str) -> tuple[Span, ...]:
    """Where the items of the list in ``text`` stand: one span ``[start, end)`` for each that has its line, else one for all together."""
    return tuple(_on_lines(text)) or tuple(_in_a_row(text))


def _on_lines(text: str) -> Iterator[Span]:
    """The items below the line that leads them in, without what numbers them and what joins them."""
    lead, newline, _ = text.partition("\n")
    if not newline or not regex.search(r"[:：]\s*$", lead):
        return
    at = len(lead) + 1
    for line in text[at:].split("\n"):
        numbered = _ITEM.match(line)
        if numbered is not None:
            end = at + len(line) - len(_ending(line))
            if at + numbered.end() < end:
                yield at + numbered.end(), end
        at += len(line) + 1


def _ending(line: str) -> str:
    found = _ENDING.search(line)
    return found[0] if found else ""


def _in_a_row(text: str) -> Iterator[Span]:
    match = max(_ITEMS.finditer(text), key=lambda m: len(m[0]), default=None)
    if match is None:
        return
    first, mark, _ = _split(match[0])
    lead = _LEAD.match(first)
    start = match.start() + (len(first) + len(mark) if _TOPIC.search(first) else lead.end() if lead else 0)
    if match.start() + len(first) - start > LONGEST:
        return
    after = _AFTER_LAST.search(match["last"])
    end = match.start("last") + (after.start() if after else len(match["last"]))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _split(items: str) -> tuple[str, str, str]:
    """The first item, what parts it from the next, and the others."""
    comma = regex.search(r"[,、，;；] ?", items)
    assert comma is not None, items
    return items[: comma.start()], comma[0], items[comma.end() :]


MOST = 2
"""Marks in one statement: a sentence in which everything is bold has nothing bold."""

_NOT_LETTER = r"(?![\p{L}\p{M}])"
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
_PART = (
    r"\b(?:percent|percentage|per cent|proportion|share of|how much of)\b|टक्के|टक्केवारी|प्रतिशत"
    r"|何(?:%|％|パーセント|割)|割合|そのうち(?:どれ|どの)"
    r"|(?:त्यापैकी|त्यातील|इसमें से|उसमें से) .*(?:किती|कितन)"
)
_PERCENT_ASKED = regex.compile(_PART, regex.I)
"""A part is asked for, also where the question speaks of money: *what percentage of the cost*."""
_OF_SHARE = regex.compile(_PART + r"|\b(?:share|rate)\b|हिस्सा|(?<![\p{L}\p{M}])दर(?![\p{L}\p{M}])|率", regex.I)
_LIST = regex.compile(
    r"\b(?:which|what)(?: are)?(?: the)?(?: [\p{L}-]+){0,2} (?!(?:is|was|does|has|this|its)\b)[\p{L}]{2,}s\b"
    r"|कोणकोणत|कौन[- ]?कौन|किन[- ]?किन|कोणत्या क्षेत्रां|क्षेत्रे? (?:कौन[- ]?से|कोणत[ीे])"
    r"|どのような(?:分野|項目|もの|こと)|(?:分野|項目|内容)(?:は(?:何|どれ)|を(?:教え|挙げ))|何と何|どの分野",
    regex.I,
)
_YEAR = regex.compile(
    r"(?<![\p{N},.])(?:1\p{Nd}{3}|20\p{Nd}{2}|[१][०-९]{3}|२०[०-९]{2})(?:s|–\p{Nd}{2,4}|-\p{Nd}{2,4})?(?![\p{Nd}]|[,.]\p{Nd})"
    r"|\b(?:\p{Nd}{1,2}(?:st|nd|rd|th)|\w+th) (?:century|centuries)|\p{Nd}{1,2}(?:वीं|व्या|वें) (?:सदी|शतक\p{M}?)|\p{Nd}+世紀"
    r"|(?:毎年)?\p{Nd}{1,2}月(?:の第\p{Nd}[日月火水木金土]曜日|\p{Nd}{1,2}日|初旬|上旬|中旬|下旬)?|(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|(?<![\p{L}\p{M}])(?:जनवरी|फ़रवरी|फरवरी|अप्रैल|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर|जानेवारी|फेब्रुवारी|मार्च|एप्रिल|जुलै|ऑगस्ट|सप्टेंबर|ऑक्टोबर|नोव्हेंबर|डिसेंबर)(?![\p{L}\p{M}])"
    r"|\b(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?\b"
)
_SPOKEN_CLOCK = regex.compile(
    r"\b(?:(?:half|quarter|(?:five|ten|twenty)(?: minutes)?) (?:past|to) \p{L}+|\p{L}+ o['’]clock|noon|midday|midnight)\b"
    r"|(?<![\p{L}\p{M}])(?:साडे|सव्वा|पावणे|साढ़े|सवा|पौने) ?[\p{L}\p{M}]+ (?:वाजता|वाजेपर्यंत|बजे)|正午",
    regex.I,
)
"""Times of day in words that are read as no number: *half past four*, साडेचार वाजता."""
_NUMBERING = regex.compile(r"^\s*[(（]?\p{Nd}{1,3}[.)）](?!\p{Nd})", regex.M)
"""The number of a clause or item, which counts nothing."""
_DATE_AFTER = regex.compile(r"(?:年度?|月)(?!間|ごと|おき|数)|日(?!間|ごと|おき|数)")
_COUNTER = regex.compile(r"[\p{Katakana}ー]{2,8}|[人名個件回本台校戸棟社市町村区県歳度倍番割位点基隻枚種]")
_HALF = regex.compile(r"半額|半分|半数|\bhalf\b|(?<![\p{L}\p{M}])(?:आध[ाीे]|अर्ध[ाीे]|निम्म[ाीे])(?![\p{L}\p{M}])", regex.I)
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
    r"|(?<=(?<![\p{L}\p{M}])(?:आयुक्त|उपायुक्त|महापौर|अध्यक्ष|मंत्री|अभियंता|निदेशक|सचिव|नेता) )(?!आणि |और |ने |यां)[\p{Devanagari}]{2,}"
    r" (?!ने |से |को |और |आणि |यां)[\p{Devanagari}]{3,}(?=[ ,।]|$)"
    r"|(?<=(?:課長|局長|部長|市長|大臣|長官|委員長))[ 　]?\p{Han}{1,4}[ 　]?\p{Han}{1,3}(?=で|が|は|、|。)"
)
_FIRM_ASKED = regex.compile(
    r"\b(?:which|what) (?:company|firm|agency|supplier|contractor|consultant)\b|किस (?:कंपनी|फर्म|फ़र्म|सलाहकार)|कोणत्या (?:कंपनी|सल्लागार)"
    r"|どの(?:会社|企業|業者)|(?:会社|企業|業者)は(?:どこ|どれ)",
    regex.I,
)
_JOINS = regex.compile(r"(?: (?:आणि|व|और|तथा|हे|ही|या|ने|को|से|यांनी))+$")
_JOINS_BEFORE = regex.compile(r"(?:(?:आणि|व|और|तथा) )+")
"""What follows or precedes a name in Devanagari and is no part of it."""
_STOP = regex.compile(r"(?<=\p{Ll}{3})[.’'-]+$")
_DETERMINER = regex.compile(
    r"(?:This|That|These|Those|The|Each|Either|Neither|Any|All|Both|No|In|On|At|By|For|When|While|After|Before|As|If) "
)
_BODY = regex.compile(
    r"\b(?:Memorandum|Agreement|Article|Annex|Division|Bureau|Department|Institute|University|Committee|Council|Ministry|Corporation|Office"
    r"|Agency|Report|Protocol|Treaty|Convention|Act|Party|Parties|Participants?|Projects?|Rivers?|Municipal|Government)\b"
)
_OFFICE = regex.compile(
    r"\b(?:the |The )?(?:(?:Deputy|Vice|Joint|Chief|Additional|Assistant|Senior|Executive|Municipal|Prime|Data|Ward|Division)[- ])*"
    r"(?:Mayor|mayor|Commissioner|Minister|President|Director|Secretary|Governor|Engineer|Officer|Chair(?:person|man)?|Corporation|Ministry"
    r"|Committee|Participants?)(?:-General)?\b(?: \(\p{Lu}[\p{L} ]+\))?"
    r"(?: of the (?:\p{Lu}\p{L}+ )+(?:Bureau|Division|Department|Office)\b)?(?: of the (?:Ministry|Corporation)\b)?"
    r"|(?<![\p{L}\p{M}])(?:(?:अतिरिक्त|मुख्य|सर्व|सभी|प्रभाग|वार्ड|संयुक्त|सहायक) )*(?:उप|महा|सह-?)?(?:महापौर|आयुक्त|मंत्री|मंत्र्य|सचिव|अध्यक्ष|संचालक"
    r"|निदेशक|अभियंत|अधिकार(?=ी|िय|ीय|्य|ऱ्य)|महानगरपालिक|मंत्रालय|समिती|समिति)[\p{L}\p{M}]*(?: \([\p{Devanagari} ]+\))?"
    r"|(?:市長|副市長|知事|大臣|局長|課長|部長|委員長|国土交通省|委員会)"
)


def marks_in(question: str, text: str) -> tuple[Span, ...]:
    """Where in ``text`` stands what the question asks for: spans ``[start, end)`` in order, none overlapping another.

    At most `MOST`, but for a list each of its items.
    """
    kind = asked_for(question)
    if _FIRM_ASKED.search(question):
        return tuple(sorted(_nearest(question, text, list(_names(question, text)))))
    if kind is None or kind == "place":
        return items_in(text) if asks_for_list(question) else ()
    if kind == "date":
        found = _dates(question, text)
    elif kind == "number":
        found = _amounts(question, text)
    else:
        found = list(_persons(question, text))
    return tuple(sorted(_nearest(question, text, found)))


def asks_for_list(question: str) -> bool:
    """Whether a question asks for the items of a list: *which areas*, कोणती क्षेत्रे, 分野は何."""
    return asked_for(question) is None and _LIST.search(question) is not None


def marked(question: str, statements: Sequence[Statement]) -> list[Statement]:
    """The statements with their marks."""
    return [replace(statement, marks=marks_in(question, statement.text)) for statement in statements]


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
    return sorted(found + years) or clock or [m.span() for m in _SPOKEN_CLOCK.finditer(text)]


def _amounts(question: str, text: str) -> list[Span]:
    """The numbers that the question does not say itself, those in the unit it asks for where there are any."""
    dated = [(d.start, d.end) for d in dates_in(text)]
    said = {(q.value, q.unit) for q in quantities_in(question)}
    numbering = [m.span() for m in _NUMBERING.finditer(text)]
    there = [
        q
        for q in quantities_in(text, dated)
        if q.role == "amount"
        and (q.value, q.unit) not in said
        and not _a_mere_one(q)
        and not any(start <= q.start < end for start, end in numbering)
    ]
    if _OF_TIME.search(question):
        spans = [(d.start, d.end) for d in durations_in(text)]
        known = [q for q in quantities_in(text, dated) if (q.value, q.unit) in said]
        spans = [s for s in spans if not any(q.start < s[1] and s[0] < q.end for q in known)]
        return spans or [(q.start, q.end) for q in there if q.unit in _TIME] or dated
    money, share = (_OF_MONEY, [_widened(text, q) for q in there if q.unit in CURRENCIES]), (_OF_SHARE, _shares(text, there))
    for pattern, fitting in (share, money) if _PERCENT_ASKED.search(question) else (money, share):
        if pattern.search(question) and fitting:
            return fitting
    there = [q for q in there if not _DATE_AFTER.match(text, q.end)]
    bare = [q for q in there if q.unit not in _TIME | CURRENCIES | {"percent"}]
    return [_widened(text, q) for q in bare or there]


def _shares(text: str, there: Sequence[Quantity]) -> list[Span]:
    """Where a part of something is told: a percentage, else a half."""
    return [_widened(text, q) for q in there if q.unit == "percent"] or [m.span() for m in _HALF.finditer(text)]


def _a_mere_one(quantity: Quantity) -> bool:
    return quantity.spelled and quantity.number == 1


def _widened(text: str, quantity: Quantity) -> Span:
    """Where an amount stands with its currency before it or what it counts after it: Rs 12.40 crore, 96基, 18ポイント."""
    before = regex.search(r"(?:₹|Rs\.?|INR|रु\.?|US\$|USD|\$|¥|€)\s?$", text[: quantity.start])
    after = _COUNTER.match(text, quantity.end)
    return before.start() if before else quantity.start, after.end() if after else quantity.end


def _persons(question: str, text: str) -> Iterator[Span]:
    below = signatories(text) if signing(question) else ()
    if below:
        yield from below
        return
    asked = question.casefold()
    found = list(_names(question, text))
    yield from found or (m.span() for m in _OFFICE.finditer(text) if m[0].casefold().removeprefix("the ") not in asked)


def _names(question: str, text: str) -> Iterator[Span]:
    """Names in the text that the question does not say itself."""
    asked = question.casefold()
    for match in _PERSON.finditer(text):
        span = _named(match)
        if span is not None and not _said(text[slice(*span)], asked):
            yield span


def _named(match: regex.Match[str]) -> Span | None:
    """Where the name stands in what looks like one: without "This" and "The" before it; None for a body, a paper or an office."""
    if _BODY.search(match[0]) or _OFFICE.fullmatch(match[0]):
        return None
    start = match.start()
    while (first := _DETERMINER.match(match[0], start - match.start())) is not None:
        start = match.start() + first.end()
    left = match[0][start - match.start() :]
    if start > match.start() and " " not in left:
        return None
    before, after = _JOINS_BEFORE.match(left), _JOINS.search(left) or _STOP.search(left)
    return start + len(before[0] if before else ""), match.end() - len(after[0] if after else "")


def _said(name: str, asked: str) -> bool:
    """Whether the question has every word of a name."""
    return all(word in asked for word in regex.findall(r"[\p{L}\p{M}]+", name.casefold()))
