"""Obligations in a Japanese sentence: how its last verb ends, and the party or body that は, が or も marks."""

from __future__ import annotations

import regex

from kb.agreements.card_records import Force
from kb.agreements.extraction.actors import ENDS_IN_JA_BODY, JA_BODY, Actors, Said
from kb.agreements.extraction.deadlines import deadlines_in

_FORMS: tuple[tuple[Force, str], ...] = (
    (
        "must_not",
        r"てはならない(?:ものとする)?|てはなりません|ことはできない|ことができない(?:ものとする)?|ないものとする|を禁ずる|は、?禁止する|しない",
    ),
    (
        "should",
        r"ください|下さい|願います|お願い(?:いた)?します|努める(?:ものとする)?|努力する(?:ものとする)?|べきである|ことが望ましい|配慮する(?:ものとする)?",
    ),
    ("may", r"ことができる(?:ものとする)?|ことができます|てもよい|差し支えない|できるものとする|できる"),
    (
        "shall",
        r"(?:する|うる?|[くすつむるぐぶ])こと(?:とする|とします)?|なければならない|なければなりません|ものとする|義務を負う|責任を負う|ことを約束する|ことに合意する|ことを確約する",
    ),
    ("intends", r"意図(?:を有)?する|予定する|予定である|意向である|ことを目指す|計画している|意図を表明する"),
    ("will", r"[うくすつぬむるぐぶ]"),
)
_ENDS: tuple[tuple[Force, regex.Pattern[str]], ...] = tuple((force, regex.compile(rf"(?:{pattern})。?$")) for force, pattern in _FORMS)
_PASSIVE = regex.compile(r"(?:される|られる|せられる)(?:ものとする)?。?$|(?:されなければならない|とする)。?$")
_DIRECTION = regex.compile(r"(?:(?:する|[うくすつむるぐぶ])こと|ください|下さい|願います|お願い(?:いた)?します)。?$")
"""How a notice tells its readers what to do: it need not say who."""
_TOPIC = regex.compile(r"(?P<np>[^。、は]{1,60}?)(?P<mark>は|が|も)、?(?=[^、。]|.)")
_INSTRUMENT = regex.compile(
    r"^(?:本|この|当該)?(?:覚書|協定|契約|宣言|声明|書|文書|規程|要綱|附属書|有効期間|期間|目的|効力|意向書|取決め|枠組み)"
)
_PREFIX = regex.compile(r"^(?:(?:ただし|また|なお|この場合|この場合において|前項の場合において|さらに|併せて)、)+")
_LEAD = regex.compile(r"^[^。]{0,80}?(?:は|が|とき|場合|ため|おいて|より|まで|に基づき|に対し|に応じて|以内に|毎年|各年度)、")
_STATE = regex.compile(
    r"(?:目的とする|という|である|とおりとする|に帰属する|留保する|3年間とする|年間とする|日から効力を生(?:ず|じ)る|有効とする|同様とする|更新される(?:ものとする)?|効力を有する|保有する|締結する|を定める)。?$"
)


_SHARE = regex.compile(
    rf"(?:^|[は、])(?P<np>[\p{{Han}}\p{{Katakana}}ー]{{0,12}}?(?:{JA_BODY}))が(?P<part>[\p{{Nd}}一二三四五六七八九]+(?:\.\p{{Nd}}+)?\s?(?:割|%|％|パーセント|分の[\p{{Nd}}一二三四五六七八九]))"
)
"""Who owes which part in 県が6割、市が4割を負担する."""


def _limited(text: str) -> bool:
    """Whether a clause has a day or a time limit, by which alone something is demanded though it names nobody."""
    return any(found.every is None for found in deadlines_in(text))


def directs(sentence: str) -> bool:
    """Whether a sentence tells its readers what to do."""
    return _DIRECTION.search(sentence.rstrip()) is not None


class JapaneseReader:
    """Reads sentence after sentence."""

    def __init__(self, actors: Actors) -> None:
        self._names = tuple(name for name in actors.names if regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", name))

    def read(self, sentence: str) -> list[Said]:
        """The obligation of a sentence, if it lays one on somebody."""
        text = sentence.rstrip()
        if not (text.endswith("。") or _DIRECTION.search(text)) or _STATE.search(text):
            return []
        force = next((force for force, pattern in _ENDS if pattern.search(text)), None)
        if force is None:
            return []
        actor, action = self._actor(text)
        directed = _DIRECTION.search(text) is not None
        if actor is None and not directed:
            return []
        if not actor and not directed and not _PASSIVE.search(text) and not _limited(text):
            return []
        if shares := list(_SHARE.finditer(text)):
            return [Said(share["np"], force, 0, len(sentence), share.start("part")) for share in shares]
        actor = actor or ""
        return [Said(actor, force, 0, len(sentence), action, not actor)]

    def _actor(self, text: str) -> tuple[str | None, int]:
        """Who does it and where the action begins; "" for a thing that something is done to, None for the paper itself."""
        lead = _PREFIX.match(text)
        at = lead.end() if lead is not None else 0
        thing = False
        for match in _TOPIC.finditer(text, at):
            if thing and match["mark"] != "が":
                continue
            phrase = match["np"].strip("　 ")
            if _INSTRUMENT.match(phrase):
                return None, 0
            who = regex.split(r"(?:とき|場合|ため|まで|より|から|に|を)|[ 　]+", phrase)[-1].strip("、 　")
            if who and (who in self._names or ENDS_IN_JA_BODY.search(who)) and not regex.search(r"(?:の|な)$", who):
                return who, match.end()
            thing = True
        return ("" if thing else None), 0
