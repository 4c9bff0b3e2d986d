"""A question that leans on the conversation is made whole: "and who signed for Mizuhara?" says again what was signed.

No language model is needed for it. The question keeps its own words; what it left out is added in brackets: the words of the question
before, without those that asked. `Rewriter` is the port by which something cleverer can take the place of `Carrying`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import regex

from kb.records import Turn
from kb.search.cues import ABOUT, ASKS_ITSELF, OF_THAT, OPENING, POINTING, WANTED, idle
from lang.codes import Language
from lang.lexical import japanese
from lang.lexical.analyse import analyse
from lang.lexical.names import names
from lang.normalise import search_form
from lang.references import references

Reason: TypeAlias = Literal["opening", "pointing", "about", "brief", "clause"]

FEW = 2
"""A question with so few words of its own says too little without the one before."""
WHOLE = 4
"""With so many words of its own, a question that begins with "and" is whole all the same; in Japanese, where a word is a whole run of
nouns, with one fewer."""
NAMED_BEFORE = 3
"""After so many words of its own, "its" means something that the question itself names."""
MANY = 6
"""A question of so many words is searched for as it is, whatever "it" means in it."""
MOST_CARRIED = 12

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
    """A follow-up made whole: the question as it is searched for, what was carried over, and how it was known to be a follow-up."""

    question: str
    carried: tuple[str, ...]
    reason: Reason


class Rewriter(Protocol):
    """Makes a follow-up whole."""

    def rewrite(self, question: str, language: Language, history: Sequence[Turn]) -> Rewritten | None:
        """The question with what it leaves out, or None where it stands by itself; ``history`` is oldest first."""


class Carrying:
    """Carries the words of the question before over to a follow-up."""

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
        reason = leans(question, language)
        if reason is None:
            return None
        carried = _carried(question, language, before, last.answer.language, reason)
        if not carried:
            return None
        carried = _with_wanted(carried, question, language, before, last.answer.language, reason)
        joined = _joined(carried)
        mark = "（{}）" if _CJK.search(question) else " ({})"
        return Rewritten(question.strip() + mark.format(joined), tuple(carried), reason)


def _was_asked(turn: Turn) -> bool:
    return turn.answer.refusal is None or turn.answer.refusal.reason != "bad_question"


def leans(question: str, language: Language) -> Reason | None:
    """Why a question cannot stand by itself; None when it can."""
    spoken = _spoken(question, language)
    own = content(question, language)
    whole = len(own) >= WHOLE - (spoken == "ja") or (len(own) >= 2 and bool(references(question)))
    opening = OPENING[spoken].match(question.strip()) is not None
    pointing = POINTING[spoken].search(question)
    if pointing is not None and len(own) < MANY and len(content(question[: pointing.start()], language)) < NAMED_BEFORE:
        return "pointing"
    if ABOUT[spoken].search(question) is not None and not whole and not references(question):
        return "about"
    if opening and not whole and not references(question):
        return "opening"
    if len(own) <= (1 if spoken == "ja" and not opening else FEW) and not references(question) and not _names_something(question, own):
        return "brief"
    return None


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


def _names_something(question: str, own: Sequence[str]) -> bool:
    """Whether a short question names a thing of its own ("Who is Hoshizora Ren?")."""
    return sum(word[:1].isupper() for word in own) >= FEW or any(word.isupper() and len(word) >= FEW for word in own)


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
    return Rewritten(f"{question[: inner.start()]}{named}{question[inner.end() :]}".strip(), (named,), "clause")


def _stems(words: Sequence[str], language: Language) -> list[str]:
    return [stem for word in words for stem in analyse(word, language).words]


def _joined(words: Sequence[str]) -> str:
    return "、".join(words) if any(_CJK.search(word) for word in words) else " ".join(words)


def _spoken(text: str, language: Language) -> Language:
    """The language whose cues are looked for: that of the question, else of its script."""
    if language != "und" and (language == "ja") == bool(_CJK.search(text)):
        return language
    if _CJK.search(text):
        return "ja"
    return "mr" if regex.search(r"\p{Devanagari}", text) else "en"
