"""What of a paper says nothing by itself: words that only lead to a list, and the lines of its form; kept as data in ``formal.toml``."""

from __future__ import annotations

from functools import cache, partial

import regex

from lang.data_files import toml_of
from lang.normalise import search_form

_LAST = 160
"""Characters at the end of a text in which it may say that something follows."""
_NOTHING = regex.compile(r"[\p{P}\p{S}\s]*$")
_NUMBER = regex.compile(r"(?:^|[\s।.])[(（]?(?:\p{Nd}{1,2}|\p{L}\p{M}*)[.)）]$")
_GOES_ON = regex.compile(r"(?:[;；,、，]|[,;]\s?(?:and|or|तथा|और|व|आणि))$")
_ASKS = regex.compile(r"[?？][\"'”’」』）)]*$")
_ITEM = regex.compile(
    r"(?:[;；,、，]|(?:[,;]\s?(?:and|or|तथा|और|व|आणि))|(?:こと|もの|場合|とき|者|書類|事項|行為|及び|又は)[。]?(?:\s?[(（][^()（）]*[)）][。]?)?)$"
)
_ENDS = regex.compile(r"[.!?。！？।॥][\"'”’」』）)\]]*$")


def is_vague(heading: str) -> bool:
    """Whether a heading says nothing of what stands below it and could stand in any paper: "General", "Annex"."""
    return _folded(heading) in _headings("vague")


def leads_in(text: str) -> bool:
    """Whether a text only leads to what follows it: "The Parties agree as follows."."""
    return any(pattern.search(text.rstrip()[-_LAST:]) for pattern in _patterns("leads_in", "ends"))


def is_item(text: str, before: str = "") -> bool:
    """Whether a text is an item of a list that means something only after the words that lead to the list, and no sentence.

    ``before`` is the item before it: what follows a semicolon is the next.
    """
    said = text.rstrip()
    return (
        _ITEM.search(said) is not None or _ENDS.search(said) is None or said[:1].islower() or _GOES_ON.search(before.rstrip()) is not None
    )


def asks(text: str) -> bool:
    """Whether a text is a question, which says nothing without its answer."""
    return _ASKS.search(text.rstrip()) is not None


def formality(text: str) -> bool:
    """Whether a text is of the form of a paper: its number, who was there, the signature, the foot of a page."""
    said = text.strip()
    return (
        _NOTHING.match(said) is not None
        or any(pattern.match(said) for pattern in _patterns("form", "begins"))
        or any(pattern.search(said) for pattern in _patterns("form", "anywhere"))
    )


def closes(text: str) -> bool:
    """Whether what follows a line at the end of a paper is to whom it is sent, and by whom it is signed."""
    return any(pattern.match(text.strip()) for pattern in _patterns("form", "closes"))


def numbered_off(text: str) -> bool:
    """Whether a text ends with the number of what comes next, or in the middle of a name."""
    return _NUMBER.search(text.rstrip()) is not None


def sums_up(heading: str) -> bool:
    """Whether what stands below a heading is the summary that the paper itself gives."""
    return _folded(heading) in _headings("own")


def _folded(heading: str) -> str:
    return " ".join(search_form(heading).text.split())


@cache
def _headings(table: str) -> frozenset[str]:
    return frozenset(map(_folded, _stored()[table]["headings"]))


@cache
def _patterns(table: str, name: str) -> tuple[regex.Pattern[str], ...]:
    return tuple(regex.compile(pattern, regex.I) for pattern in _stored()[table][name])


_stored = partial(toml_of, "kb.answer.skills.summaries", "formal.toml")
