"""What a paper says of a term: where it defines it, by the forms in which papers do so, kept in ``define.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Final

import regex

from ingest.records import Block
from kb.answer.skills.summaries.summary_sentences import CLAUSE, label_of
from kb.verify.prompt_injection import addressed_from
from lang.data_files import toml_of
from lang.normalise import search_form
from lang.sentences import sentence_spans

LONGEST = 360
"""Characters of a defining stretch."""
FORMS: Final = ("long", "expands", "means", "named", "defined", "headed", "marked", "is")
"""How a paper may say what a term is, the most outright first: its long name beside it, …, a section that is headed by it, …."""

_QUOTES = "“”„‟\"‘’‚'「」『』«»"
_QUOTED = regex.compile(rf"[“„\"‘「『«](?P<term>[^{_QUOTES}]{{1,60}})[”\"’」』»]|'(?P<term>[^']{{2,60}})'(?!\w)")
_CAPITALS = regex.compile(r"(?<![\p{L}\p{N}])(?:\p{Lu}[\p{Lu}\p{N}&/-]{1,11}|\p{Lu}[\p{Ll}]?\p{Lu}{1,4})(?![\p{L}\p{N}])")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}.’'-]*")
_BRACKETED = regex.compile(r"\s*[(（]\s*(?P<name>[^()（）]{3,120})[)）]")
_JAPANESE_NAME = regex.compile(r"[\p{Han}\p{Katakana}ー・々]{2,40}$")
_AND = regex.compile(r"[,;、，；。.?？]\s*|\s(?:and|और|तथा|एवं|आणि|व)\s|(?:及び|および|また、)")


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a paper says what a term is: ``[start, end)`` of its text, the term at ``[term, term_end)``; ``form`` is one of `FORMS`.

    ``name`` is the long name that stands there for an abbreviation, at ``[name_start, name_end)``; "" where none does.
    """

    form: str
    start: int
    end: int
    term: int
    term_end: int
    name: str = ""
    name_start: int = 0
    name_end: int = 0


def abbreviations(text: str) -> list[str]:
    """The words in capitals that stand in a text, each once."""
    return list(dict.fromkeys(match[0] for match in _CAPITALS.finditer(text)))


def terms_asked(text: str, matter: str) -> tuple[str, ...]:
    """The terms that a question asks about, best first: what it puts in quotation marks, abbreviations in capitals, else its matter."""
    quoted = [match["term"].strip() for match in _QUOTED.finditer(text)]
    shouted = text.isascii() and text.isupper() and len(_WORD.findall(text)) > 2
    capitals = [] if shouted else abbreviations(text)
    left = " ".join(word for word in _WORD.findall(matter) if search_form(word).text not in asking_words())
    return tuple(dict.fromkeys(term for term in (*quoted, *capitals, *([] if quoted or capitals else [left])) if len(term) > 1))


def definition_in(term: str, text: str, outline: Sequence[Block]) -> Definition | None:
    """Where a paper says most outright what a term is; the first of several that say it alike. None where it does not."""
    if not _as_term(term).search(text):
        return None
    best: Definition | None = None
    for block in outline:
        if block.role in ("title", "heading") or addressed_from(text[block.start : block.end]) is not None:
            continue
        for found in _in_block(term, text, block):
            if best is None or FORMS.index(found.form) < FORMS.index(best.form):
                best = found
    return best


def asks_more(text: str, terms: Sequence[str]) -> str:
    """What a question asks beside the meaning of its terms, in a part of its own: "…, and what is it made of?"; "" for no more."""
    parts = [part for part in _AND.split(text) if not any(mentions(term, part) for term in terms)]
    left = [word for part in parts for word in _WORD.findall(part) if search_form(word).text not in asking_words()]
    return " ".join(parts).strip() if left else ""


def defines(heading: str) -> bool:
    """Whether a heading is that of definitions."""
    return any(word in search_form(heading).text for word in _stored()["headings"]["words"])


def mentions(term: str, text: str) -> bool:
    """Whether a text names a term."""
    return _as_term(term).search(text) is not None


def _in_block(term: str, text: str, block: Block) -> Iterator[Definition]:
    whole = text[block.start : block.end]
    if not mentions(term, whole):
        return
    headed = any(search_form(label_of(part)).text == search_form(term).text for part in block.path)
    defining = any(defines(part) for part in block.path)
    for start, end in sentence_spans(whole, block.language):
        said = whole[start:end]
        for match in _as_term(term).finditer(said):
            form, name = _form(term, said, match, defining, headed)
            if form:
                yield _made(form, name, block.start + start, said, match)
                break


def _made(form: str, name: tuple[int, int] | None, at: int, said: str, match: regex.Match[str]) -> Definition:
    start, end = _stretch(said, min(match.start(), name[0] if name else match.start()), max(match.end(), name[1] if name else match.end()))
    places = (at + start, at + end, at + match.start(), at + match.end())
    return Definition(form, *places, said[name[0] : name[1]], at + name[0], at + name[1]) if name else Definition(form, *places)


def _form(term: str, said: str, match: regex.Match[str], defining: bool, headed: bool) -> tuple[str, tuple[int, int] | None]:
    """In which form a sentence says what the term in it is, and where the long name stands; "" where in none."""
    name = _long_name(term, said, match)
    if name is not None:
        return "long", name
    for form in ("expands", "means", "named"):
        if any(pattern.search(said) for pattern in _patterns(form, term)):
            return form, None
    if defining and match.start() <= 12:
        return "defined", None
    if headed:
        return "headed", None
    for form in ("marked", "is"):
        if any(pattern.search(said) for pattern in _patterns(form, term)):
            return form, None
    return "", None


def _long_name(term: str, said: str, match: regex.Match[str]) -> tuple[int, int] | None:
    """Where the name stands that an abbreviation is short for: before it in brackets, or in brackets after it.

    The letters must be found in the name in order, the first at the start of a word (Schwartz and Hearst, 2003).
    """
    letters = [c.casefold() for c in term if c.isalnum()]
    if not term.isascii() or not 2 <= len(letters) <= 10 or sum(c.isupper() for c in term) < 2:
        return None
    after = _BRACKETED.match(said, match.end())
    if after is not None and (fit := _fits(letters, after["name"])) is not None:
        return after.start("name") + fit, after.end("name")
    opened = max(said.rfind("(", 0, match.start()), said.rfind("（", 0, match.start()))
    if opened < 0 or match.start() - opened > 40:
        return None
    before = said[:opened].rstrip()
    japanese = _JAPANESE_NAME.search(before)
    if japanese is not None:
        return japanese.span()
    words = [m.start() for m in _WORD.finditer(before)][-(len(letters) + 6) :]
    first = words[0] if words else 0
    fit = _fits(letters, before[first:])
    return (first + fit, len(before)) if fit is not None else None


def _fits(letters: Sequence[str], name: str) -> int | None:
    """Where in a text the shortest name begins whose words hold the letters in order up to its end; None where they do not."""
    at, low = len(name), name.casefold()
    for place in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and not (low[at] == letters[place] and (place > 0 or at == 0 or not low[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return at if len(name) - at > len(letters) + 2 else None


def _stretch(said: str, start: int, end: int) -> tuple[int, int]:
    """The sentence, or where it is long the clauses of it around the term."""
    if len(said) <= LONGEST:
        return 0, len(said)
    cuts = [0, *(m.end() for m in CLAUSE.finditer(said)), len(said)]
    stop = next(cut for cut in cuts if cut >= end)
    begin = next((cut for cut in cuts if cut <= start and stop - cut <= LONGEST), start)
    later = [cut for cut in cuts if stop < cut <= begin + LONGEST]
    begin += len(said[begin:]) - len(said[begin:].lstrip())
    return begin, later[-1] if later else stop


@lru_cache(maxsize=256)
def _as_term(term: str) -> regex.Pattern[str]:
    """The term as it stands in a text, with its quotation marks; an abbreviation only in its own letters, and words with their endings."""
    words = [regex.escape(word) for word in term.split()]
    joined = r"\s+".join(words)
    japanese = regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", term) is not None
    edge = ("", "") if japanese else (r"(?<![\p{L}\p{M}\p{N}])", r"(?:['’]?s|es)?(?![\p{L}\p{N}])")
    exact = term.isascii() and term.isupper()
    return regex.compile(rf"[{_QUOTES}]?{edge[0]}(?:{joined}){edge[1]}\p{{M}}*[{_QUOTES}]?", 0 if exact else regex.I)


@lru_cache(maxsize=512)
def _patterns(form: str, term: str) -> tuple[regex.Pattern[str], ...]:
    flat = _as_term(term).pattern
    quoted = flat.replace(f"[{_QUOTES}]?", f"[{_QUOTES}]")
    flags = 0 if term.isascii() and term.isupper() else regex.I
    return tuple(
        regex.compile(pattern.replace("{term}", flat).replace("{quoted}", quoted), flags) for pattern in _stored()["pattern"][form]
    )


@cache
def asking_words() -> frozenset[str]:
    """Words that only ask for a meaning, on the search form."""
    return frozenset(search_form(word).text for word in _stored()["asking"]["words"])


_stored = partial(toml_of, "kb.answer.skills", "definition_forms.toml")
