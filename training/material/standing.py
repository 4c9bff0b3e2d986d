"""Whether a line can stand on a slide by itself: it leans on no other sentence, and belongs to no paper's frame.

Function words are told by lists, for they are few in every language: words that point ("there", त्यापैकी, 以後), words of whoever writes
(we, आम्ही), words that join on to what went before. A logistic rule weighs these with a line's shape; ``standing.json`` holds what
``python -m eval standing --write`` fitted on lines that people judged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import regex

from kb.answer.scoring.candidates import refers_back
from lang.languages import Language
from lang.sentences import sentence_spans
from lang.words.search_tokens import script

_W: Final = r"(?<![\p{L}\p{M}])"
_E: Final = r"(?![\p{L}\p{M}])"
_NOT_A_DAY: Final = r"(?! (?:दिन|दिवशी|शाम|रात|वर्ष|वर्षी|महीने|महिन्यात|समय|वेळी))"
_POINTS: Final[Mapping[Language, regex.Pattern[str]]] = {
    "en": regex.compile(
        r"(?<!^)(?<!\b(?:that|and|but|if|when|while|since|as|so|or|because) )\bthere\b|^there (?!is|are|was|were|has"
        r"|have|had|will|shall|may|can|must|should)|\b(?:these|those|such)\b"
        r"|\b(?:above|aforesaid|former|latter|remaining|meanwhile|thereafter|thereof|herewith|hereby|attached)\b|\bthe (?:said|other) "
        r"|\bthe same (?!time\b|day\b)|\bunder \p{Nd}+\.\p{Nd}+|\bthis (?:Article|clause|letter)\b",
        regex.I,
    ),
    "mr": regex.compile(
        rf"{_W}(?:तेथे|तेथेही|तेथील|तेथून|तिथे|तिथले|त्यापैकी|त्यांपैकी|यापैकी|उर्वरित|उरलेल्या|उरलेली|उरलेले|सदर|वरील"
        rf"|उपरोक्त|सोबत जोड\p{{Devanagari}}*|या दोन|या तीन"
        rf"|अशी|असे|अशा|याच|त्याच{_NOT_A_DAY}){_E}"
    ),
    "hi": regex.compile(
        rf"{_W}(?:वहाँ|वहां|वहीं|इन्हीं|उन्हीं|इन दो|इन तीन|इन चार|ऐसी|ऐसे|ऐसा|बाक़ी दो|उक्त|उपरोक्त|उपर्युक्त"
        rf"|निम्नलिखित|संलग्न|(?:इसी|उसी){_NOT_A_DAY}){_E}"
    ),
    "ja": regex.compile(r"これら|それら|前記|上記|上述|標記|当該|同条|同項|残る\p{Nd}|当時|(?<![\p{Han}])[甲乙丙](?!\p{Han})|[乙丙]案"),
}
"""Words that point to something said before, wherever they stand in the first clause, by language."""
_OPENS: Final[Mapping[Language, regex.Pattern[str]]] = {
    "en": regex.compile(
        r"(?:\w+ )?(?:It|They|He|She|Its|Their|His|Her|Them)\b|(?:This|That|One|Another|Both|Neither|Others|None)\b"
        r"|(?:But|And|Or|So|Yet|Nor|Hence|Then|However|Therefore|Otherwise|Also|Still|Instead|Likewise|Thereafter|Meanwhile|As to)\b",
        regex.I,
    ),
    "mr": regex.compile(
        rf"(?:[\p{{L}}\p{{M}}]+ ){{0,2}}(?:त्यां(?:च्या|चे|ची|चा|ना|नी|च्याकडून|च्यासाठी)|त्या(?:स|ला|चा|ची|चे|च्या|त"
        rf"|तील|वर|नंतर|साठी)?|तिने|तिला|ती|तो|हा आकडा|दोन्ही){_E}"
        rf"|(?:पण|परंतु|मात्र|तर|म्हणून|तसेच|आणि|व|तरीही|मग|यामुळे|त्यामुळे|इतर|दुसरा|दुसरी|दुसरे){_E}"
    ),
    "hi": regex.compile(
        rf"(?:[\p{{L}}\p{{M}}]+ ){{0,2}}(?:उन(?:में|के|का|की|से|को)|उन्हें|उन्होंने|उस(?:के|का|की|से|में|ने|े)?|इन(?:में"
        rf"|के|का|की|से)|इस(?:में|के|का|की|से)|इससे){_E}"
        rf"|(?:पर|परंतु|लेकिन|किंतु|मगर|और|तथा|इसलिए|अतः|तो|फिर|बाद में|दूसरा|दूसरी|दूसरे){_E}"
    ),
    "ja": regex.compile(
        r"(?:以後|以来|一方|その|この|これ|それ|ここ|そこ|また|ただし|なお|しかし|さらに|そして|翌年|同年|同月|同日|残る|残り|うち|いずれ|どちら|前者|後者|第二|二つ目|次に|同市|両市|他の)"
    ),
}
"""How a line opens that goes on from another: with a pronoun among its first words, or a word that joins."""
_THERE_IS: Final = regex.compile(r"There (?:is|are|was|were|has been|have been|will be)\b")
_CLAUSE: Final = regex.compile(r"(?:[,;:，；：](?!\p{Nd})|、| [–—] )")
_WRITER: Final[Mapping[Language, regex.Pattern[str]]] = {
    "en": regex.compile(r"\b(?:we|our|ours|us|I|my|you|your|yours)\b", regex.I),
    "mr": regex.compile(rf"{_W}(?:आम्ही|आम्हाला|आमच्या|आमचे|आमची|आमचा|आपल्या पत्र\p{{Devanagari}}*|मी|माझ्या){_E}"),
    "hi": regex.compile(rf"{_W}(?:हम|हमें|हमारे|हमारी|हमारा|हमने|मैं|मेरा|मेरी|मेरे|मुझे){_E}"),
    "ja": regex.compile(r"私(?!立|学|費|有|物|道)|我々|弊社|当社|貴(?:市|局|殿|社)|申し上げ|ございます|いただきまし"),
}
"""Words of whoever wrote the paper, or is written to."""
_LABELLED: Final = regex.compile(r"^\s*[^\s:：.。।,、]{1,24}(?: [^\s:：.。।,、]{1,24}){0,3} ?[:：]\s*\S")
"""A line that begins with what it is ("Copy to: …", "संदर्भ : …", "अवधि : …")."""
_QUESTION: Final = regex.compile(r"[?？]['\"”’」』）)]*\s*$|(?:ですか|ますか|でしょうか)。?\s*$")
_RIGHTS: Final = regex.compile(
    r"©|\(c\)|CC BY|Creative Commons|\blicen[cs]e[ds]? under|\bcopyright|all rights reserved|\bmay be (?:copied"
    r"|reproduced)\b|liability for (?:the )?use"
    r"|प्रताधिकार|कॉपीराइट|सर्वाधिकार|गैर-व्यावसायिक|अव्यावसायिक|無断|複製|転載|著作権|免責",
    regex.I,
)
_BLANKS: Final = regex.compile(r"_{3,}|\.{4,}|…{2,}|\p{Nd}\.\s*$")
_FORM: Final = regex.compile(r"_{3,}|\.{6,}")
_ITSELF: Final = regex.compile(
    r"\s*(?:(?:This|The present) (?:report|note|circular|paper|document|booklet|leaflet|handout|order)\b|本(?:報告|報告書"
    r"|書|資料|稿|通知)(?![\p{Han}])"
    r"|(?:Issued|Published|Prepared|Compiled|Printed|Replaces|Supersedes)\b"
    r"|(?:यह|इस) (?:टिप्पणी|रिपोर्ट|परिपत्र|आदेश|पुस्तिका)|(?:हा|हे|ही|सदर) (?:अहवाल|परिपत्रक|टिप्पणी|टिपण|पुस्तिका|आदेश))"
)
"""A line about the paper itself, or its imprint."""
_IN_FORCE: Final = regex.compile(
    r"\b(?:circular|order|guideline|notice|agreement|procedure)s? (?:comes?|came|takes?|is|will (?:come|be)|shall (?:come|be))"
    r" (?:into (?:force|effect)|effect|in force|effective)\b"
    rf"|{_W}(?:परिपत्रक|परिपत्र|आदेश|कार्यपद्धती|मार्गदर्शिका)\s[^।.]{{0,40}}(?:पासून|से)\s(?:लागू|अमलात|अंमलात|प्रभावी)"
    r"|(?:通知|要綱|要領|手順書?|協定書?)は、?[^。]{0,30}から(?:施行|適用|発効)",
    regex.I,
)
"""From when a paper is in force: of the paper again, and nothing that its topic is learnt by."""
_FOLLOWS: Final[Mapping[Language, regex.Pattern[str]]] = {
    "en": regex.compile(r"\b(?:as follows|the following)\b", regex.I),
    "mr": regex.compile(rf"{_W}(?:पुढीलप्रमाणे|खालील(?:प्रमाणे)?|पुढील (?:सूचना|आदेश|बाबी|अटी|मुद्दे|निर्णय|कार्यवाही|निर्देश)){_E}"),
    "hi": regex.compile(rf"{_W}(?:निम्नलिखित|निम्न|निम्नानुसार){_E}"),
    "ja": regex.compile(r"次の(?:とおり|通り|各号)|以下の(?:とおり|通り)"),
}
"""Words that announce what stands below."""
_NO_ORDER: Final = regex.compile(
    r"\b(?:is|are|was|were|has|have|had|will|shall|may|can|must|should|does|do|did|\p{L}{3,}ed)\b"
    r"|^\W*(?:the|an?|each|every|all|no|any|both|some|most|other|one|two|three|four|five|six|seven|eight|nine|ten|\p{N}+)\b",
    regex.I,
)
"""What an English statement has and an order ("Keep for two years") has not: a verb of its own, or a thing at its beginning."""
_QUOTED: Final = regex.compile(r"^\s*[\"“「『'‘]")
_LOWER: Final = regex.compile(r"^\s*\p{Ll}")
_BRACKET: Final = regex.compile(r"^\s*[(（]")
_FIGURE: Final = regex.compile(r"\p{N}")
_DEFINITE: Final = regex.compile(r"\s*The (?:\p{Nd}|\p{Ll}+ (?:is|are|was|were|has|had|will|rose|fell|of \p{Ll}))")
_TOPIC: Final = regex.compile(r"[はがも]")
_COMMAS: Final = regex.compile(r"[,;、；·•|]")
_FINITE: Final[Mapping[Language, regex.Pattern[str]]] = {
    "en": regex.compile(
        r"\b(?:is|are|was|were|be|been|has|have|had|will|shall|may|can|must|should|do|does|did|\p{L}{2,}(?:ed|es|s))\b", regex.I
    ),
    "mr": regex.compile(
        r"(?:आहे|आहेत|होते|होती|होता|होतो|नाही|नाहीत|ला|ली|ले|ल्या|तो|ते|ती|तात|वे|वा|वी|व्यात|व्या|ईल|तील|णार|ल|नये|नयेत|चे|ता)[.!।]?$"
    ),
    "hi": regex.compile(r"(?:है|हैं|था|थे|थी|थीं|गा|गे|गी|ए|एँ|ें|िए|ना|या|ये|यी|ई|ओ|ो|ता|ते|ती|ा|े|ी)[.!।]?$"),
    "ja": regex.compile(r"(?:[るたいすうだむくつ]|ない|です|ます|せん|でした)。?$"),
}
SIGNS: Final = (
    "points", "points first", "writer", "labelled", "question", "rights", "blanks", "quoted", "lower", "bracket", "figure",
    "commas", "definite", "topicless",
    "verbless", "sentences", "length", "short", "refers", "ja", "en", "hi",
)  # fmt: skip
"""What is seen of a line beside its meaning."""


def points(text: str, language: Language) -> bool:
    """Whether the first sentence of a line points to another one: a later clause may mean what the first one names."""
    spans = sentence_spans(text, language)
    first = text[spans[0][0] : spans[0][1]].strip() if spans else text
    clause = _CLAUSE.split(first, maxsplit=1)[0]
    pattern, opens = _POINTS.get(language), _OPENS.get(language)
    back = refers_back(clause) and _THERE_IS.match(clause) is None
    if back or (pattern is not None and pattern.search(clause) is not None):
        return True
    return opens is not None and opens.match(first) is not None


def of_rights(text: str) -> bool:
    """Whether a text tells who may copy a paper: none of its paragraph is a matter to teach."""
    return _RIGHTS.search(text) is not None


def of_writer(text: str, language: Language) -> bool:
    """Whether a line speaks of whoever wrote the paper or is written to, without saying who that is."""
    pattern = _WRITER.get(language)
    return pattern is not None and pattern.search(text) is not None


def signs(text: str, language: Language) -> list[float]:
    """The values of `SIGNS` for a line."""
    spans = sentence_spans(text, language)
    pattern = _POINTS.get(language)
    size = len(text) * (2 if script(text) == "japanese" else 1)
    return [
        float(value)
        for value in (
            pattern is not None and len(pattern.findall(text)), points(text, language), of_writer(text, language),
            _LABELLED.search(text) is not None, _QUESTION.search(text) is not None, _RIGHTS.search(text) is not None,
            _BLANKS.search(text) is not None, _QUOTED.search(text) is not None, _LOWER.search(text) is not None,
            _BRACKET.search(text) is not None, _FIGURE.search(text) is not None, len(_COMMAS.findall(text)) / 5,
            language == "en" and _DEFINITE.match(text) is not None, language == "ja" and _TOPIC.search(text) is None,
            _verbless(text, language), len(spans), np.log1p(size), size < 60, refers_back(text), language == "ja",
            language == "en", language == "hi",
        )
    ]  # fmt: skip


def frame(text: str, language: Language) -> bool:
    """Whether a line is nothing to teach, whatever it is worth: a question, rights, blanks of a form, a letter's own words."""
    if _QUESTION.search(text) or of_rights(text) or _FORM.search(text):
        return True
    of_itself = _ITSELF.match(text) is not None or (_IN_FORCE.search(text) is not None and len(sentence_spans(text, language)) == 1)
    return of_writer(text, language) or of_itself or (_LABELLED.match(text) is not None and _verbless(text, language))


def announces(text: str, language: Language) -> bool:
    """Whether a line speaks of what stands below it."""
    pattern = _FOLLOWS.get(language)
    return pattern is not None and pattern.search(text) is not None


def states(text: str, language: Language) -> bool:
    """Whether a line says something that is so or not: it has a verb, and is no order to the reader in English."""
    return not _verbless(text, language) and (language != "en" or _NO_ORDER.search(text) is not None)


@cache
def weights() -> Mapping[str, Any]:
    """What was fitted: ``alone`` by `SIGNS`, ``about`` by `training.material.worth.SEEN`, their constants, and ``least``."""
    stored: Mapping[str, Any] = json.loads(resources.files("training.material").joinpath("standing.json").read_text(encoding="utf-8"))
    return stored


def _verbless(text: str, language: Language) -> bool:
    """Whether the last sentence of a line ends without a verb, or in English has none."""
    finite, spans = _FINITE.get(language), sentence_spans(text, language)
    last = text[spans[-1][0] : spans[-1][1]].strip() if spans else text
    return finite is not None and finite.search(last) is None
