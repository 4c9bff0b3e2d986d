"""One fact of a true statement is changed: is it noticed, and is the statement left alone while it is true?

``python -m eval mutations SHARED`` takes sentences of the samples and of the shared corpora in four languages. Each is a statement; its
evidence is the sentence itself with its neighbours, or the passage of its translation. *Unchanged* statements are written anew where a
reader would not mind: digits of the other script, separators, another form of a date. *Changed* ones differ in one number, amount or unit,
date, clause, name, denial or obligation. The changes are made on the surface, without the readers that look for them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex
from rich.console import Console
from rich.table import Table

from eval.statements import SEED, Pair, pairs
from ingest.records import Language
from kb.records import Verdict
from kb.represent.names import name_keys

Edit = Callable[[str, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, its evidence, what was done to it (``unchanged``, ``rewritten`` or a kind of fact), and where it is from."""

    statement: str
    evidence: tuple[str, ...]
    change: str
    language: Language
    across: bool
    source: str


_DIGITS = "0123456789"
_DEVANAGARI = "०१२३४५६७८९"
_FULL_WIDTH = "０１２３４５６７８９"
_NUMBER = regex.compile(r"(?<![\p{Latin}\p{Devanagari}\p{N}.,:/-])\p{Nd}+(?:[.,]\p{Nd}+)*(?![\p{Nd}/:-])")
_SPELLED: Mapping[Language, tuple[str, ...]] = {
    "en": ("three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "thirty", "forty", "sixty", "ninety"),
    "mr": ("तीन", "चार", "पाच", "सहा", "सात", "आठ", "नऊ", "दहा", "बारा", "वीस", "तीस", "चाळीस", "साठ", "नव्वद"),
    "hi": ("तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ", "दस", "बारह", "बीस", "तीस", "चालीस", "साठ", "नब्बे"),
    "ja": ("三つ", "四つ", "五つ", "六つ", "七つ", "八つ", "九つ"),
}
_UNITS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (("million", "billion"), ("billion", "million"), ("lakh", "crore"), ("crore", "lakh"), ("years", "months"), ("months", "years"),
           ("days", "weeks"), ("km", "m"), ("per cent", "times"), ("hours", "minutes"), ("minutes", "hours")),
    "mr": (("लाख", "कोटी"), ("कोटी", "लाख"), ("वर्षे", "महिने"), ("महिने", "वर्षे"), ("दिवस", "आठवडे"), ("हजार", "लाख"), ("दशलक्ष", "अब्ज")),
    "hi": (("लाख", "करोड़"), ("करोड़", "लाख"), ("वर्ष", "माह"), ("दिन", "सप्ताह"), ("हजार", "लाख"), ("मिलियन", "बिलियन"), ("घंटे", "मिनट")),
    "ja": (("万", "億"), ("億", "万"), ("年間", "か月間"), ("日以内", "か月以内"), ("時間", "分間"), ("キロ", "メートル"), ("人", "社")),
}  # fmt: skip
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December"),
    "mr": ("जानेवारी", "फेब्रुवारी", "मार्च", "एप्रिल", "जून", "जुलै", "ऑगस्ट", "सप्टेंबर", "ऑक्टोबर", "नोव्हेंबर", "डिसेंबर"),
    "hi": ("जनवरी", "फरवरी", "मार्च", "अप्रैल", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
    "ja": (),
}
_CLAUSE = regex.compile(r"(?:Articles?|Section|Clause|Paragraph|Annex|कलम|अनुच्छेद|परिच्छेद|धारा)\s*(\p{Nd}+)|第\s*(\p{Nd}+)\s*[条項]", regex.I)
_YEAR = regex.compile(r"(?<!\p{N})(?:1[89]|20|१[८९]|२०|１[８９]|２０)\p{Nd}{2}(?!\p{N})")
_JAPANESE_DAY = regex.compile(r"(\p{Nd}{1,2})(?=[月日])")
_DENIALS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bshall (?!not)", "shall not "), (r"\bwill (?!not)", "will not "), (r"\bis (?!not)", "is not "),
           (r"\bwas (?!not)", "was not "),
           (r"\bare (?!not)", "are not "), (r"\bcan (?!not)", "cannot ")),
    "mr": ((r"आहेत(?!\p{M})", "नाहीत"), (r"आहे(?!\p{L}|\p{M})", "नाही"), (r"करील(?!\p{L})", "करणार नाही"), (r"येईल(?!\p{L})", "येणार नाही")),
    "hi": ((r"(?<!नहीं )हैं(?!\p{L}|\p{M})", "नहीं हैं"), (r"(?<!नहीं )है(?!\p{L}|\p{M})", "नहीं है"), (r"(?<!नहीं )था(?!\p{L}|\p{M})", "नहीं था")),
    "ja": ((r"します", "しません"), (r"である(?!\p{L})", "ではない"), (r"しました", "しませんでした"), (r"できる(?!\p{L})", "できない"),
           (r"(?<!ま)した(?=。)", "しなかった"),
           (r"する(?=。)", "しない"), (r"いる(?=。)", "いない")),
}  # fmt: skip
_DUTIES: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bshall (?!not)", "may "), (r"\bmay (?!not)", "must "), (r"\bmust (?!not)", "may ")),
    "mr": ((r"करावे(?!\p{L}|\p{M})", "करता येईल"), (r"केलीच पाहिजे", "करता येईल"), (r"पाहिजे", "तरी चालेल")),
    "hi": ((r"करेंगे(?!\p{L})", "कर सकते हैं"), (r"करेगा(?!\p{L})", "कर सकता है"), (r"चाहिए", "सकता है")),
    "ja": ((r"しなければならない", "することができる"), (r"ものとする", "ことができる"), (r"ことができる", "ものとする")),
}


def cases(found: Sequence[Pair]) -> Iterator[Case]:
    """Each statement as it is, rewritten, and with one change of each kind that can be made to it."""
    chance = random.Random(SEED)
    pool: dict[Language, list[str]] = {}
    for pair in found:
        pool.setdefault(pair.language, []).extend(pair.names)
    for pair in found:
        yield _case(pair, pair.statement, "unchanged")
        rewritten = rewrite(pair.statement, chance)
        if rewritten is not None:
            yield _case(pair, rewritten, "rewritten")
        for kind, edit in _EDITS.items():
            changed = edit(pair.language)(pair.statement, chance)
            if changed is not None and changed != pair.statement:
                yield _case(pair, changed, kind)
        changed = _exchange(pair, pool[pair.language], chance) if pair.names else None
        if changed is not None:
            yield _case(pair, changed, "name")


def _case(pair: Pair, statement: str, change: str) -> Case:
    return Case(statement, pair.evidence, change, pair.language, pair.across, pair.source)


def rewrite(text: str, chance: random.Random) -> str | None:
    """The same statement with other digits and separators; None where there is no number."""
    if not _NUMBER.search(text):
        return None
    to = chance.choice([_DIGITS, _DEVANAGARI if regex.search(r"\p{Devanagari}", text) else _FULL_WIDTH])

    def again(match: regex.Match[str]) -> str:
        plain = regex.sub(r"(?<=\p{Nd}),(?=\p{Nd}{2,3}(?!\p{Nd}))", "", match.group())
        return "".join(to[int(c)] if c.isdecimal() else c for c in plain)

    changed = str(_NUMBER.sub(again, text))
    return changed if changed != text else None


def _number(language: Language) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        places = [m for m in _NUMBER.finditer(text) if not _CLAUSE.search(text[max(0, m.start() - 14) : m.end() + 1])]
        if places and (len(places) > 1 or chance.random() < 0.8):
            match = chance.choice(places)
            digits = [at for at in range(match.start(), match.end()) if text[at].isdecimal()]
            return _other_digit(text, chance.choice(digits), chance)
        words = [w for w in _SPELLED[language] if regex.search(rf"(?<!\p{{L}}){w}(?!\p{{L}}|\p{{M}})", text)]
        if not words:
            return None
        word = chance.choice(words)
        other = chance.choice([w for w in _SPELLED[language] if w != word])
        return str(regex.sub(rf"(?<!\p{{L}}){word}(?!\p{{L}}|\p{{M}})", other, text, count=1))

    return edit


def _other_digit(text: str, at: int, chance: random.Random) -> str:
    zero = ord(text[at]) - int(text[at])
    first = not text[at - 1 : at].isdecimal()
    other = chance.choice([d for d in range(1 if first else 0, 10) if d != int(text[at])])
    return f"{text[:at]}{chr(zero + other)}{text[at + 1 :]}"


def _unit(language: Language) -> Edit:
    ends = "" if language == "ja" else r"(?!\p{L}|\p{M})"
    after = r"(?<=\p{N}[\s千百十万]?)"

    def edit(text: str, chance: random.Random) -> str | None:
        there = [(old, new) for old, new in _UNITS[language] if regex.search(f"{after}{old}{ends}", text)]
        if not there:
            return None
        old, new = chance.choice(there)
        return str(regex.sub(f"{after}{old}{ends}", new, text, count=1))

    return edit


def _date(language: Language) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        ways: list[str] = []
        for match in _YEAR.finditer(text):
            ways.append(_other_digit(text, match.end() - chance.choice((1, 2)), chance))
        there = [m for m in _MONTHS[language] if regex.search(rf"(?<!\p{{L}}){m}(?!\p{{L}}|\p{{M}})", text)]
        if there:
            old = chance.choice(there)
            new = chance.choice([m for m in _MONTHS[language] if m != old])
            ways.append(str(regex.sub(rf"(?<!\p{{L}}){old}(?!\p{{L}}|\p{{M}})", new, text, count=1)))
        if language == "ja":
            ways += [_other_digit(text, m.end() - 1, chance) for m in _JAPANESE_DAY.finditer(text)]
        return chance.choice(ways) if ways else None

    return edit


def _clause(language: Language) -> Edit:
    del language

    def edit(text: str, chance: random.Random) -> str | None:
        match = _CLAUSE.search(text)
        if match is None:
            return None
        return _other_digit(text, (match.end(1) if match.group(1) else match.end(2)) - 1, chance)

    return edit


def _swap(table: Mapping[Language, tuple[tuple[str, str], ...]]) -> Callable[[Language], Edit]:
    def of(language: Language) -> Edit:
        def edit(text: str, chance: random.Random) -> str | None:
            there = [(a, b) for a, b in table[language] if regex.search(a, text)]
            if not there:
                return None
            pattern, new = chance.choice(there)
            last = list(regex.finditer(pattern, text))[-1]
            return f"{text[: last.start()]}{new}{text[last.end() :]}"

        return edit

    return of


_EDITS: Mapping[str, Callable[[Language], Edit]] = {
    "number": _number, "unit": _unit, "date": _date, "clause": _clause, "negation": _swap(_DENIALS), "modality": _swap(_DUTIES),
}  # fmt: skip
FACTS = ("number", "unit", "date", "clause", "name")
"""The kinds of change that the figure of the number, date and name check counts."""
_FACT_CHECKS = ("number", "date", "clause", "name", "counterpart")


def _exchange(pair: Pair, pool: Sequence[str], chance: random.Random) -> str | None:
    old = chance.choice(pair.names)
    sounds = set(name_keys(old, pair.language))
    shown = " ".join(pair.evidence).casefold()
    for _ in range(30):
        new = chance.choice(pool)
        if new.casefold() not in shown and new not in pair.statement and not sounds & set(name_keys(new, pair.language)):
            return pair.statement.replace(old, new)
    return None


def table(outcomes: Sequence[tuple[Case, bool, bool]]) -> Table:
    """Of each kind of change, by language and whether the evidence is in another: noticed of all, and shown as verified."""
    shown = Table(title="statements noticed (in brackets: shown as verified)")
    languages: tuple[Language, ...] = ("mr", "hi", "en", "ja")
    for column in ("", *languages, "same language", "across", "all"):
        shown.add_column(column, justify="left" if not column else "right")
    kinds = ["unchanged", "rewritten", *_EDITS, "name"]
    groups: list[tuple[str, tuple[str, ...]]] = [(kind, (kind,)) for kind in kinds]
    groups += [("FALSE ALARMS (unchanged, rewritten)", ("unchanged", "rewritten")), ("RECALL (number, unit, date, clause, name)", FACTS)]
    for title, group in groups:
        chosen = [o for o in outcomes if o[0].change in group]
        columns = [[o for o in chosen if o[0].language == language] for language in languages]
        columns += [[o for o in chosen if o[0].across is across] for across in (False, True)]
        shown.add_row(title, *(_share(column) for column in (*columns, chosen)), style="bold" if len(group) > 1 else "")
    return shown


def _share(outcomes: Sequence[tuple[Case, bool, bool]]) -> str:
    if not outcomes:
        return "–"
    noticed, verified = (sum(bool(o[at]) for o in outcomes) for at in (1, 2))
    return f"{noticed / len(outcomes):.3f} of {len(outcomes)} ({verified})"


def _noticed(case: Case, verdict: Verdict) -> bool:
    """Whether the check reports anything of the kind: a fact in a changed fact or an unchanged statement, any claim in a changed claim."""
    facts = case.change in (*FACTS, "unchanged", "rewritten")
    return any(f.check in _FACT_CHECKS if facts else f.check != "support" for f in verdict.findings)


def share(outcomes: Sequence[tuple[Case, bool, bool]], kinds: Sequence[str], across: bool | None = None) -> float:
    """The share noticed among the cases of some kinds."""
    chosen = [o for o in outcomes if o[0].change in kinds and across in (None, o[0].across)]
    return sum(o[1] for o in chosen) / max(1, len(chosen))


def run_cli(argv: Sequence[str]) -> int:
    """``python -m eval mutations``."""
    from eval.judging import outcomes_of

    parser = argparse.ArgumentParser(
        prog="python -m eval mutations", description="Are changed facts noticed, and true statements left alone?"
    )
    parser.add_argument("shared", type=Path, help="the folder that holds benchmarks/ and corpus/")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th statement only")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write every case with what was found to this file")
    arguments = parser.parse_args(argv)
    console = Console(width=200)
    judged = outcomes_of(list(cases(pairs(arguments.shared)[:: arguments.every])))
    outcomes = [
        (case, bool(verdict.findings and any(f.check != "support" for f in verdict.findings)), verdict.status == "verified")
        for case, verdict in judged
    ]
    console.print(table(outcomes))
    console.print(dict(Counter(case.source for case, _, _ in outcomes)))
    if arguments.json:
        rows = [
            {"statement": c.statement, "evidence": c.evidence, "change": c.change, "language": c.language, "across": c.across,
             "source": c.source, "status": v.status, "support": round(v.support, 3),
             "findings": [[f.check, f.said, f.shown] for f in v.findings]}
            for c, v in judged
        ]  # fmt: skip
        arguments.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0
