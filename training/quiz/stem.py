"""Whether a sentence can be understood by somebody who sees it alone, as a question shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import regex

from lang.codes import Language
from training.papers import Sentence

_LEANS: Final = regex.compile(
    # "We" is somebody whom another sentence names; "this commitment" is in another sentence as well.
    r"\b(?:We|Our|we|our|us|ours)\b|\bthis (?!year|month|week|day|time|century|decade|region)\p{Ll}{3,}"
    r"|\b(?:above-mentioned|aforementioned|aforesaid)\b|\b(?:steps|points|measures) (?:above|below)\b|\bthe following\b"
    r"|\bof (?:them|these|those)\b"
    r"|^(?:Together|For example|In particular|In addition|Additionally|Moreover|Furthermore)\b"
    r"|^(?:However|Therefore|Accordingly|Likewise|Also|Finally)\b"
    r"|(?<![\p{L}\p{M}])(?:आम्ही|आम्हाला|आमच्या|आमचे|हम|हमें|हमारे|हमारी|हमने)(?![\p{L}\p{M}])"
    r"|(?<![\p{L}\p{M}])(?:पुढीलप्रमाणे|खालीलप्रमाणे|निम्नलिखित|उपर्युक्त|उपरोक्त)(?![\p{L}\p{M}])"
    r"|^(?:ただし|一方|さらに|したがって|例えば|たとえば|加えて|まず|最後に)|上記|前記|上述|次の|以下の|私たち|我々|当社|弊社"
)
_SIGNING: Final = regex.compile(r"^(?:Signed|Done) (?:at|in|on)\b|\bin duplicate\b|दोन प्रतींत|दो प्रतियों में|二通(?:を|に)|正本二通", regex.I)
"""The formula over the signatures: what is signed is said elsewhere."""
_CLAUSE: Final = regex.compile(
    r"\b(?:Articles?|Sections?|Clauses?|Paragraphs?|Annex)\s\p{Nd}|(?<![\p{L}\p{M}])(?:कलम|धारा|अनुच्छेद|परिच्छेद)\s\p{Nd}|第\s?\p{Nd}+\s?[条項]",
    regex.I,
)
"""A clause by its number, which is another one in every paper."""
_NO_VERB: Final = regex.compile(r"(?:[^\p{Hiragana}）)」』。！]|こと|もの|とき)(?:（[^（）]*）)?。?$")
"""How a Japanese item of a list ends that is no sentence ("…の表明。")."""
_ROLES: Final[Mapping[Language, regex.Pattern[str]]] = {
    "en": regex.compile(
        r"\b(?:participants?|signatories|signatory|part(?:y|ies))\b|\bthis (?:\p{Lu}[\p{L}-]+|agreement|policy|statement)\b"
        r"|\b(?:the|both|either|each) (?:two )?(?:sides?|leaders|governments|countries)\b",
        regex.I,
    ),
    "mr": regex.compile(r"(?<![\p{L}\p{M}])(?:सहभागी पक्ष|(?:हा|या|सदर) (?:करार|धोरण|परिपत्रक))"),
    "hi": regex.compile(r"(?<![\p{L}\p{M}])(?:यह|इस) (?:नीति|समझौत|ज्ञापन)|(?<![\p{L}\p{M}])पक्ष(?=ों| )"),
    "ja": regex.compile(r"本(?:契約|規約|利用規約|サービス|規程|報告|ポリシー|通知|覚書|協定|条例|市)|皆様|お客様|ユーザー"),
}
"""What a paper calls itself, and those that it is about."""


def stands_alone(text: str, language: Language) -> bool:
    """Whether nothing in a sentence has its meaning in another one."""
    if _LEANS.search(text) or _SIGNING.search(text):
        return False
    return language != "ja" or _NO_VERB.search(text) is None


def names_a_clause(text: str) -> bool:
    """Whether a sentence speaks of a clause by its number, and so must say of which paper."""
    return _CLAUSE.search(text) is not None


class Roles:
    """Which papers say "the Participants", "this Memorandum": where two of one kind do, a sentence does not tell which is meant."""

    def __init__(self, evidence: Iterable[Sentence]) -> None:
        self._papers: dict[tuple[str, str], set[int]] = defaultdict(set)
        for one in evidence:
            for role in _roles(one):
                self._papers[one.info.kind, role].add(one.info.id)

    def clear(self, one: Sentence) -> bool:
        """Whether every role that a sentence names is one in its own paper only."""
        return all(self._papers[one.info.kind, role] <= {one.info.id} for role in _roles(one))


def _roles(one: Sentence) -> set[str]:
    pattern = _ROLES.get(one.language)
    if pattern is None:
        return set()
    # "The two leaders" of one statement may be those of another that says "the leaders".
    return {match[0].casefold().rstrip("s").removeprefix("the ").removeprefix("two ") for match in pattern.finditer(one.text)}
