"""A question that leans on the conversation is made whole: "and who signed for Mizuhara?" says again what was signed.

No language model is needed for it. Whether a question leans is told from its vector and a few cues by a logistic model, fitted on messages
of people who had not seen the code (`python -m eval leaning --write`; ``leaning.json``). One that does keeps its own words; what it left
out is added in brackets: the words of the question before, without those that asked. Words that say nothing of what a question is about
stand in ``follow_up.toml``. `Rewriter` is the port by which something cleverer can take the place of `Carrying`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np
import regex

from kb.embed.embedder import FloatVector, bundled_query
from kb.records import Turn
from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.references import references
from lang.words import japanese
from lang.words.names import names
from lang.words.search_tokens import analyse

if TYPE_CHECKING:
    from kb.settings import Settings

_END = r"(?![\p{L}\p{M}\u200c\u200d])"
_START = r"(?<![\p{L}\p{M}\u200c\u200d])"


def _words(text: str) -> str:
    return _START + "(?:" + "|".join(sorted(text.split(), key=lambda w: (-len(w), w))) + ")" + _END


OPENING: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"(?:and|but|or|then|so|also|what about|how about|what else|any other|which of (?:them|these|those))\b", regex.I),
    "mr": regex.compile(r"(?:आणि|पण|परंतु|मग|तसेच|किंवा|शिवाय|नंतर)" + _END),
    "hi": regex.compile(r"(?:और|लेकिन|पर|मगर|फिर|तो|या|साथ ही|इसके अलावा)" + _END),
    "ja": regex.compile(r"では|じゃあ|それでは|それなら|そして|また(?!は)|あと|ちなみに|でも|しかし|なら"),
}
"""What a question begins with that goes on from the one before."""

ABOUT: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"(?:and |but )?(?:what|how) about\b", regex.I),
    "mr": regex.compile(r"(?:चे|चा|ची|बद्दल|बाबत|विषयी)\s*काय\s*\?*\s*$"),
    "hi": regex.compile(r"(?:का|की|के|के बारे में)\s*क्या\s*(?:है)?\s*\?*\s*$"),
    "ja": regex.compile(r"(?:は|については|に関しては|の場合は)\s*(?:どう(?:ですか|なりますか)?)?\s*[?？。]*\s*$"),
}
"""The same question is asked of another thing: "What about Hoshimori?", "होशिमोरीचे काय?", 「星森は？」."""

POINTING: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(
        r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|there|that|those|these|one|ones|the same)\b"
        r"|\b(?:such|the former|the latter)\b"
        r"|\bthis\b(?!\s+\p{L})",
        regex.I,
    ),
    "mr": regex.compile(
        _words(
            """
            त्याची त्याचा त्याचे त्याच्या त्याला त्याने त्यात त्यातील त्यातून त्यावर त्यासाठी त्यामुळे त्यानंतर त्याबद्दल त्याबाबत त्यापैकी त्यानुसार
            तिची तिचा तिचे तिच्या तिला तिने तीत त्यांची त्यांचा त्यांचे त्यांच्या त्यांना त्यांनी त्यांत त्यांपैकी त्यांच्यासाठी
            याची याचा याचे याच्या याला यात यातील यावर यासाठी यामुळे यानंतर याबद्दल याबाबत यापैकी यांची यांचे यांना
            ह्याची ह्याचा ह्याचे तो ती ते त्या तेथे तिथे तेव्हा तसे
            """
        )
    ),
    "hi": regex.compile(
        _words(
            """
            उसका उसकी उसके उसने उसे उसको उसमें उससे उसपर उनका उनकी उनके उन्हें उनको उन्होंने उनमें उनसे वह वे वहाँ वहां तब उस उन
            इसका इसकी इसके इसने इसे इसमें इससे इसपर इनका इनकी इनके इन्हें इन्होंने इनमें यह ये यहाँ यहां ऐसा ऐसी
            """
        )
        + r"|"
        + _START
        + r"(?:इस|इन)\s+(?:पर|में|से)"
        + _END
    ),
    "ja": regex.compile(
        r"それ|その|そこ|そちら|そう(?:です|した)|これ(?!ら?まで|から)|彼女|彼ら?|(?<!\p{Han})同(?:社|氏|市|国|省|委員会)|両者|当時"
    ),
}
"""Words that stand for something said before. A demonstrative before a noun ("हा करार", "this memorandum") is none of them."""

WANTED: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"\b(?:who|whose|when|where|why|how (?:many|much|long|often|far))\b", regex.I),
    "mr": regex.compile(_START + r"(?:कधी\p{L}*|केव्हा|कोणी|कोणाला|कोण|कुठे|कोठे|किती|कसे|कशी)" + _END),
    "hi": regex.compile(_START + r"(?:कब|किसने|किसे|कौन|कहाँ|कहां|कितन[ाीे]|क्यों|कैसे)" + _END),
    "ja": regex.compile(r"いつ|誰|どこ|いくら|なぜ|どれくらい|どのくらい|何\p{Han}{1,2}(?:ごと)?"),
}
"""What a question wants to be told: *when*, किती, いくら."""

ASKS_ITSELF: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(
        r"\b(?:who|whom|whose|when|where|why|how|which|what|whether)\b"
        r"|^(?:and |but |or |then |so )*(?:is|are|was|were|do|does|did|will|would|shall|should|can|could|may|must|has|have|had)\b",
        regex.I,
    ),
    "mr": regex.compile(_START + r"(?:काय|कोण|कधी|केव्हा|कुठ|कोठ|किती|कस|कश|का\s*\?*$)"),
    "hi": regex.compile(_START + r"(?:क्या|कौन|किस|किन|कब|कहाँ|कहां|कितन|कैस|क्यों)"),
    "ja": regex.compile(r"か\s*[。？?]*$|誰|いつ|どこ|何|いくら|なぜ|どれ|どの|どう"),
}
"""A question with a word or form of its own that asks; "And the other pilot?" has none and wants what the question before it wanted."""

OF_THAT: Mapping[Language, regex.Pattern[str]] = {
    "en": regex.compile(r"\b(?:its|their|his|her|whose)\b", regex.I),
    "mr": regex.compile(_START + r"(?:त्याच|तिच|त्यांच|याच|यांच|हिच)[\p{L}\p{M}]"),
    "hi": regex.compile(_START + r"(?:उसक|उनक|इसक|इनक)[\p{L}\p{M}]"),
    "ja": regex.compile(r"その|それらの"),
}
"""Something else of what was spoken of is asked for, "And its yearly cost?", so what the question before wanted is not wanted again."""

_STORED = toml_of("kb.search", "follow_up.toml")
IDLE: Mapping[Language, frozenset[str]] = {language: frozenset(words.split()) for language, words in _STORED["idle"].items()}
"""Words that do not say what a question is about; Japanese ones in the dictionary's normal form."""


@lru_cache(maxsize=8)
def idle(language: Language) -> frozenset[str]:
    """Words that carry no topic in a question of that language."""
    return IDLE.get(language, frozenset()) | IDLE["en"]


Reason: TypeAlias = Literal["opening", "pointing", "about", "brief"]

FEW = 2
"""Without the model, a question with so few words of its own says too little without the one before."""
MOST_CARRIED = 12
DOUBTED = 1.0
"""Log-odds that are added for what is done beside taking a message by itself: of messages that lean one in five seems not to."""

_LATIN = r"(?:(?:\p{Latin}|\p{N})[\p{Latin}\p{M}\p{N}'’.-]*(?<![.'’-]))"
_WORD = regex.compile(rf"{_LATIN}|[\p{{Devanagari}}\u200c\u200d]+(?:-[\p{{Devanagari}}]+)*|\p{{N}}+")
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々〆ヶ]")
_DANDA = regex.compile(r"[।॥]")
_INNER = regex.compile(
    r"(?:paragraph|para|clause|sub-?clause|sub-?section|item)\s*\(?\p{N}{1,2}\)?|(?:उपकलम|परिच्छेद|खंड|खण्ड|पैरा|उपधारा)\s*\(?\p{N}{1,2}\)?"
    r"|(?<!条)第?\s?[\p{N}一二三四五六七八九十]{1,3}\s?項",
    regex.I,
)
_JAPANESE_CONTENT = ("名詞", "形状詞", "接頭辞", "接尾辞")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A follow-up made whole: the question as it is searched for, and what was carried over."""

    question: str
    carried: tuple[str, ...]


class Rewriter(Protocol):
    """Makes a follow-up whole."""

    def rewrite(self, question: str, language: Language, history: Sequence[Turn]) -> Rewritten | None:
        """The question with what it leaves out, or None where it stands by itself; ``history`` is oldest first."""

    def leaning(self, question: str, language: Language) -> float:
        """How likely a question leans on what was said before it, from 0 to 1."""


def seen_of(settings: Settings, message: str, language: Language) -> FloatVector:
    """What is weighed of a message: its vector by the bundled model, and four cues.

    Whether it points back, asks the same of another thing, begins as one that goes on; one over one more than the words of its own.
    """
    spoken = _spoken(message, language)
    cues = (
        POINTING[spoken].search(message) is not None,
        ABOUT[spoken].search(message) is not None,
        OPENING[spoken].match(message.strip()) is not None,
        1 / (1 + len(content(message, language))),
    )
    return np.append(bundled_query(settings, message), np.array(cues, dtype=np.float32))


def leaning_odds(settings: Settings, message: str, language: Language) -> float:
    """The log-odds that a message leans on the one before."""
    weights, constant = _leaning()
    return float(seen_of(settings, message, language) @ weights) + constant


@cache
def _leaning() -> tuple[FloatVector, float]:
    stored = json.loads(resources.files("kb.search").joinpath("leaning.json").read_text(encoding="utf-8"))
    return np.array(stored["weights"], dtype=np.float32), float(stored["constant"])


class Carrying:
    """Carries the words of the question before over to a follow-up; ``odds`` tells of a message how likely it is one.

    Without that, a message is one that points back, or has hardly a word of its own.
    """

    def __init__(self, odds: Callable[[str, Language], float] | None = None) -> None:
        self._odds = odds

    def rewrite(self, question: str, language: Language, history: Sequence[Turn]) -> Rewritten | None:
        """See `Rewriter`."""
        if not history or not question.strip():
            return None
        last = next((turn for turn in reversed(history) if _was_asked(turn)), None)
        if last is None:
            return None
        before = last.answer.asked_as or last.question
        inner = _clause_of(question, before)
        if inner is not None:
            return inner
        if not self._leans(question, language):
            return None
        reason = way_of(question, language)
        carried = _carried(question, language, before, last.answer.language, reason)
        if not carried:
            return None
        carried = _with_wanted(carried, question, language, before, last.answer.language, reason)
        joined = _joined(carried)
        mark = "（{}）" if _CJK.search(question) else " ({})"
        return Rewritten(question.strip() + mark.format(joined), tuple(carried))

    def leaning(self, question: str, language: Language) -> float:
        """See `Rewriter`."""
        if self._odds is None:
            return float(self._leans(question, language))
        return 1 / (1 + math.exp(-(self._odds(question, language) + DOUBTED)))

    def _leans(self, question: str, language: Language) -> bool:
        if self._odds is not None:
            return self._odds(question, language) > 0
        return way_of(question, language) == "pointing" or len(content(question, language)) <= FEW


def _was_asked(turn: Turn) -> bool:
    return turn.answer.refusal is None or turn.answer.refusal.reason != "bad_question"


def way_of(question: str, language: Language) -> Reason:
    """By what a message leans on the one before."""
    spoken = _spoken(question, language)
    if POINTING[spoken].search(question) is not None:
        return "pointing"
    if ABOUT[spoken].search(question) is not None:
        return "about"
    return "opening" if OPENING[spoken].match(question.strip()) is not None else "brief"


def content(text: str, language: Language) -> tuple[str, ...]:
    """The words of a question that say what it is about, as they stand, in order."""
    skip = idle(_spoken(text, language))
    if _CJK.search(text):
        return _japanese_content(text, skip)
    found = []
    for match in _WORD.finditer(_DANDA.sub(" ", text)):
        word = match.group()
        if word.casefold() not in skip and search_form(word).text not in skip:
            found.append(word)
    return tuple(found)


def _japanese_content(text: str, skip: frozenset[str]) -> tuple[str, ...]:
    """Runs of nouns, each one word: 洪水警報システム, 整備費."""
    runs: list[str] = []
    open_run = False
    for surface, part, normal in japanese.morphemes(text):
        if part in _JAPANESE_CONTENT and normal not in skip and surface not in skip:
            if open_run:
                runs[-1] += surface
            else:
                runs.append(surface)
            open_run = True
        else:
            open_run = False
    return tuple(run for run in runs if regex.search(r"[\p{L}\p{N}]", run))


def _carried(question: str, language: Language, before: str, language_before: Language, reason: Reason) -> list[str]:
    """Words of the question before that the new one lacks, less those whose place it takes."""
    own = content(question, language)
    stems = set(_stems(own, language))
    earlier = list(dict.fromkeys(content(before, language_before)))
    if references(question):
        spans = [search_form(before).text[r.start : r.end] for r in references(before)]
        earlier = [word for word in earlier if not any(search_form(word).text in span for span in spans)]
    new = [word for word in earlier if not set(_stems((word,), language_before)) <= stems]
    if reason in ("about", "opening"):
        replaced = _replaced(earlier, own, stems, language_before)
        if _name_like(own, language):
            replaced |= _name_like(new, language_before)
        # Where that takes everything ("When was the Memorandum signed?" – "And who signed for Mizuhara?"), nothing was replaced.
        new = [word for word in new if word not in replaced] or new
    return new[:MOST_CARRIED]


def _with_wanted(
    carried: list[str], question: str, language: Language, before: str, language_before: Language, reason: Reason
) -> list[str]:
    """The carried words with what the question before wanted, where the new one goes on from it and has no word that asks."""
    spoken = _spoken(question, language)
    goes_on = reason in ("about", "opening") or OPENING[spoken].match(question.strip()) is not None
    if (
        not goes_on
        or OF_THAT[spoken].search(question) is not None
        or ASKS_ITSELF[spoken].search(ABOUT[spoken].sub(" ", question.strip())) is not None
    ):
        return carried
    wanted = WANTED[_spoken(before, language_before)].search(before)
    if wanted is None:
        return carried
    return [*carried, wanted[0]] if _CJK.search(wanted[0]) else [wanted[0].casefold(), *carried]


def _replaced(earlier: Sequence[str], own: Sequence[str], stems: set[str], language: Language) -> set[str]:
    """Earlier words in whose place a new one stands, before a word that both share: "flood-warning" before "pilot"."""
    parts = [set(_stems((word,), language)) for word in earlier]
    leading = set(_stems(own[:1], language))
    return {before for before, here in zip(earlier, parts[1:], strict=False) if here and here <= stems and not here & leading}


def _name_like(words: Sequence[str], language: Language) -> set[str]:
    """Words that name something: capitalised, katakana, or known to the dictionary as a name."""
    found = {word for word in words if word[:1].isupper()}
    for word in words:
        if _CJK.search(word) and names(word, language):
            found.add(word)
    return found


def _clause_of(question: str, before: str) -> Rewritten | None:
    """A paragraph of the article before: "And paragraph 2?" after a question about Article 4."""
    inner, asked = _INNER.search(question), references(before)
    own = references(question)
    if inner is None or not asked or any(one.inside or _INNER.search(question[one.start : one.end]) is None for one in own):
        return None
    form = search_form(before).text
    article = form[asked[0].start : asked[0].end]
    if _CJK.search(article):
        named = f"{article.split('条')[0]}条{inner.group()}"
    else:
        named = f"{regex.split(r'[,(]', article)[0].strip().title()} {inner.group()}"
    return Rewritten(f"{question[: inner.start()]}{named}{question[inner.end() :]}".strip(), (named,))


def _stems(words: Sequence[str], language: Language) -> list[str]:
    return [stem for word in words for stem in analyse(word, language).words]


def _joined(words: Sequence[str]) -> str:
    return "、".join(words) if any(_CJK.search(word) for word in words) else " ".join(words)


def _spoken(text: str, language: Language) -> Language:
    """The language whose cues are looked for: that of the question, else of its script."""
    if language in LANGUAGES and (language == "ja") == bool(_CJK.search(text)):
        return language
    if _CJK.search(text):
        return "ja"
    return "mr" if regex.search(r"\p{Devanagari}", text) else "en"
