"""What a document is: its kind, title, parties, and the dates it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import Literal, TypeAlias

import regex

from ingest.records import Block, DatedFact, Facts, Hints, Kind, Language
from ingest.understand.dates import FoundDate, find_dates
from ingest.understand.labels import is_article_entry
from ingest.understand.parties import find_parties
from ingest.understand.sentences import sentence_spans

_DateRole: TypeAlias = Literal["signed", "in_force", "published", "mentioned"]
_HEAD_CHARS = 1500
_MAX_TITLE = 300

_AGREEMENT = regex.compile(
    r"\bmemorand(?:um|a) of (?:co-?operation|understanding|agreement)|\bagreement (?:between|on|concerning|for)\b|\b(?:treaty|convention|protocol)\b"
    r"|letter of intent|declaration of intent|सामंजस्य करार|सहकार्य करार|करारनामा|सामंजस्य ज्ञापन|समझौता ज्ञापन|सहयोग ज्ञापन|सहमति पत्र|करार\b|समझौता\b"
    r"|覚書|協定書|協定|合意書|条約|契約書|基本合意",
    regex.I,
)
_AGREEMENT_PHRASES = regex.compile(
    r"hereinafter|the (?:Participants|Parties|Signatories|Sides)\b|have (?:reached|agreed)[^.]{0,40}(?:following|as follows)|in witness whereof"
    r"|(?:signed|done) (?:at|in) .{0,60}(?:duplicate|copies)|यापुढे [“\"‘']|सहभागी पक्ष|उभय पक्ष|पुढीलप्रमाणे सामंजस्य|दोन प्रतींत|इसके (?:बाद|पश्चात)"
    r"|एतद्द्वारा|दोनों पक्ष|निम्नलिखित (?:सहमति|समझ)|（以下「|以下のとおり(?:合意|協定)|甲(?:は|及び|と)乙|本覚書|本協定",
)
_BEST_PRACTICE = regex.compile(
    r"best[- ]practices?|good practices?|practice report|case stud(?:y|ies)|lessons learn(?:ed|t)|success stor(?:y|ies)"
    r"|सर्वोत्तम (?:कार्य)?(?:पद्धती|पद्धत|प्रथा|प्रथाएँ|प्रथाएं)|उत्तम कार्यपद्धती|यशोगाथा|केस स्टडी|श्रेष्ठ (?:प्रथा|कार्य)"
    r"|好事例|優良事例|ベストプラクティス|取組事例|事例集|先進事例|実践報告|取り?組み?(?:の|に関する)?(?:紹介|報告|事例)|導入事例|事例",
    regex.I,
)
_REPORT = regex.compile(
    r"\breport\b|white paper|\bsurvey\b|\bminutes\b|fact sheet|\bevaluation\b|अहवाल|इतिवृत्त|श्वेतपत्रिका|रिपोर्ट|प्रतिवेदन|报告|報告書|報告|白書|調査結果|議事録",
    regex.I,
)
_DATELINE = regex.compile(
    r"^\s*(?:[\p{L}\p{M}.\- ]{2,30}(?:,\s*(?:दि\.|दिनांक|\p{L}+\.?\s?\p{N}|\p{N})[^:：–—-]{0,40})?\s?(?::|：|—|–|--|\()\s*\S"
    r"|[\p{Devanagari}]{2,20}।\s|【[^】]{2,12}】)"
)
_NEWS_WORDS = regex.compile(
    r"\b(?:correspondent|staff reporter|told reporters|news service|said on (?:mon|tues|wednes|thurs|fri|satur|sun)day|press trust)\b|published on|updated on"
    r"|प्रतिनिधी|वृत्तसेवा|वार्ताहर|बातमीदार|असे सांगितले|असल्याचे .{0,40}नमूद केले|संवाददाता|ब्यूरो|ने बताया|न्यूज़|समाचार|पुढारी|लोकसत्ता|記者|新聞|によると",
    regex.I,
)
_FILE_LIKE = regex.compile(r"\.\w{2,5}$|^microsoft \w+ -|^untitled|^document\d*$|^無題|^(?:english|marathi|hindi|japanese)$", regex.I)

_ROLE_WORDS: tuple[tuple[_DateRole, regex.Pattern[str]], ...] = (
    (
        "signed",
        regex.compile(
            r"\bsign(?:ed|ing|ature)\b|\bdone (?:at|in|on)\b|\bconcluded\b|स्वाक्षरी|स्वाक्षऱ्या|करार (?:करण्यात आला|केला|झाला)|हस्ताक्षर|署名|締結|調印",
            regex.I,
        ),
    ),
    (
        "in_force",
        regex.compile(
            r"(?:enter|come|came|entered)s? into (?:force|effect|operation)|\beffective\b|takes? effect|with effect from|अं?मलात|अंमलात|लागू|प्रभावी|प्रवृत्त"
            r"|施行|発効|効力を(?:生|有)|適用する",
            regex.I,
        ),
    ),
    (
        "published",
        regex.compile(
            r"\bpublish|\bposted\b|\bissued\b|\breleased\b|\bupdated\b|press release|प्रकाशित|प्रसिद्ध|जारी|公表|発行|掲載|公開|公布|発表",
            regex.I,
        ),
    ),
)
_DATED = regex.compile(r"(?:\bdated?\b|दिनांक|दि\.|तारीख|तिथि|日付)\s*[:：]?\s*$", regex.I)
_NEAR = 90
_DATE_LINE = 90


def _dated_role(text: str, found: FoundDate) -> _DateRole:
    """What the words of the same sentence nearest to a date say of it."""
    left = max(text.rfind("\n", 0, found.start) + 1, found.start - _NEAR)
    for stop in "।。":
        left = max(left, text.rfind(stop, left, found.start) + 1)
    right = text.find("\n", found.end)
    right = min(right if right >= 0 else len(text), found.end + _NEAR)
    for stop in "।。":
        at = text.find(stop, found.end, right)
        right = at if at >= 0 else right
    best: tuple[int, _DateRole] = (_NEAR + 1, "mentioned")
    for role, pattern in _ROLE_WORDS:
        for match in pattern.finditer(text, left, right):
            gap = found.start - match.end() if match.end() <= found.start else match.start() - found.end
            if 0 <= gap < best[0]:
                best = (gap, role)
    return best[1]


def dated_facts(text: str) -> tuple[DatedFact, ...]:
    """Every date of the text with its role."""
    return tuple(DatedFact(_dated_role(text, f), f.value, text[f.start : f.end], f.start, f.end) for f in find_dates(text))


def find_title(blocks: Sequence[Block], hints: Hints, uri: str) -> str:
    """The declared title unless it is a file name or a stranger to the text; else the title block, first heading or first short line."""
    printed = next((b.text for b in blocks if b.role == "title"), None)
    if printed is None:
        printed = next((b.text for b in blocks[:5] if b.role == "heading"), None)
    printed = " ".join(printed.split())[:_MAX_TITLE] if printed else None
    declared = " ".join((hints.title or "").split())[:_MAX_TITLE]
    if declared and not _FILE_LIKE.search(declared):
        return printed if printed and declared.startswith(printed) else declared
    if printed:
        return printed
    first = next((b.text for b in blocks if b.text), "")
    if first:
        start, end = sentence_spans(first, blocks[0].language)[0]
        line = " ".join(first[start:end].split())
        return line if len(line) <= _MAX_TITLE else line[: _MAX_TITLE - 1].rstrip() + "…"
    return PurePath(uri).stem


def find_kind(title: str, blocks: Sequence[Block], hints: Hints) -> Kind:
    """The kind that the file declares, else what title and text look like; ``other`` where they do not say."""
    if hints.kind is not None:
        return hints.kind
    head = "\n".join(b.text for b in blocks[:40])[:_HEAD_CHARS]
    whole = "\n".join(b.text for b in blocks)
    articles = len({b.path[0] for b in blocks if b.path and is_article_entry(b.path[0])})
    phrases = len({m.group() for m in _AGREEMENT_PHRASES.finditer(whole)})
    prose = [b.text for b in blocks if b.role == "paragraph"]
    reported = len(_NEWS_WORDS.findall(whole[:6000])) + 2 * any(_DATELINE.match(t) and len(t) > 80 for t in prose[:6])
    named = _AGREEMENT.search(title) is not None
    if phrases and articles < 2 and reported >= 3 and phrases < 2:
        return "news"
    if (named or _AGREEMENT.search(head)) and (phrases >= 2 or (articles >= 2 and phrases)):
        return "agreement"
    if named and articles >= 2:
        return "agreement"
    if _BEST_PRACTICE.search(title):
        return "best_practice"
    if articles < 2 and (reported >= 2 or (hints.published is not None and hints.publisher is not None)):
        return "news"
    if _REPORT.search(title):
        return "report"
    if _BEST_PRACTICE.search(head):
        return "best_practice"
    return "other"


def find_facts(text: str, blocks: Sequence[Block], hints: Hints, *, kind: Kind | None, language: Language, uri: str) -> Facts:
    """The facts of a document; ``kind`` given by the caller wins over everything."""
    title = find_title(blocks, hints, uri)
    settled = kind or find_kind(title, blocks, hints)
    dates = dated_facts(text)
    signed = [d.value for d in dates if d.role == "signed"]
    published = hints.published or next((d.value for d in dates if d.role == "published"), None)
    if settled == "agreement":
        day = signed[-1] if signed else published
    else:
        day = hints.published or _first_line_date(dates, text) or published
    return Facts(
        kind=settled,
        title=title,
        language=language,
        publisher=hints.publisher,
        date=day,
        parties=find_parties(text, language) if settled == "agreement" else (),
        dates=dates,
    )


def _first_line_date(dates: Sequence[DatedFact], text: str) -> date | None:
    """The date printed near the top in a line of its own kind, as reports and newspapers do: short, or led in by "dated"."""
    for fact in dates:
        start = text.rfind("\n", 0, fact.start) + 1
        end = text.find("\n", fact.end)
        line = text[start : end if end >= 0 else len(text)]
        if fact.start <= _HEAD_CHARS and (len(line) <= _DATE_LINE or _DATED.search(text, max(start, fact.start - 20), fact.start)):
            return fact.value
    return None
