"""Who can owe something: the parties, what the text calls them, and the words for offices and bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from lang.codes import Language

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
