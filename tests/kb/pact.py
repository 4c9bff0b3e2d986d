"""An agreement of Sagarpur in two languages, a Hindi story, a Marathi circular and a Japanese report: papers for the skills that write."""

from __future__ import annotations

from datetime import date

from ingest.records import Document, Kind
from kb import KnowledgeBase
from kb.agreements.cards import card_of
from kb.ports import Ports
from lang.languages import Language
from tests.kb.make import document

DAY = date(2027, 1, 14)
PACT: dict[Language, tuple[str, ...]] = {
    "en": (
        "The purpose of this Pact is to keep the tide gauges of Sagarpur harbour in working order.",
        "The Harbour Council shall meet every September and shall inspect the lighthouse.",
        "The Ministry shall bear the cost of forty tide gauges, which is Rs 2.5 crore.",
        "Personal data of fishermen shall be stored only in the port and deleted after five years.",
        "Either side may end this Pact with six months' notice in writing.",
        "The contact point of the Ministry is Ms. Ilse Brandvik, Director of Tides, "
        "and that of the Port Trust is Mr. Naresh Kolhe, Harbour Master.",
    ),
    "mr": (
        "सागरपूर बंदरातील भरतीमापके सुस्थितीत ठेवणे हा या कराराचा उद्देश आहे.",
        "बंदर परिषदेची बैठक दर सप्टेंबर महिन्यात होईल आणि ती दीपगृहाची पाहणी करेल.",
        "चाळीस भरतीमापकांचा २.५ कोटी रुपयांचा खर्च मंत्रालय करेल.",
        "मच्छीमारांची वैयक्तिक माहिती केवळ बंदरात साठवली जाईल आणि पाच वर्षांनंतर नष्ट केली जाईल.",
        "कोणताही पक्ष सहा महिन्यांची लेखी सूचना देऊन हा करार संपवू शकतो.",
        "मंत्रालयाच्या वतीने भरती विभागाच्या संचालक श्रीमती इल्सा ब्रँडविक आणि बंदर न्यासाच्या वतीने बंदर अधिकारी श्री. नरेश कोल्हे हे संपर्क अधिकारी असतील.",
    ),
}
STORY = (
    "सागरपुर के मछुआरों को नई नावें मिलेंगी।",
    "नाव योजना के लिए आवेदन की अंतिम तिथि 9 मार्च 2027 है और चयन लॉटरी से होगा।",
    "योजना का उद्घाटन बंदरगाह के मैदान में हुआ।",
)
CIRCULAR = (
    "परिपत्रक क्रमांक ५२ दिनांक ३ जून २०२७",
    "सर्व गोदाम अधिकाऱ्यांनी अग्निशमन यंत्रांची तपासणी १५ जून २०२७ पर्यंत पूर्ण करावी.",
    "गोदामांत धूम्रपानास मनाई आहे.",
)
REPORT = ("灯台の点検は毎年五月に港湾局が実施する。", "点検の結果は三十日以内に市の掲示板で公表される。", "点検の費用は市が負担する。")


def papers() -> list[Document]:
    """The papers, ready to be taken in."""
    kinds: list[tuple[str, Language, Kind, tuple[str, ...]]] = [
        ("Pact on Tide Gauges", "en", "agreement", PACT["en"]),
        ("भरतीमापक करार", "mr", "agreement", PACT["mr"]),
        ("नाव योजना", "hi", "news", STORY),
        ("अग्निसुरक्षा परिपत्रक", "mr", "other", CIRCULAR),
        ("灯台点検の報告", "ja", "best_practice", REPORT),
    ]
    return [document(name, language, kind, texts, DAY) for name, language, kind, texts in kinds]


def ports_of(kb: KnowledgeBase) -> Ports:
    """What the skills see of a knowledge base."""
    return Ports(
        search=lambda query, k, limits: kb._retriever.search(query, k, limits, once=False),
        embedder=kb._asking,
        reads=kb._reading.read,
        text=kb.text,
        place=kb.place,
        is_empty=lambda: False,
        outline=kb.blocks_within,
        papers=lambda: [paper for paper in kb.documents() if paper.state == "published"],
        facts=kb.fact_views,
        card=lambda paper: card_of(kb, paper),
        counterparts=kb._retriever.counterparts,
    )
