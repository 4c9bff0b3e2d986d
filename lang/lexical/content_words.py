"""The words that a question and a sentence can share."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

import regex

from lang.codes import Language
from lang.lexical.analyse import analyse

Script: TypeAlias = Literal["latin", "devanagari", "japanese", "none"]

_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]")
_DEVANAGARI = regex.compile(r"\p{Devanagari}")
_LATIN = regex.compile(r"\p{Latin}")
DEVANAGARI_WORD = regex.compile(r"\p{Devanagari}+")
_JOINED_IN_JAPANESE = regex.compile(
    r"\p{Latin} ?(?:[のはがをにでとへもや]|から|まで)(?!\p{Hiragana})|(?:ます|です|した|とは)か?[。？?]?\s*$"
)
JOINING = 2
"""Words that ask or join in Devanagari, from which a sentence is in it."""
_PARTICLE = regex.compile(r"\p{Hiragana}{1,2}")

_FUNCTION_WORDS: dict[Language, str] = {
    "en": """
        a an the of to in on at by for from with and or is are was were be been being do does did done has have had it its this that these
        those as what which who whom whose when where why how many much there their his her he she they we you i me my
        not can could will would should may might about into than then also any some such s t if so but more most no name called list
        """,
    "hi": """
        के का की को में से पर ने है हैं था थी थे और या यह वह ये वे इस उस एक कि जो भी ही तो तक लिए साथ द्वारा गया गई गए किया करने कर रहा रही रहे होता होती
        हुआ हुई हुए क्या कौन किस किसने कब कहाँ कहां कितने कितना कितनी कैसे क्यों सा सी किसे किसका किसकी किसके नाम जाता जाती हो होने
        """,
    "mr": """
        आहे आहेत होते होता होती आणि व हा ही हे ते तो ती या त्या एक असे अशी असा की जे जो मध्ये साठी येथे येणार आला आली आले केला केली केले करण्यात करणे
        झाला झाली झाले काय कोण कोणी कोणत्या कोणता कोणती कोणते कधी कुठे कोठे किती कसे कसा कशी का केव्हा नाव यांनी यांच्या यांचे
        """,
    "ja": """
        する ある いる なる こと もの どの どこ なに なん 何 誰 だれ いつ どれ 為る 有る 居る 成る 事 物 何処 何時 どう どんな 言う 呼ぶ
        れる られる それ これ この その
        """,
    "und": "",
}


def script(text: str) -> Script:
    """The script that most of a text is in; a Japanese or Devanagari character counts twice, for it carries more than a Latin letter."""
    counts: dict[Script, int] = {
        "latin": len(_LATIN.findall(text)),
        "devanagari": 2 * len(_DEVANAGARI.findall(text)),
        "japanese": 2 * len(_JAPANESE.findall(text)),
    }
    best = max(counts, key=lambda s: counts[s])
    return best if counts[best] else "none"


def joined_in(text: str) -> Script:
    """The script of what joins the words of a text, however many of these are in another; "none" where neither of ours joins them."""
    if _JOINED_IN_JAPANESE.search(text):
        return "japanese"
    joining = sum(is_function_word(word, "mr") or is_function_word(word, "hi") for word in DEVANAGARI_WORD.findall(text))
    return "devanagari" if joining >= JOINING else "none"


@lru_cache(maxsize=4096)
def content_words(text: str, language: Language) -> tuple[str, ...]:
    """The stems of a text without function words and Japanese particles, in order, with repetitions.

    ``language`` is that of the pool in which texts are compared: question and sentence are analysed alike.
    """
    skip = _function_words(language)
    return tuple(w for w in analyse(text, language).words if w not in skip and not _PARTICLE.fullmatch(w))


@lru_cache(maxsize=4096)
def word_parts(text: str, language: Language) -> tuple[str, ...]:
    """Parts of the words of a text (prefixes, Japanese bigrams), which still match where a stem does not."""
    return analyse(text, language).parts


def is_function_word(word: str, language: Language) -> bool:
    """Whether a word (case-folded) asks or joins more than it says: *which*, है, *of*."""
    return word in _function_words(language)


@lru_cache(maxsize=8)
def _function_words(language: Language) -> frozenset[str]:
    own = _FUNCTION_WORDS[language] + " " + _FUNCTION_WORDS["en"]
    return frozenset(own.split()) | frozenset(analyse(own, language).words)
