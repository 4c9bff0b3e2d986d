"""Numbers, amounts and clause numbers in a text, in units that can be compared across languages and scripts.

१२ लाख, 1.2 million and 120万 are one value; *thirty days*, 30日 and तीस दिन are one quantity. What is a date is read elsewhere
(`lang.values.dates`); what stands inside one is not read again here.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

import regex

from lang.data_files import toml_of
from lang.languages import entries
from lang.normalise import SearchForm, search_form
from lang.references import references
from lang.values.numerals import LONE_SCALES, counting_words, number_words, ordinal_words, read_kanji, read_words, scale_words

CURRENCIES = frozenset({"INR", "USD", "JPY", "EUR"})
"""The units that are money, by their ISO 4217 codes."""
Role: TypeAlias = Literal["amount", "ordinal", "clause", "code"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and where it stands: ``text`` is what the source says at ``[start, end)``.

    ``value`` is exact and counted in ``unit``: the base unit of its kind (``month`` for years and months, ``day`` for weeks and days,
    ``minute`` for hours, ``m`` for lengths, ``m2``, ``l``, ``g``, ``percent``, currencies by ISO 4217 code), or "" for a bare number.
    ``code`` is what a clause number (the key of `lang.references` and the numbers inside it) or a mixed name (G20, 5G) reads
    as; "" for the others.
    """

    role: Role
    value: Fraction
    unit: str
    text: str
    start: int
    end: int
    code: str = ""
    spelled: bool = False
    """Whether it is written in words, as *one* and एक are that often count nothing."""
    number: Fraction = Fraction(0)
    """The number as it is written, before it is counted in ``unit``: 3 of *three years*."""


_BEFORE = regex.compile(r"(?:(?P<INR>₹|\brs\.?|\binr|\bरु\.?|\bरुपये|\bरुपए)|(?P<USD>\bus\$|\busd|\$)|(?P<JPY>¥|\bjpy)|(?P<EUR>€|\beur)) ?$")
_DIGITS = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_KANJI = r"[〇零一二三四五六七八九十百千万億兆]"
_JAPANESE = regex.compile(rf"(?:{_DIGITS}|{_KANJI})(?:{_DIGITS}|{_KANJI})*")
_JAPANESE_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_COUNTER = regex.compile(
    r"年|人|名|個|件|回|本|台|校|戸|棟|社|市|町|村|区|県|か所|ヶ所|カ所|箇所|か国|ヶ国|カ国|つ|歳|度|倍|番|割|位|点|項目|基|隻|世帯|ページ|段階|種類"
)
_WORD = regex.compile(rf"{_DIGITS}|[\p{{L}}\p{{M}}]+")
_CODE = regex.compile(
    r"(?<![\p{Latin}\p{Devanagari}\d]|\d\.)(?:[a-z]{1,6}-?\d+(?:\.\d+)*(?:[a-z]{1,2}\d+)?|\d+[a-z]{1,3}\d*)(?![\p{Latin}\p{Devanagari}\d])"
)
_CLOCK = r"(?P<hour>\d{1,2})[:ः](?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\.\d+)?(?![\d:])(?: ?[ap]\.?m\b\.?)?"
_CLOCK_WORD = r"(?P<hour_word>\d{1,2})(?: ?[ap]\.?m\b\.?| (?:बजे|वाजता|वाजण्या|वाजल्या|वाजले|वाजे|o'clock))"
_TIME = regex.compile(rf"(?<![\d:.])(?:{_CLOCK}|{_CLOCK_WORD})|(?<!\d)(?P<hour_ja>\d{{1,2}})時(?!間)(?:(?P<minute_ja>\d{{1,2}})分)?")
_FRACTION = regex.compile(
    r"(?<![\d.,/⁄])(?:(?P<whole>\d{1,4})[ +-]{1,2})?(?P<top>\d{1,2})⁄(?P<bottom>[1-9]\d{0,2})(?![\d/⁄])"
    r"|(?<![\d.,/⁄])(?P<whole>\d{1,4})[ -](?P<top>\d{1,2})/(?P<bottom>[2-9]|16|32|64)(?![\d/⁄])"
)
_RUN_TIME = regex.compile(
    r"(?<![\d:.])(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d\.\d{1,3})(?![\d:])"
    r"|(?<!\d)(?P<minutes>\d{1,3})分(?P<seconds>[0-5]?\d)秒(?P<parts>\d{1,3})(?!\d)"
)
_ORDINAL_AFTER = regex.compile(r"(?:番|回|日|年|人|代|枚|個|件|度|本|台|校|つ|作|冊)目|位|世紀|号|周年")
_TENS_BEFORE = regex.compile(r"(?<!\p{L})(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -]$")
_ONE_BEFORE = regex.compile(r"(?<!\p{L})an? $")
_BETWEEN = regex.compile(r"\p{M}*[ ,]*(?:(?:and|आणि|व|और|と) )?")
_JOINED = regex.compile(r" |-|")
_LINKED = regex.compile(r" (?:and|and a|आणि|व|और) ")


def quantities_in(text: str, skip: Sequence[tuple[int, int]] = ()) -> tuple[Quantity, ...]:
    """The quantities of a text in order of place; nothing is read inside the spans of ``skip`` (dates)."""
    form = _with_fractions_apart(search_form(text))
    taken = [False] * len(form.text)
    starts = list(form.starts)
    for at, origin in enumerate(starts):
        taken[at] = any(start <= origin < end for start, end in skip)
    found: list[Quantity] = []
    for raw in _scan(form.text, taken):
        first, last = form.span(raw.start, raw.end)
        value = raw.number * raw.factor
        found.append(Quantity(raw.role, value, raw.unit, text[first:last], first, last, raw.code, raw.spelled, raw.number))
    return tuple(_summed(sorted(found, key=lambda q: (q.start, q.end)), text))


def _with_fractions_apart(form: SearchForm) -> SearchForm:
    """The form with 8½, which it spells 81⁄2, as 8 1⁄2."""
    starts = form.starts
    cuts = [
        at
        for at in range(1, len(form.text) - 1)
        if form.text[at].isdigit()
        and starts[at + 1] == starts[at] != starts[at - 1]
        and form.text[at - 1].isdigit()
        and "⁄" in form.text[at : at + 3]
    ]
    if not cuts:
        return form
    parts, places = [], array("l")
    for first, last in itertools.pairwise([0, *cuts, len(form.text)]):
        parts.append(form.text[first:last])
        places.extend(starts[first:last])
        if last < len(form.text):
            places.append(starts[last])
    return SearchForm(" ".join(parts), places, form.length)


def _summed(found: Sequence[Quantity], text: str) -> list[Quantity]:
    """*1 year and 6 months* as one quantity of 18 months."""
    kept: list[Quantity] = []
    for quantity in found:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.unit == quantity.unit
            and last.unit in {"month", "minute"}
            and last.value * quantity.number > quantity.value * last.number  # the second is counted in a smaller unit
            and _BETWEEN.fullmatch(text[last.end : quantity.start])
        ):
            whole = text[last.start : quantity.end]
            kept[-1] = replace(last, value=last.value + quantity.value, text=whole, end=quantity.end)
        else:
            kept.append(quantity)
    return kept


_Run: TypeAlias = list[tuple[int, int, list[str | Fraction]]]


class _Raw(NamedTuple):
    """A quantity as it stands in the search form."""

    role: Role
    start: int
    end: int
    number: Fraction = Fraction(0)
    factor: Fraction = Fraction(1)
    unit: str = ""
    code: str = ""
    spelled: bool = False


def _scan(text: str, taken: list[bool]) -> Iterator[_Raw]:
    yield from _clauses(text, taken)
    yield from _fractions(text, taken)
    yield from _run_times(text, taken)
    yield from _times(text, taken)
    yield from _codes(text, taken)
    yield from _japanese(text, taken)
    yield from _ordinals(text, taken)
    yield from _western(text, taken)


def _claim(taken: list[bool], start: int, end: int) -> bool:
    if any(taken[start:end]):
        return False
    taken[start:end] = [True] * (end - start)
    return True


def _clauses(text: str, taken: list[bool]) -> Iterator[_Raw]:
    for found in references(text):
        # 一部 is "some", 第一部 is part one.
        # *scheduled* is no schedule d.
        word = regex.fullmatch(r"\p{Latin}+", text[found.start : found.end])
        if not word and not regex.match(_KANJI, text[found.start]) and _claim(taken, found.start, found.end):
            yield _Raw("clause", found.start, found.end, code=".".join((found.keys[0], *found.inside)))


def _codes(text: str, taken: list[bool]) -> Iterator[_Raw]:
    for match in _CODE.finditer(text):
        if unit_after(text, match.start() + len(regex.match(r"\d*", match[0])[0]))[0] and match[0][0].isdigit():  # type: ignore[index]
            continue
        if regex.fullmatch(r"\d+(?:st|nd|rd|th|k|cr|mn|bn)", match[0]) or regex.match(r"(?:rs|inr|usd|jpy|us|eur)-?\d", match[0]):
            continue
        if regex.fullmatch(r"[kcm]?m[23]|\d{3}0s", match[0]):  # a unit of area; a decade
            continue
        if _claim(taken, match.start(), match.end()):
            yield _Raw("code", match.start(), match.end(), code=match[0].replace("-", ""))


def _fractions(text: str, taken: list[bool]) -> Iterator[_Raw]:
    """8 ½ and 8 1/2 as one number; 1/2 by itself may be a date or a number of a house, ½ is not."""
    for match in _FRACTION.finditer(text):
        value = int(match["whole"] or 0) + Fraction(int(match["top"]), int(match["bottom"]))
        unit, factor, after = unit_after(text, match.end())
        if int(match["top"]) < int(match["bottom"]) and _claim(taken, match.start(), after):
            yield _Raw("amount", match.start(), after, value, factor, unit)


def _run_times(text: str, taken: list[bool]) -> Iterator[_Raw]:
    """How long a run took: 4:41.30 is 4分41秒30."""
    for match in _RUN_TIME.finditer(text):
        seconds = Fraction(match["seconds"] + (f".{match['parts']}" if match["parts"] else ""))
        unit, factor, after = unit_after(text, match.end())
        if unit != "minute":
            factor, after = Fraction(1), match.end()
        if _claim(taken, match.start(), after):
            yield _Raw("amount", match.start(), after, int(match["minutes"]) + seconds / 60, factor, "minute")


def _times(text: str, taken: list[bool]) -> Iterator[_Raw]:
    """Times of day, told by the twelve-hour clock: 3:05 pm, 15:05 and 午後3時5分 are one."""
    for match in _TIME.finditer(text):
        hour = match["hour"] or match["hour_ja"] or match["hour_word"]
        minute = match["minute"] or match["minute_ja"] or "0"
        if int(hour) <= 24 and _claim(taken, match.start(), match.end()):
            yield _Raw("code", match.start(), match.end(), code=f"{int(hour) % 12}:{int(minute):02}")


def _japanese(text: str, taken: list[bool]) -> Iterator[_Raw]:
    for match in _JAPANESE.finditer(text):
        run, end = match[0], match.end()
        if not regex.search(_KANJI, run) and not (end < len(text) and _JAPANESE_LETTER.match(text[end])):
            continue
        value = read_kanji(run)
        before = text[max(match.start() - 1, 0) : match.start()]
        inside = regex.fullmatch(r"[a-z]", before) and not _currency_before(text, match.start())[0]  # the 2 of km2
        if value is None or inside or before in ("何", "数"):
            continue
        unit, factor, after = unit_after(text, end)
        counted = bool(unit) or _COUNTER.match(text, end) is not None
        lone = not regex.search(r"\d", run) and (len(run) == 1 or not regex.search(r"[十百千万億兆]", run[1:] or run))
        if lone and not counted:
            continue
        if len(run) > 1 and not regex.search(r"\d", run) and not counted and not regex.search(r"[十百千万億兆]", run):
            continue
        if unit and text.startswith("半", after):
            value, after = value + Fraction(1, 2), after + 1
        unit, factor = (unit, factor) if unit else _currency_before(text, match.start())
        ordinal = text[max(match.start() - 1, 0) : match.start()] == "第" or _ORDINAL_AFTER.match(text, end) is not None
        if _claim(taken, match.start(), max(end, after)):
            role: Role = "ordinal" if ordinal else "amount"
            spelled = not regex.search(r"\d", run) or text.startswith("つ", end)
            yield _Raw(role, match.start(), max(end, after), value, factor, unit, spelled=spelled)


def _ordinals(text: str, taken: list[bool]) -> Iterator[_Raw]:
    for match in _WORD.finditer(text):
        if match[0] not in ordinal_words() and match[0] != "first":
            continue
        tens = _TENS_BEFORE.search(text, max(match.start() - 8, 0), match.start())
        start = tens.start() if tens else match.start()
        if (tens or match[0] != "first") and _claim(taken, start, match.end()):
            value = ordinal_words().get(match[0], Fraction(1)) + (counting_words()[tens[1]] if tens else 0)
            yield _Raw("ordinal", start, match.end(), value, spelled=True)


def _western(text: str, taken: list[bool]) -> Iterator[_Raw]:
    run: _Run = []
    for start, end, words in _tokens(text, taken):
        if run and _goes_on(run[-1][2][-1], text[run[-1][1] : start], words[0]) and read_words([*_words(run), *words]) is not None:
            run.append((start, end, words))
            continue
        yield from _close(text, taken, run)
        run = [(start, end, words)]
    yield from _close(text, taken, run)


def _words(run: _Run) -> list[str | Fraction]:
    return [word for _, _, words in run for word in words]


def _goes_on(last: str | Fraction, gap: str, first: str | Fraction) -> bool:
    """Whether two number words with ``gap`` between them are one number: 3 crore 20 lakh, *two hundred and fifty*, but not *3 and 4*."""
    scaled = isinstance(last, str) and last in scale_words()
    if isinstance(first, Fraction):
        return scaled and gap == " "
    if _JOINED.fullmatch(gap) or (last == "half" and gap == " a "):
        return True
    return (scaled or first == "half") and _LINKED.fullmatch(gap) is not None


def _tokens(text: str, taken: list[bool]) -> Iterator[tuple[int, int, list[str | Fraction]]]:
    for match in _WORD.finditer(text):
        if any(taken[match.start() : match.end()]):
            continue
        if match[0][0].isdigit():
            yield match.start(), match.end(), [Fraction(match[0].replace(",", ""))]
        elif (words := number_words(match[0])) is not None:
            yield match.start(), match.end(), words


def _close(text: str, taken: list[bool], run: _Run) -> Iterator[_Raw]:
    """A finished run of number words as a quantity, with its unit."""
    if not run:
        return
    words = _words(run)
    start, end = run[0][0], run[-1][1]
    value = read_words(words)
    bare = all(isinstance(w, str) and w in scale_words() and w not in LONE_SCALES for w in words)
    title = words == ["सौ"] and text.startswith(".", end)  # of a married woman in Marathi
    if value is None or title or (bare and not _ONE_BEFORE.search(text, max(start - 4, 0), start)):
        return
    ordinal = regex.compile(r"(?:st|nd|rd|th)\b|(?: ?(?:व[ाीे]|व्या|वां|वीं|वें))(?![\p{L}\p{M}])").match(text, end)
    unit, factor, after = unit_after(text, end)
    if not unit:
        unit, factor = _currency_before(text, start)
        after = end
    if _claim(taken, start, after):
        spelled = not regex.search(r"\d", text[start:end])
        yield _Raw("ordinal" if ordinal else "amount", start, after, value, factor, unit, spelled=spelled)


@cache
def _units() -> Sequence[tuple[regex.Pattern[str], str, Fraction]]:
    stored = toml_of("lang.values", "units.toml")
    # Japanese follows a Latin unit without a space (100mと), so \\b would find no end there.
    said = ("|".join([*u["marks"], *entries("units", f"{u['factor']} {u['base']}")]) for u in stored["unit"])
    marks = [folded(one).replace(r"\b", r"(?![\p{Latin}\p{Devanagari}\d])") for one in said]
    return tuple((regex.compile(f"[ -]?(?:{m})"), u["base"], Fraction(u["factor"])) for m, u in zip(marks, stored["unit"], strict=True))


def folded(pattern: str) -> str:
    """The Devanagari of a regular expression in the search form; the rest as it is."""
    return regex.sub(r"\p{Devanagari}+", lambda match: search_form(match[0]).text, pattern)


def unit_after(text: str, end: int) -> tuple[str, Fraction, int]:
    """The unit that stands at ``end`` of a text in the search form, what one is in base units, where its first letters end; "" for none."""
    # "(30) days" and "thirty (30) days": the bracket belongs to the number.
    closing = regex.compile(r" ?\)").match(text, end)
    at = closing.end() if closing else end
    for pattern, unit, factor in _units():
        match = pattern.match(text, at)
        if match:
            return unit, factor, match.end()
    return "", Fraction(1), end


def _currency_before(text: str, start: int) -> tuple[str, Fraction]:
    match = _BEFORE.search(text, max(start - 8, 0), start)
    return (str(match.lastgroup), Fraction(1)) if match and match.lastgroup else ("", Fraction(1))
