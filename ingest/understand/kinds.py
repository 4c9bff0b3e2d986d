"""What kind of document a text is: an agreement, a best-practice report, news, a report, or something else."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ingest.records import Block, Hints, Kind
from ingest.understand.labels import is_article_entry

_HEAD_CHARS = 1500
_NEWS_CHARS = 6000
_DATELINE_MIN = 80

_AGREEMENT = regex.compile(
    r"\bmemorand(?:um|a) of (?:co-?operation|understanding|agreement)|\bagreement (?:between|on|concerning|for)\b"
    r"|\b(?:treaty|convention|protocol)\b|(?:letter|declaration) of intent"
    r"|(?:सामंजस्य|सहकार्य) करार|करारनामा|सामंजस्य ज्ञापन|(?<!\p{M})करार(?![\p{L}\p{M}])"
    r"|(?:समझौता|सहयोग) ज्ञापन|सहमति पत्र|समझौता(?![\p{L}\p{M}])"
    r"|覚書|協定書|協定|合意書|条約|契約書|基本合意",
    regex.I,
)
_AGREEMENT_PHRASES = regex.compile(
    r"hereinafter|the (?:Participants|Parties|Signatories|Sides)\b|have (?:reached|agreed)[^.]{0,40}(?:following|as follows)"
    r"|in witness whereof|(?:signed|done) (?:at|in) .{0,60}(?:duplicate|copies)"
    r"|यापुढे [“\"‘']|सहभागी पक्ष|उभय पक्ष|पुढीलप्रमाणे सामंजस्य|दोन प्रतींत|एतद्द्वारा|दोनों पक्ष|निम्नलिखित (?:सहमति|समझ)|जिसे आगे"
    r"|[（(]以下「|以下のとおり(?:合意|協定)|甲(?:は|及び|と)乙|本覚書|本協定",
    regex.I,
)
_BEST_PRACTICE = regex.compile(
    r"best[- ]practices?|good practices?|practice report|case stud(?:y|ies)|lessons learn(?:ed|t)|success stor(?:y|ies)"
    r"|(?:सर्वोत्तम|उत्तम) (?:कार्य)?(?:पद्धत|प्रथा)|यशोगाथा|केस स्टडी|श्रेष्ठ (?:प्रथा|कार्य)"
    r"|好事例|優良事例|ベストプラクティス|事例|実践報告|取り?組み?(?:の|に関する)?(?:紹介|報告)",
    regex.I,
)
_REPORT = regex.compile(
    r"\breport\b|white paper|\bsurvey\b|\bminutes\b|fact[\s_-]*sheet|\bevaluation\b"
    r"|अहवाल|इतिवृत्त|श्वेतपत्रिका|रिपोर्ट|प्रतिवेदन|報告|白書|調査結果|議事録",
    regex.I,
)
# "THANE:", "Tokyo, March 3 —", "ठाणे :", "लहरगड़।", 【東京】 before the first words of the story.
_DATELINE = regex.compile(r"\s*(?:[\p{Devanagari}]{2,20}(?:\s[\p{Devanagari}]{2,20}){0,2}\s?[:।]\s|【[^】]{2,12}】)")
_LATIN_START = regex.compile(r"\s*\p{Latin}")
_LATIN_DATELINE = regex.compile(
    r"\s*(?:\p{Lu}[\p{Lu}.\- ]{2,30}(?:,[^:—–]{0,30})?\s?[:：—–]|\p{Lu}\p{L}+(?:\s\p{Lu}\p{L}+)?(?:,[^:—–]{1,30})?\s?[—–]\s)"
)
_NEWS_WORDS = regex.compile(
    r"\b(?:correspondent|staff reporter|told reporters|news service|press trust|(?:published|updated) on)\b"
    r"|\b(?:said|told) on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|प्रतिनिधी|वृत्तसेवा|वार्ताहर|बातमीदार|असे (?:त्यांनी )?सांगितले|असल्याचे .{0,40}नमूद केले|संवाददाता|ब्यूरो|ने बताया|समाचार|ने कहा कि"
    r"|(?<!\p{Han})(?:記者(?!会見)|本紙)|共同通信",
    regex.I,
)


def _has_dateline(text: str) -> bool:
    pattern = _LATIN_DATELINE if _LATIN_START.match(text) else _DATELINE
    return len(text) >= _DATELINE_MIN and pattern.match(text) is not None


def find_kind(title: str, blocks: Sequence[Block], hints: Hints) -> Kind:
    """The kind that the file declares, else what title and text look like; ``other`` where they do not say.

    A newspaper writes *about* agreements: the name of one in a title counts only together with an agreement's own formulas.
    """
    if hints.kind is not None:
        return hints.kind
    whole = "\n".join(b.text for b in blocks)
    articles = len({b.path[0] for b in blocks if b.path and is_article_entry(b.path[0])})
    formulas = len({m.group().lower() for m in _AGREEMENT_PHRASES.finditer(whole)})
    prose = [b.text for b in blocks if b.role == "paragraph"]
    reported = len(_NEWS_WORDS.findall(whole[:_NEWS_CHARS])) + any(map(_has_dateline, prose[:6]))
    # One sign alone proves nothing: a policy's "Purpose: …" looks like a dateline.
    looks_reported = articles < 2 and reported >= 2
    named = _AGREEMENT.search(title) is not None
    if named and (articles >= 2 or (formulas and not looks_reported)):
        return "agreement"
    if formulas >= 2 and not looks_reported and _AGREEMENT.search(whole[:_HEAD_CHARS]):
        return "agreement"
    if _BEST_PRACTICE.search(title):
        return "best_practice"
    if looks_reported or (articles < 2 and hints.published is not None and hints.publisher is not None):
        return "news"
    if _REPORT.search(title):
        return "report"
    return "other"
