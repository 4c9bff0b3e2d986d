"""What kind of thing a question asks for (a date, number, person or place), and whether a sentence holds such a thing.

Beside it of which matters a text speaks, in any of the four languages: signing, cost, the last day to apply (``matters.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import Literal, TypeAlias

import regex

from lang.data_files import toml_of
from lang.normalise import search_form

AnswerType: TypeAlias = Literal["date", "number", "person", "place"]

_ASKS: tuple[tuple[AnswerType, regex.Pattern[str]], ...] = (
    (
        "date",
        regex.compile(
            r"\b(?:when|(?:what|which|the last|the first|the closing) (?:year|date|day|month|century|decade))\b"
            r"|(?<![\p{L}\p{M}])(?:कब|कधी(?:पासून|पर्यंत)?|केव्हा(?:पासून|पर्यंत)?)(?![\p{L}\p{M}])"
            r"|(?:किस|कौन से|कौन सी|कोणत्या|कुठल्या) (?:वर्ष|साल|तारीख|दिन|दिनांक|महीने|सदी|तारखे|दिवशी|दिवस|महिन्या|शतका)"
            r"|(?:तारीख|तिथि|दिनांक) (?:क्या|कोणती|काय)|いつ|何年(?!間|ごと|おき|です|有効)|何月|何日|何世紀|何曜日",
            regex.IGNORECASE,
        ),
    ),
    (
        "number",
        regex.compile(
            r"\bhow (?:many|much|long|old|large|big|far|high|tall|fast|often)\b|\bwhat (?:does|did|do|will|would) (?:[\p{L}-]+ ){1,5}cost\b"
            r"|\b(?:what|which) (?:percent|percentage|number|amount|share|proportion)\b"
            r"|(?<![\p{L}\p{M}])(?:कितन[ािीे]|किती)|प्रतिशत|टक्के"
            r"|いくつ|いくら|どれ(?:くらい|ぐらい|ほど|だけ)|どの(?:くらい|ぐらい|程度)"
            r"|何(?:年間|年ごと|年おき|年(?=です)|週間|日間|か月|ヶ月|カ月|基|校|戸|世帯|名|種類|か所|箇所|人|個|位|%|％|パーセント|回|件|本|円|度|倍|番|歳|つ|台|社|メートル|キロ|分|時間|か国|ヶ国|カ国)",
            regex.IGNORECASE,
        ),
    ),
    (
        "person",
        regex.compile(
            r"\b(?:who|whom|whose|(?:which|what) (?:officer|official|minister|leader|engineer|person|man|woman))\b"
            r"|誰|だれ|どなた|何者|どの(?:職員|人物|大臣|担当者)"
            r"|(?<![\p{L}\p{M}])(?:(?<!कौन[ -])कौन(?! स|[ -]कौन)|किसन[ेें]|किसे|किसक[ाीे]|किन्होंने"
            r"|कोण(?![\p{L}\p{M}])|कोणी|कोणाल[ाे]|कोणाच[ेीया]|कुणी)"
            r"|किस (?:अधिकारी|मंत्री|नेता|अभियंता|व्यक्ति)|कोणत्या (?:अधिकाऱ|मंत्र्य|नेत्य|अभियंत्य|व्यक्ती)",
            regex.IGNORECASE,
        ),
    ),
    ("place", regex.compile(r"\bwhere\b|(?<![\p{L}\p{M}])(?:कहाँ|कहां|कुठे|कोठे|कुठल्या ठिकाणी)|どこ|何処", regex.IGNORECASE)),
)

_MONTHS = (
    r"january|february|(?-i:March|May)|april|june|july|august|september|october|november|december"
    r"|जनवरी|फ़रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर"
    r"|जानेवारी|फेब्रुवारी|एप्रिल|मे|जुलै|ऑगस्ट|सप्टेंबर|ऑक्टोबर|नोव्हेंबर|डिसेंबर"
)
_HOLDS: dict[AnswerType, regex.Pattern[str]] = {
    "date": regex.compile(
        rf"(?<!\p{{N}})\p{{Nd}}{{4}}(?!\p{{N}})|\p{{Nd}}+\s*(?:年|月|日|世紀)|(?<![\p{{L}}\p{{M}}])(?:{_MONTHS})(?![\p{{L}}\p{{M}}])"
        r"|century|centuries|\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{2,4}|सदी|शतक|(?:明治|大正|昭和|平成|令和)",
        regex.IGNORECASE,
    ),
    "number": regex.compile(
        r"\p{Nd}|[一二三四五六七八九十百千万億]+(?:人|個|位|回|件|本|円|度|倍|つ|台|社|年|月|日|割)"
        r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|billion"
        r"|half|third|quarter|dozen|percent)\b"
        r"|(?<![\p{L}\p{M}])(?:एक|दो|दोन|तीन|चार|पाँच|पांच|पाच|छह|सहा|सात|आठ|नौ|नऊ|दस|दहा"
        r"|बारह|बारा|बीस|वीस|पचास|पन्नास|सौ|शंभर|हज़ार|हजार|लाख|करोड़|कोटी|आधा|आधे|अर्धा|प्रतिशत|टक्के)",
        regex.IGNORECASE,
    ),
    "person": regex.compile(
        r"(?<=[\p{Ll},] )\p{Lu}[\p{L}'’-]+(?: (?:of |the |de |van )?\p{Lu}[\p{L}.'’-]+)+"
        r"|\b(?:Mr|Mrs|Ms|Dr|Sir|Shri|Minister|President|Director|Commissioner|Professor)\b"
        r"|[\p{Katakana}ー]+[・=＝][\p{Katakana}ー]+|[\p{Han}\p{Katakana}](?:氏|さん|大臣|首相|大統領|市長|知事|長官|教授|博士|社長|会長|委員長|局長)"
        r"|(?<![\p{L}\p{M}])(?:श्री|श्रीमती|डॉ|मंत्री|मंत्र्यां|मिनिस्टर|आयुक्त|महापौर|अध्यक्ष|राष्ट्रपति|राष्ट्राध्यक्ष|प्रधानमंत्री|पंतप्रधान"
        r"|सचिव|संचालक|निदेशक|सीईओ|मेसर्स|यांनी|याने)(?![\p{L}])"
    ),
    "place": regex.compile(
        r"\b(?:in|at|from|near|to|of) (?:the )?\p{Lu}|[\p{Han}\p{Katakana}](?:市|県|都|府|国|州|町|村|区|島|駅|大学|地方|地域)"
        r"|(?<=\p{L}\p{M}*) (?:में|पर|मध्ये|येथे|येथील|इथे)(?![\p{L}\p{M}])|[\p{L}\p{M}]{3,}(?:मध्ये|ात|ामध्ये)(?![\p{L}\p{M}])"
    ),
}


_YES_OR_NO = regex.compile(
    r"\s*(?:is|are|was|were|do|does|did|will|would|shall|should|can|could|may|must|has|have|had) (?!.*\b(?:how|what|which)\b)", regex.I
)
"""What is answered by yes or no also where it says *who* or *when*: "Does the Ministry pay for officers who go abroad?"."""


def asked_for(question: str) -> AnswerType | None:
    """The type of answer that the wording of a question calls for; None when it does not say ("why", "what is", "is it")."""
    if _YES_OR_NO.match(question):
        return None
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), None)


def holds(sentence: str, kind: AnswerType) -> bool:
    """Whether a sentence in any of the four languages holds something of that type."""
    return _HOLDS[kind].search(sentence) is not None


@lru_cache(maxsize=4096)
def matters(text: str) -> frozenset[str]:
    """The matters whose words stand in a text."""
    form = search_form(text).text
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(form))


@cache
def common() -> frozenset[str]:
    """Matters that nearly every sentence touches."""
    return frozenset(_stored()["common"])


@cache
def things() -> frozenset[str]:
    """Matters that can be counted."""
    return frozenset(_stored()["things"])


@cache
def events() -> frozenset[str]:
    """Matters that happen on a day."""
    return frozenset(_stored()["events"])


@lru_cache(maxsize=1024)
def unsettled(text: str) -> str:
    """The words by which a text says that something is a draft, proposed or planned; "" where it does not."""
    found = _unsettled().search(search_form(text).text)
    return found[0] if found else ""


@cache
def _patterns() -> Mapping[str, regex.Pattern[str]]:
    return {name: _pattern(words) for name, words in _stored()["words"].items()}


@cache
def _unsettled() -> regex.Pattern[str]:
    return _pattern(_stored()["unsettled"]["marks"])


_stored = partial(toml_of, "kb.answer.query_understanding", "matters.toml")


def _pattern(words: list[str]) -> regex.Pattern[str]:
    starts = [search_form(w).text if not w.isascii() else w for w in words]
    spaced = [w for w in starts if not regex.match(r"[\p{Han}\p{Katakana}\p{Hiragana}]", w)]
    joined = [w for w in starts if w not in spaced]
    parts = ([rf"(?<![\p{{L}}\p{{M}}])(?:{'|'.join(spaced)})"] if spaced else []) + joined
    return regex.compile("|".join(parts))
