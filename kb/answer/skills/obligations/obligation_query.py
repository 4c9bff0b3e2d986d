"""What the wording of a question about duties asks for: whose, by when, and as of which day.

Whose duties a paper tells is read off what the names of its parties stand for, and to whom it is addressed (``addressees.toml``); the
wordings and offices are in ``obligation_query.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache, partial

import regex

from kb.agreements.card_records import Obligation
from kb.agreements.extraction.deadlines import first_day, last_day
from kb.answer.query_understanding.question import Question
from kb.records import DocumentInfo
from lang.data_files import compiled, toml_of
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.values.dates import dates_in
from lang.words.names import name_keys
from prompts.phrases import spoken

JOINT = "joint"
"""The office that stands for every party."""
_LETTER = r"[\p{L}\p{M}]"
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_UNTIL = regex.compile(r"\b(?:by|before|until|till|up to|no later than)\s+(?:the\s+)?(?:end of\s+)?$", regex.I)
_UNTIL_AFTER = regex.compile(r"\s*(?:च्या\s+)?(?:पर्यंत|पूर्वी|आधी|तक|से\s+पहले|末?までに?|以前)")
_WITHIN = regex.compile(r"\b(?:in|during|for|within)\s+(?:the\s+)?(?:month of\s+)?$", regex.I)
_WITHIN_AFTER = regex.compile(r"\s*(?:या\s+)?(?:महिन्या|महीने|साल|वर्षा)?\s*(?:मध्ये|ात|में|中|に)")


_WHOSE = r"[\p{Han}\p{Katakana}ー]+の?|[\p{Devanagari}]+(?:च्या|चे|ची|चा)\s+|[\p{Devanagari}]+\s+(?:के|की|का)\s+|[\p{Latin}]+['’]s?\s+"
"""Whose an office is: 瑞原国の of 瑞原国の省."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duties a question asks for.

    ``limited``: only those with a time limit. ``overdue``: what should be done by ``as_of``. ``first`` and ``last``: what falls due
    between the two days, each None where there is no limit. ``offices`` are those that it names, ``keys`` the names in it.
    """

    as_of: date
    limited: bool = False
    overdue: bool = False
    rights: bool = False
    first: date | None = None
    last: date | None = None
    offices: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    matter: str = ""
    """What the duties are to be about; "" where nothing is left beside the words that are read here."""
    words: str = ""

    @property
    def timed(self) -> bool:
        """Whether it asks for what is overdue, or falls due within some days."""
        return self.overdue or self.first is not None or self.last is not None


def wanted(question: Question) -> Wanted:
    """Read the wording of a question."""
    form = search_form(question.text).text
    supposed, first, last = _days(question)
    as_of = supposed or question.today
    overdue = _asks("overdue", form)
    if first is None and last is None and not overdue:
        first, last = _relative(form, as_of)
    unnamed = _without_paper_names(question.text)
    return Wanted(
        as_of=as_of,
        limited=_asks("limited", form) and (_asks("only", form) or not _asks("every", form)),
        overdue=overdue,
        rights=_asks("rights", form),
        first=first,
        last=last,
        offices=offices_in(unnamed),
        keys=frozenset(name_keys(unnamed, question.language)),
        matter=question.matter if _speaks_of_anything(question.matter) else "",
        words=unnamed,
    )


def asked_of(office: str, words: str) -> str:
    """The word of an office in a question that asks for its own duties; "" where it only names it."""
    form = search_form(words).text
    for word, pattern, name in _offices():
        if name != office or not pattern.search(form):
            continue
        stem = regex.escape(regex.sub(r"[ाीे]$", "", word)) + r"\p{M}*"
        if any(regex.search(search_form(template).text.replace("{office}", stem), form) for template in _stored()["asks"]["agent"]):
            return word
    return ""


def _speaks_of_anything(matter: str) -> bool:
    """Whether words of a matter are left that are not read here: neither an office, a date, a time limit nor a question word."""
    for read in reversed(dates_in(matter)):
        matter = f"{matter[: read.start]} {matter[read.end :]}"
    form = search_form(regex.sub(r"(?<=\S\s)\p{Lu}[\p{L}–-]+", " ", _without_paper_names(matter))).text
    for pattern in _patterns().values():
        form = pattern.sub(" ", form)
    for _, pattern, _name in _offices():
        form = compiled(rf"(?:{_WHOSE})?{pattern.pattern}").sub(" ", form)
    return regex.search(r"\p{Latin}{3}|\p{Devanagari}{3}|\p{Han}{2}|\p{Katakana}{2}", form) is not None


def offices_in(text: str) -> frozenset[str]:
    """The kinds of office that a text names; of "joint committee" the committee, and not its parties."""
    form = search_form(text).text
    found: set[str] = set()
    for _, pattern, name in _offices():
        form, times = pattern.subn(" ", form)
        if times:
            found.add(name)
    return frozenset(found)


def office_said(actor: str, language: Language) -> str:
    """What an actor is called in a language, where it is one of the offices and nothing more; else ""."""
    whole = search_form(actor).text
    for form in (whole, regex.sub(r"^(?:the|each|every|both|all|either)\s+", "", whole)):
        for name, words in _stored()["office"].items():
            if any(search_form(word).text == form for spoken_in in LANGUAGES for word in words[spoken_in]):
                return str(_stored()["office"][name][spoken(language)][0])
    return ""


def tells_of_delay(text: str) -> bool:
    """Whether a sentence says that something was put off."""
    return _delay().search(search_form(text).text) is not None


def _days(question: Question) -> tuple[date | None, date | None, date | None]:
    """The day that it is supposed to be, and between which days something falls due."""
    text = question.text
    supposed: date | None = None
    first: date | None = None
    last: date | None = None
    for read in dates_in(text):
        begins, ends = first_day(read.when), last_day(read.when)
        if begins is None or ends is None:
            continue
        before, after = text[: read.start], text[read.end :]
        if read.when.precision == "day" and (_supposes(before[-30:]) or regex.match(r"\s*(?:現在|時点)", after)):
            supposed = begins
        elif _UNTIL.search(before) or _UNTIL_AFTER.match(after):
            last = ends
        elif read.when.precision != "day" and (_WITHIN.search(before) or _WITHIN_AFTER.match(after)):
            first, last = begins, ends
    return supposed, first, last


def _supposes(before: str) -> bool:
    supposed = "|".join(f"(?:{search_form(pattern).text})" for pattern in _stored()["asks"]["suppose"])
    return regex.search(f"(?:{supposed})[^.。।]{{0,12}}$", search_form(before).text) is not None


def _relative(form: str, today: date) -> tuple[date | None, date | None]:
    if _asks("this_month", form) or _asks("next_month", form):
        first = today.replace(day=1)
        if not _asks("this_month", form):
            first = (first + timedelta(days=32)).replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if _asks("this_year", form):
        return date(today.year, 1, 1), date(today.year, 12, 31)
    return None, None


def _without_paper_names(text: str) -> str:
    """A question without what names a paper: "the Lahargad memorandum", ラハルガドとの覚書."""
    word = rf"(?:(?:{_stored()['silent']['paper']})(?:s|[\p{{M}}ा]*)?(?!\p{{Latin}}))"
    named = regex.compile(
        rf"(?:\b(?:\p{{Lu}}[\p{{L}}–-]*\s+){{1,4}}{word}|[\p{{Han}}\p{{Katakana}}ー・]+(?:との|の){word}"
        rf"|[\p{{L}}\p{{M}}–-]+\s+{word})",
        regex.I if not regex.search(r"\p{Latin}", text) else 0,
    )
    return named.sub(" ", text)


def _asks(name: str, form: str) -> bool:
    return _patterns()[name].search(form) is not None


@cache
def _patterns() -> Mapping[str, regex.Pattern[str]]:
    return {
        name: regex.compile("|".join(f"(?:{search_form(p).text})" for p in those))
        for name, those in _stored()["asks"].items()
        if name != "agent"
    }


@cache
def _delay() -> regex.Pattern[str]:
    return regex.compile(search_form(_stored()["silent"]["delay"]).text)


@cache
def _offices() -> Sequence[tuple[str, regex.Pattern[str], str]]:
    """Words of offices with their patterns and names, the longest first."""
    offices = _stored()["office"].items()
    pairs = [(search_form(word).text, of.get("of", name)) for name, of in offices for spoken_in in LANGUAGES for word in of[spoken_in]]
    return [(form, _word(form), name) for form, name in sorted(set(pairs), key=lambda pair: (-len(pair[0]), pair))]


def _word(form: str) -> regex.Pattern[str]:
    """A word with the endings of its language: Devanagari words are inflected, Japanese ones stand without spaces."""
    if _JAPANESE.search(form):
        # 市 of 都市 and of 市民 is no office
        alone = rf"(?<!都){regex.escape(form)}(?![民街域内])" if len(form) == 1 else regex.escape(form)
        return regex.compile(alone)
    if regex.search(r"\p{Devanagari}", form):
        stem = regex.sub("[ाीे]$", "", form)
        return regex.compile(rf"(?<!{_LETTER}){regex.escape(stem)}\p{{M}}*(?:{_LETTER}{{0,5}})(?!{_LETTER})")
    return regex.compile(rf"(?<!{_LETTER}){regex.escape(form)}(?:['’]s?)?(?!{_LETTER})")


_stored = partial(toml_of, "kb.answer.skills.obligations", "obligation_query.toml")


HEAD = 6000
"""Characters from the beginning in which a paper says what it calls its parties, and to whom it is addressed."""
LINES = 14
"""Lines of an address, at most."""
NAME = 160
SHOWN = 40
"""Characters of an address that is shown as the one who owes something."""


def is_of(one: Obligation, paper: DocumentInfo, text: str, asks: Wanted) -> bool:
    """Whether a duty belongs to whom a question names.

    A duty that names nobody belongs to those whom the paper is addressed to, where it is no agreement.
    """
    if not one.actor:
        return paper.kind != "agreement" and _names(addressees(text), paper, asks)
    offices = offices_in(one.actor)
    if (offices - {JOINT}) & asks.offices:
        return True
    if not offices and set(name_keys(one.actor, paper.language)) & asks.keys:
        return True
    return _names(full_name(one.actor, text), paper, asks)


def addressed(one: Obligation, paper: DocumentInfo, text: str) -> str:
    """Whom a paper is addressed to, for a duty that names nobody: one line of the address; "" where it is an agreement, or is longer."""
    lines = addressees(text).splitlines() if not one.actor and paper.kind != "agreement" else []
    return lines[0] if len(lines) == 1 and len(lines[0]) <= SHOWN else ""


@lru_cache(maxsize=64)
def addressees(text: str) -> str:
    """The lines that say whom a paper is addressed to; "" where it does not say."""
    lines = [line.strip() for line in text[:HEAD].splitlines() if line.strip()]
    stored = _addressees_stored()
    opens, closes, named = (regex.compile(stored[name], regex.I) for name in ("to", "closes", "honoured"))
    for at, line in enumerate(lines):
        if (match := opens.match(line)) is None:
            continue
        found = [match["who"]] if match["who"].strip() else []
        for other in lines[at + 1 : at + LINES]:
            if closes.match(other):
                break
            found.append(other)
        return "\n".join(one.strip(" ,;") for one in found)
    return "\n".join(match["who"].strip() for line in lines[:LINES] if (match := named.match(line)) is not None)


@lru_cache(maxsize=256)
def full_name(actor: str, text: str) -> str:
    """What an opening calls a party before it says what it is called in the text; "" where it says nothing of that."""
    head = text[:HEAD]
    called = regex.search(
        rf"[(（][^()（）]{{0,60}}?(?<![\p{{L}}\p{{M}}]){regex.escape(actor)}(?![\p{{L}}\p{{M}}])[^()（）]{{0,40}}[)）]", head
    )
    if called is None:
        return ""
    before = head[max(0, called.start() - NAME) : called.start()].rstrip().split("\n")[-1]
    return regex.split(_addressees_stored()["joins"], before)[-1].strip(" ,、")


def _names(said: str, paper: DocumentInfo, asks: Wanted) -> bool:
    """Whether words name whom a question asks for."""
    if not said:
        return False
    return bool((offices_in(said) - {JOINT}) & asks.offices) or bool(set(name_keys(said, paper.language)) & asks.keys)


_addressees_stored = partial(toml_of, "kb.answer.skills.obligations", "addressees.toml")
