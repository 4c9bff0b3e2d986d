"""Who owes something: the parties, what the text calls them, offices and bodies, and the heading or words that lead a list of duties in.

`Said` is what one sentence lays upon whom, the shape that the readers of each language return. The words that lead a list in are data
(``list_leads.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from ingest.records import Block
from kb.agreements.card_records import Force
from lang.data_files import toml_of
from lang.labels import read_item
from lang.languages import Language


@dataclass(frozen=True, slots=True)
class Said:
    """One clause of a sentence: ``[start, end)`` of it, its ``actor`` ("" where it names nobody), its force, where the action begins.

    ``passive`` is true where the clause tells of what is done and not of who does it.
    """

    actor: str
    force: Force
    start: int
    end: int
    action: int
    passive: bool = False


def merged(found: list[Said]) -> list[Said]:
    """Neighbouring clauses of one actor and force as one: an actor that does several things in a sentence owes them together."""
    out: list[Said] = []
    for one in found:
        if out and out[-1].actor == one.actor and out[-1].force == one.force:
            last = out[-1]
            out[-1] = Said(last.actor, last.force, last.start, one.end, last.action, last.passive and one.passive)
        else:
            out.append(one)
    return out


_HEAD_CHARS = 6000
_ALIAS = regex.compile(
    r"[(（][^()（）\n]{0,80}?(?:the\s+)?[\"“”「'‘](?P<name>[^\"“”「」'’\n]{1,60})[\"“”」'’]"
    r"|[(（]以下[、]?[「“\"](?P<ja>[^」”\"\n]{1,30})[」”\"]"
    r"|(?:jointly|collectively|hereinafter)\s+(?:referred\s+to\s+as|called)\s+(?:the\s+)?[“\"‘](?P<joint>[^”\"’\n]{1,40})[”\"’]"
    r"|(?:एकत्रित(?:पणे)?\s+उल्लेख|संयुक्त\s+रूप\s+से)\s+[“\"‘](?P<together>[^”\"’\n]{1,40})[”\"’]",
    regex.I,
)
_OPENING = regex.compile(
    r"^(?:The\s)?(?P<a>\p{Lu}[^\n,;:()]{2,80}?),?\s+and\s+(?:the\s)?(?P<b>\p{Lu}[^\n,;:()]{2,80}?),?\s+(?:have|do|hereby)\s+(?:hereby\s+)?(?:agree|reach|decide)",
    regex.M,
)
"""The two sides of an opening that calls them nothing else, for papers whose parties were not found."""
_INSTRUMENT = regex.compile(r"memorand|agreement|\bMO[UCA]\b|framework|protocol|arrangement|करार|ज्ञापन|समझौत|覚書|協定|本書", regex.I)

EN_BODY = (
    r"participants?|part(?:y|ies)|sides?|signator(?:y|ies)|governments?|countr(?:y|ies)|states?|leaders?|minist(?:er|ers|ry|ries)"
    r"|corporations?|committees?|councils?|groups?|task\s?forces?|boards?|commission(?:s|er|ers)?|secretar(?:y|ies|iat)|directors?"
    r"|director-generals?|directors-general|authorit(?:y|ies)|agenc(?:y|ies)|departments?|bureaux?|offices?|officers?|banks?|institut(?:e|es|ion|ions)"
    r"|universit(?:y|ies)|cent(?:er|re)s?|experts?|teams?|compan(?:y|ies)|contractors?|suppliers?|consultants?|presidents?|mayors?|ambassadors?"
    r"|officials?|municipalit(?:y|ies)|cit(?:y|ies)|unions?|organi[sz]ations?|focal\s+points?|co-?ordinators?|members?|chair(?:s|men|man|person|persons)?"
    r"|co-chairs?|managers?|representatives?|administrators?|governors?|nations?|partners?|both|heads?|principals?|engineers?|schools?|colleges?|hospitals?|divisions?|sections?|cells?|headmasters?|collectors?|staff|prefectures?|provinces?|districts?|registrars?|deans?|teachers?|students?|applicants?|citizens?|residents?|employees?|farmers?|vendors?|owners?|licen[sc]ees?|recipients?|visitors?"
)
DEV_BODY = (
    "पक्ष", "पक्षकार", "मंत्रालय", "महानगरपालिका", "नगरपालिका", "महापालिका", "पालिका", "निगम", "नगर निगम", "संस्था", "संस्थान", "समिती", "समिति",
    "शासन", "सरकार", "विभाग", "कार्यगट", "कार्य गट", "कार्य समूह", "कार्यसमूह", "गट", "आयुक्त", "उपायुक्त", "संचालक", "महासंचालक", "निदेशक",
    "महानिदेशक", "सचिव", "मंत्री", "अधिकारी", "कंपनी", "परिषद", "देश", "राष्ट्र", "विद्यापीठ", "विश्वविद्यालय", "मंडळ", "मंडल", "प्राधिकरण", "बँक",
    "बैंक", "तज्ज्ञ", "विशेषज्ञ", "महापौर", "अध्यक्ष", "सह-अध्यक्ष", "सदस्य", "नेता", "नेते", "ठेकेदार", "कंत्राटदार", "पुरवठादार", "प्रतिनिधी", "प्रतिनिधि",
    "एजन्सी", "एजेंसी", "सचिवालय", "नोडल अधिकारी", "समन्वयक", "शहर", "शहरे", "भागीदार",
    "कक्ष", "पथक", "प्रकोष्ठ", "अभियंता", "कर्मचारी", "निरीक्षक", "मुख्याध्यापक", "प्रधानाध्यापक", "प्राचार्य", "तहसीलदार", "ग्रामपंचायत", "ग्राम पंचायत",
    "नागरिक", "अर्जदार", "आवेदक", "विद्यार्थी", "पालक", "शिक्षक", "शेतकरी", "किसान", "ग्रामस्थ", "प्रधानाचार्य",
    "विभागाध्यक्ष", "विभागप्रमुख", "प्रमुख", "कार्यालय", "शाळा", "विद्यालय", "रुग्णालय", "अस्पताल",
)  # fmt: skip
JA_BODY = (
    r"当事者|甲|乙|丙|丁|双方|両者|両国|両市|両政府|両首脳|参加者|署名者|締約国|省|庁|市|県|都|府|町|村|区|国|政府|委員会|協議会|部会|作業部会|事務局|局|部|課"
    r"|機構|機関|協会|銀行|大学|研究所|センター|会社|大臣|市長|知事|局長|部長|課長|所長|委員長|議長|校長|長|校|学校|施設|部署|班|専門家|職員|担当者|代表|受託者|委託者|事業者"
)


@dataclass(frozen=True, slots=True)
class Actors:
    """The names that a document has for its parties and bodies."""

    names: tuple[str, ...]

    def known(self, phrase: str) -> bool:
        """Whether a phrase is one of the names, or words out of one that begin with a capital ("United States" of a longer name)."""
        said = _plain(phrase)
        if not said:
            return False
        for name in self.names:
            whole = _plain(name)
            if said == whole or (len(said) > 3 and phrase.strip()[:1].isupper() and f" {said} " in f" {whole} "):
                return True
        return False


def actors_of(text: str, parties: Sequence[str]) -> Actors:
    """The parties and what the opening of the text calls them."""
    names = list(parties)
    for match in _ALIAS.finditer(text[:_HEAD_CHARS]):
        name = next(group for group in match.groups() if group).strip()
        if not _INSTRUMENT.search(name):
            names.append(name)
    if not parties and (opening := _OPENING.search(text[:_HEAD_CHARS])) is not None:
        names += [opening["a"], opening["b"]]
    return Actors(tuple(dict.fromkeys(name for name in names if name.strip())))


def _plain(name: str) -> str:
    return " ".join(regex.sub(r"^(?:the|an?)\s+", "", name.strip(), flags=regex.I).split()).casefold()


def bare(name: str, language: Language) -> str:
    """An actor as a card shows it: without the article, and without the particle that marks it."""
    shown = " ".join(name.split()).strip(" ,、;")
    if language == "en":
        return regex.sub(r"^(?:the)\s+", "", shown, flags=regex.I)
    if language == "ja":
        return regex.sub(r"(?:は|が|も|、)+$", "", shown)
    return regex.sub(r"\s+(?:हे|ही|हा|यांनी|ने)$", "", shown)


_FORCES: Mapping[str, Force] = {"will": "will", "should": "should"}
"""Of the words of duty that lead in a list; all others, and headings, say that it must be done."""
_LONGEST = 260
_EN_BODY = regex.compile(rf"(?:^|\s)(?:{EN_BODY})$", regex.I)
ENDS_IN_JA_BODY = regex.compile(rf"(?:{JA_BODY})$")
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
            return who if who in self._actors.names or ENDS_IN_JA_BODY.search(who) else ""
        said = _ARTICLE.sub("", regex.split(r",\s+", who)[-1]).strip()
        head = regex.split(r"\s+(?:of|for|at|in)\s+", said)[0]
        return said if said and (self._actors.known(said) or self._actors.known(head) or _EN_BODY.search(head)) else ""

    def _devanagari(self, who: str) -> str:
        for name in (*sorted(self._actors.names, key=len, reverse=True), *DEV_BODIES):
            stem = regex.escape(regex.sub("[ाीे]$", "", name))
            match = regex.search(rf"(?:^|\s)(?P<lead>{_ORDINAL}){stem}\p{{M}}*(?:ऱ्या\p{{M}}*|या\p{{M}}*)?$", who)
            if match is not None and len(who[: match.start()].split()) <= 4:
                return " ".join(f"{who[: match.start()]} {match['lead']}{name}".split())
        return ""


DEV_BODIES: Sequence[str] = tuple(sorted(DEV_BODY, key=len, reverse=True))


@cache
def _patterns(kind: str, language: Language) -> Sequence[regex.Pattern[str]]:
    stored = toml_of("kb.agreements.extraction", "list_leads.toml")
    return [regex.compile(one, regex.I) for one in stored[kind].get(language, ())]
