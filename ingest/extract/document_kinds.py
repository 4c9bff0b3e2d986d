"""What kind of document a text is: an agreement, a best-practice report, news, a report, or something else.

An *agreement* is a text that two or more parties made together: a memorandum, a treaty, a signed framework, and also a joint
statement or joint principles of governments, which nobody signs. What one side says of it, a fact sheet, is a *report*. What one
side orders or lays down (circulars, government resolutions, policies, terms of use, an assembly's declaration) is *other*.
A linear model decides, over pieces of words of the title, the beginning and the end, and what the phrases here say. Its weights are in
``kind_model.json``, which ``python -m eval kinds --write`` fitted on openings and endings of papers that others wrote.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import regex

from ingest.records import KINDS, Block, Form, Found, Hints, Kind
from lang.labels import is_article_entry
from lang.token_features import Floats, count_ngrams

PIECES: Final = 1 << 13
"""Columns that the pieces are counted in; after them a column for each kind that the phrases say."""
LEAST: Final = 600
"""Bytes of UTF-8 that a paper has at least for the model to be asked: 600 letters of English, 200 of Marathi, Hindi or Japanese."""
TITLE, HEAD, TAIL = 200, 600, 300
MINUTES: Final = regex.compile(r"\bminutes\b|इतिवृत्त|कार्यवृत्त|議事録|会議録|議事要旨", regex.I)
"""What minutes are called in a title; they are of no kind of their own."""


def is_short(text: str) -> bool:
    """Whether a paper is too short to tell its kind by how it begins and ends."""
    return len(text[: 2 * LEAST].encode()) < LEAST


def likelier(title: str, text: str, said: Kind) -> Kind:
    """The kind that is likelier than all others together; ``said`` where none is, the paper is too short to tell, or nothing was fitted.

    Args:
        title: as it was found.
        text: of the whole paper.
        said: the kind that the phrases say.
    """
    weights = _weights()
    if weights is None or is_short(text):
        return said
    totals = weights[:, :-1] @ kind_features(title, text, text, said) + weights[:, -1]
    chances = np.exp(totals - totals.max())
    best = int(np.argmax(chances))
    return KINDS[best] if chances[best] > chances.sum() / 2 else said


def kind_features(title: str, head: str, tail: str, said: Kind) -> Floats:
    """What the model sees of a paper, shape ``(PIECES + kinds,)``: of ``head`` the beginning, of ``tail`` the end."""
    found = np.zeros(PIECES + len(KINDS))
    head = head.removeprefix(title)
    for place, part in (("t", title[:TITLE]), ("h", head[:HEAD]), ("e", tail[-TAIL:])):
        count_ngrams(found[:PIECES], place, part)
    found[PIECES + KINDS.index(said)] = 1.0
    return found


@cache
def _weights() -> Floats | None:
    """A row for each kind, its bias last; None where nothing was fitted."""
    file = resources.files("ingest.extract") / "kind_model.json"
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    rows = [[*stored["weights"][kind], stored["bias"][kind]] for kind in KINDS]
    weights: Floats = np.asarray(rows, dtype=np.float64) / float(stored["scale"])
    return weights


NO_HINTS = Hints()
"""Of a file that declares nothing."""
_HEAD_CHARS = 1500
_NEWS_CHARS = 6000
_DATELINE_MIN = 80

_AGREEMENT = regex.compile(
    r"\bmemorand(?:um|a) of (?:co-?operation|understanding|agreement)|\bagreement (?:between|on|concerning|for)\b"
    r"|\b(?:treaty|convention|protocol)\b|(?:letter|declaration) of intent"
    r"|(?:सामंजस्य|सहकार्य) करार|करारनामा|सामंजस्य ज्ञापन|(?<!\p{M})करार(?![\p{L}\p{M}])"
    r"|(?:समझौता|सहयोग) ज्ञापन|सहमति पत्र|समझौता(?![\p{L}\p{M}])"
    r"|覚書|協定書|協定|合意書|条約|契約書|基本合意|賃貸借"
    r"|\b(?:lease|tenancy|licence) (?:deed|agreement)\b|\blease of\b|भाडेपट्ट|भाडेकरार|किरायानामा|पट्टा विलेख",
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
    r"|अहवाल|इतिवृत्त|कार्यवृत्त|श्वेतपत्रिका|रिपोर्ट|प्रतिवेदन|報告|白書|調査結果|議事録|会議録",
    regex.I,
)
_ATTENDED = regex.compile(
    r"\b(?:present|in attendance|attendees|apologies)\b\s*[:：]|^\W*(?:उपस्थित|उपस्थिती|हजर|अनुपस्थित)|出席者?|欠席者?", regex.I | regex.M
)
"""A list of who attended, which minutes have and news of a meeting have not."""
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
BYLINE = regex.compile(
    r"\b(?:by|from) (?:our|a|the) (?:[a-z-]+ ){0,4}(?:correspondent|reporter)"
    r"|\bstaff reporter\b|\bour bureau\b|\bexpress news service\b"
    r"|आम(?:च्या|चे) (?:[\p{L}\p{M}]+ )?प्रतिनिधी|(?:आमच्या|विशेष|शहर|खास) (?:वार्ताहर|बातमीदार)|वृत्तसेवा"
    r"|हमारे (?:[\p{L}\p{M}]+ )?(?:संवाददाता|प्रतिनिधि)|(?:विशेष|नगर) संवाददाता|(?:本紙|支局|社会部)(?:の)?記者|【[^】]{1,12}(?:記者|支局)】"
    r"|(?<![\p{L}\p{M}])(?:प्रतिनिधी|वार्ताहर|बातमीदार|संवाददाता|प्रतिनिधि|correspondent|reporter)\s?[:：]|(?<!\p{Han})(?:記者|文責)\s?[:：]"
    r"|[(（]\s?(?:आमच्या |हमारे )?(?:प्रतिनिधी|वार्ताहर|बातमीदार|संवाददाता)\s?[)）]"
    r"|[(（][^()（）\n]{0,8}(?:報道部|支局|社会部|政治部|経済部)[・　 /]?[^()（）\n]{0,12}[)）]",
    regex.I,
)
"""The line that says who wrote a story; it stands in nothing but newspapers."""
_BYLINE_CHARS, _CREDIT_CHARS = 600, 300
"""Characters at the beginning and at the end of a paper in which it stands."""
_NOTICE = regex.compile(
    r"^\W*(?:public |e-?)?(?:tender )?notice\b|^\W*(?:जाहीर|सार्वजनिक|निविदा|ई-निविदा|आम) (?:सूचना|निविदा)"
    r"|^\W*(?:公告|入札公告|お知らせ)",
    regex.I,
)
"""A notice is what its office says, and no news of it."""
JOINT_TITLE = regex.compile(
    r"\bjoint (?:[\p{L}’']+\s){0,2}(?:statement|declaration|communiqu[eé]|announcement|vision)"
    r"|\bleaders[’']? (?:joint )?(?:statement|declaration|vision)"
    r"|संयुक्त (?:निवेदन|वक्तव्य|बयान|घोषणा|जाहीरनामा)|共同(?:声明|宣言|発表|コミュニケ)",
    regex.I,
)
_JOINT_PRINCIPLES = regex.compile(r"\b(?:principles|declaration|vision|charter)\b|宣言|原則|घोषणा|जाहीरनामा", regex.I)
_ONE_VOICE = regex.compile(
    r"\bwe,? the (?:leaders|ministers|governments)|\bthe [^.\n]{3,80}? countries\b[^.]{0,120}?\b(?:affirm|commit|declare|agree)", regex.I
)
_SIGNED = regex.compile(
    r"^(?:signed|done|executed)\b[^\n]{3,120}$|^in witness whereof|स्वाक्षरी करण्यात (?:आली|आल्या)|हस्ताक्षर(?:ित)? किए? गए?|署名の上|証するため",
    regex.I | regex.M,
)
_FOR_PARTY = regex.compile(
    r"\bfor (?:and on behalf of|the government|the ministry|the [\p{L} ]{3,60}:?$)|च्या वतीने|की ओर से|^[甲乙][\s:：]", regex.I | regex.M
)
_OFFICIAL = regex.compile(
    r"परिपत्रक? (?:क्र|सं)|शासन (?:निर्णय|परिपत्रक|शुद्धिपत्रक) क्र|अधिसूचना (?:क्र|सं)|कार्यालय(?:ीन)? (?:आदेश|ज्ञापन)|(?:circular|office memorandum"
    r"|government resolution|notification) (?:no|number)\b|件\s?名\s*[:：]|第\s?\p{Nd}+\s?号\s*$",
    regex.I | regex.M,
)

_FORMS: tuple[tuple[Form, str], ...] = (
    ("letter_of_intent", r"letter of intent|इरादापत्र|आशय पत्र|意向書"),
    ("fact_sheet", r"fact[\s_-]*sheet|ファクトシート"),
    ("joint_statement", JOINT_TITLE.pattern),
    ("government_resolution", r"government resolution|शासन निर्णय|शासनादेश"),
    ("circular", r"\bcircular\b|office memorandum|परिपत्रक?|कार्यालय(?:ीन)? (?:ज्ञापन|आदेश)"),
    ("memorandum", r"memorand(?:um|a) of|\bMO[UC]s?\b|सामंजस्य (?:करार|ज्ञापन)|सहकार्य करार|(?:समझौता|सहयोग) ज्ञापन|सहमति (?:पत्र|ज्ञापन)|覚書"),
    ("rules", r"\b(?:polic(?:y|ies)|terms of (?:use|service)|(?:privacy )?notice|rules|regulations?|by-?laws?|guidelines?)\b|धोरण|नियमावली"
              r"|अधिनियम|नीति(?![\p{L}\p{M}])|規程|規約|規定|条例|要綱|規則|ポリシー|プライバシーに関する通知"),
    ("notification", r"\bnotification\b|अधिसूचना|[（(](?:通知|通達)[)）]|通知$|告示|通達|件\s?名\s*[:：]"),
    ("agreement", r"\b(?:agreement|treaty|convention|protocol|arrangement|framework|deal)\b|करार(?:नामा)?(?![\p{L}\p{M}])|समझौता|अनुबंध"
                  r"|協定書?|条約|契約書|合意書|取決め"),
    ("declaration", r"\b(?:declaration|principles|charter)\b|जाहीरनामा|घोषणा|宣言|憲章"),
    ("report", r"\breport\b|white paper|\bsurvey\b|minutes|case stud|अहवाल|रिपोर्ट|प्रतिवेदन|報告|白書|事例"),
)  # fmt: skip
_FORM_PATTERNS = tuple((form, regex.compile(pattern, regex.I | regex.M)) for form, pattern in _FORMS)
_KIND_FORMS: dict[Kind, tuple[Form, ...]] = {
    "agreement": ("letter_of_intent", "joint_statement", "memorandum", "agreement", "declaration"),
    "report": ("fact_sheet", "report"),
    "best_practice": ("report",),
    "news": (),
    "other": ("circular", "government_resolution", "notification", "rules", "declaration"),
}


def find_form(text: str, title: Found[str], kind: Kind) -> Found[Form] | None:
    """What the paper calls itself: in its title, else in its opening. Only forms that a document of its kind can have."""
    if kind == "news":
        return Found("article", title.text, title.start, title.end, "sure", title.origin)
    wanted = [(form, pattern) for form, pattern in _FORM_PATTERNS if form in _KIND_FORMS[kind]]
    for form, pattern in wanted:
        if match := pattern.search(title.value):
            at = text.find(match.group(), title.start or 0, title.end or len(text))
            return Found(form, match.group(), at, at + len(match.group())) if at >= 0 else Found(form, origin="file")
    for form, pattern in wanted:
        if form != "declaration" and (match := pattern.search(text, 0, _HEAD_CHARS)):
            return Found(form, match.group(), match.start(), match.end(), "likely")
    return None


def _has_dateline(text: str) -> bool:
    pattern = _LATIN_DATELINE if _LATIN_START.match(text) else _DATELINE
    return len(text) >= _DATELINE_MIN and pattern.match(text) is not None


def find_kind(title: str, text: str, blocks: Sequence[Block], hints: Hints) -> Found[Kind]:
    """The kind that the file declares, else what phrases say, with the words that tell; where they say nothing, `kind_model` does."""
    if hints.kind is not None:
        return Found(hints.kind, origin="file")
    said = by_phrases(title, text, blocks, hints)
    if said.value != "other" or said.text:
        return said
    return replace(said, value=likelier(title, text, said.value))


def by_phrases(title: str, text: str, blocks: Sequence[Block], hints: Hints = NO_HINTS) -> Found[Kind]:
    """What the phrases of title and text say, with the words that tell; ``other`` where they do not say.

    A newspaper writes *about* agreements: the name of one in a title counts only together with an agreement's own formulas.
    """
    articles = len({b.path[0] for b in blocks if b.path and is_article_entry(b.path[0])})
    formulas = {m.group().lower(): m for m in _AGREEMENT_PHRASES.finditer(text)}
    prose = [b.text for b in blocks if b.role == "paragraph"]
    reported = len(_NEWS_WORDS.findall(text[:_NEWS_CHARS])) + any(map(_has_dateline, prose[:6]))
    byline = BYLINE.search(text, 0, _BYLINE_CHARS) or BYLINE.search(text, max(0, len(text) - _CREDIT_CHARS))
    reported += 2 * (byline is not None)
    # One sign alone proves nothing: a policy's "Purpose: …" looks like a dateline.
    looks_reported = articles < 2 and reported >= 2
    published = articles < 2 and hints.published is not None and hints.publisher is not None
    named = _AGREEMENT.search(title)
    opening = _AGREEMENT.search(text, 0, _HEAD_CHARS)
    signed = _SIGNED.search(text) if len(_FOR_PARTY.findall(text)) >= 2 else None
    attended = _ATTENDED.search(text, 0, _HEAD_CHARS)
    first = next(iter(formulas.values()), None)
    official = _OFFICIAL.search(text, 0, _HEAD_CHARS)
    verdicts: tuple[tuple[Kind, object, regex.Match[str] | None], ...] = (
        ("report", _form_is(title, "fact_sheet"), None),
        ("other", official and not signed and not named, official),
        ("agreement", named and (articles >= 2 or (formulas and not looks_reported)), first),
        ("agreement", len(formulas) >= 2 and not looks_reported and opening, opening),
        ("agreement", signed and not looks_reported and (named or opening or first), signed),
        ("agreement", JOINT_TITLE.search(title) and not looks_reported and not published, JOINT_TITLE.search(text, 0, _HEAD_CHARS)),
        ("agreement", _JOINT_PRINCIPLES.search(title) and _ONE_VOICE.search(text, 0, _HEAD_CHARS), _ONE_VOICE.search(text, 0, _HEAD_CHARS)),
        ("report", attended and not byline and (MINUTES.search(title) or MINUTES.search(text[:_BYLINE_CHARS])), attended),
        ("other", _NOTICE.search(title) and not byline, None),
        ("best_practice", _BEST_PRACTICE.search(title), None),
        ("news", looks_reported, _NEWS_WORDS.search(text, 0, _NEWS_CHARS)),
        ("news", published, None),
        ("report", _REPORT.search(title), None),
    )
    for kind, holds, told in verdicts:
        if holds:
            return Found(kind, told.group(), told.start(), told.end()) if told else Found(kind, confidence="likely", origin="file")
    return Found("other", confidence="likely", origin="file")


def _form_is(title: str, form: Form) -> bool:
    return any(name == form and pattern.search(title) is not None for name, pattern in _FORM_PATTERNS)
