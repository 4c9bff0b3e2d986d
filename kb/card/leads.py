"""Lists of duties: a heading or the words that lead a list in say who does what its items name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import regex

from ingest.records import Block
from kb.card.actors import DEV_BODY, EN_BODY, JA_BODY, Actors
from kb.card.records import Force
from lang.codes import Language
from lang.data_files import toml_of
from lang.labels import read_item

_FORCES: Mapping[str, Force] = {"will": "will", "should": "should"}
"""Of the words of duty that lead in a list; all others, and headings, say that it must be done."""
_LONGEST = 260
_EN_BODY = regex.compile(rf"(?:^|\s)(?:{EN_BODY})$", regex.I)
_JA_BODY = regex.compile(rf"(?:{JA_BODY})$")
_ARTICLE = regex.compile(r"^(?:the|each|every|both|all)\s+(?:of\s+the\s+)?", regex.I)
_BRACKETED = regex.compile(r"^[(（「](.+)[)）」]$")
_NUMBERED = regex.compile(r"^(?:(?:कलम|article|section|clause|part|第)\s*)?\p{Nd}+(?:\.\p{Nd}+)*\s*(?:条|章|節)?\s*[.):：–—-]*\s*", regex.I)
_ORDINAL = r"(?:(?:पहिला|दुसरा|प्रथम|द्वितीय|तृतीय)\s+)?"


class Leads:
    """Goes through the blocks of a paper in order and knows, of each item of a list, on whom its heading or lead-in lays it."""

    def __init__(self, actors: Actors) -> None:
        self._actors = actors
        self._led: tuple[str, Force] | None = None
        self._under: tuple[str, ...] = ()

    def over(self, block: Block, language: Language) -> tuple[str, Force] | None:
        """Who does what an item of a list names, and with what force; None for what is no item, or stands in no such list."""
        if self._led is not None and block.path[: len(self._under)] != self._under:
            self._led = None
        item = block.role == "list_item" or read_item(block.text) is not None
        if not item:
            self._led = None
            return None
        if self._led is not None:
            return self._led
        for heading in reversed(block.path):
            if actor := self._read("heading", heading, language)[0]:
                return actor, "shall"
        return None

    def leads(self, block: Block, language: Language) -> bool:
        """Whether a block only leads in a list of what somebody does; what follows is then laid on them."""
        actor, force = self._read("lead", block.text, language)
        if not actor:
            return False
        self._led, self._under = (actor, force), block.path
        return True

    def _read(self, kind: str, text: str, language: Language) -> tuple[str, Force]:
        shown = " ".join(text.split())
        if len(shown) > _LONGEST:
            return "", "shall"
        item = read_item(shown)
        shown = shown[len(item.printed) :].strip() if item is not None else shown
        shown = _NUMBERED.sub("", shown)
        if (inside := _BRACKETED.match(shown)) is not None:
            shown = inside[1]
        for pattern in _patterns(kind, language):
            if (match := pattern.match(shown)) is not None and (actor := self._named(match["who"].strip(), language)):
                return actor, _FORCES.get(match.groupdict().get("force") or "", "shall")
        return "", "shall"

    def _named(self, who: str, language: Language) -> str:
        """The party, office or body that words name, in the nominative; "" where they name none."""
        if language in ("mr", "hi"):
            return self._devanagari(who)
        if language == "ja":
            return who if who in self._actors.names or _JA_BODY.search(who) else ""
        said = _ARTICLE.sub("", regex.split(r",\s+", who)[-1]).strip()
        head = regex.split(r"\s+(?:of|for|at|in)\s+", said)[0]
        return said if said and (self._actors.known(said) or self._actors.known(head) or _EN_BODY.search(head)) else ""

    def _devanagari(self, who: str) -> str:
        for name in (*sorted(self._actors.names, key=len, reverse=True), *_BODIES):
            stem = regex.escape(regex.sub("[ाीे]$", "", name))
            match = regex.search(rf"(?:^|\s)(?P<lead>{_ORDINAL}){stem}\p{{M}}*(?:ऱ्या\p{{M}}*|या\p{{M}}*)?$", who)
            if match is not None and len(who[: match.start()].split()) <= 4:
                return " ".join(f"{who[: match.start()]} {match['lead']}{name}".split())
        return ""


_BODIES: Sequence[str] = tuple(sorted(DEV_BODY, key=len, reverse=True))


@cache
def _patterns(kind: str, language: Language) -> Sequence[regex.Pattern[str]]:
    stored = toml_of("kb.card", "leads.toml")
    return [regex.compile(one, regex.I) for one in stored[kind].get(language, ())]
