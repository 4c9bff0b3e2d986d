"""One agency story in each language, of our own writing, and the same as other papers print it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ingest.records import Document
from lang.languages import Language
from tests.kb.make import document

DAY = date(2025, 3, 12)

STORY: dict[Language, tuple[str, ...]] = {
    "mr": (
        "कल्पनगर महानगरपालिकेने लहर नदीच्या काठावर पूर इशारा प्रणालीसाठी चाळीस संवेदक बसवण्याचे काम बुधवारी पूर्ण केले.",
        "हे संवेदक दर पाच मिनिटांनी पाण्याची पातळी मोजतात आणि नियंत्रण कक्षाला कळवतात, असे आयुक्तांनी पत्रकार परिषदेत सांगितले.",
        "या कामासाठी दोन कोटी तीस लाख रुपये खर्च झाले असून त्यातील निम्मा खर्च काझेहामा शहराने उचलला आहे.",
        "पावसाळ्यापूर्वी सर्व पुलांवर ध्वनिक्षेपक लावले जातील आणि शाळांमध्ये सराव घेतला जाईल, असेही त्यांनी स्पष्ट केले.",
    ),
    "hi": (
        "कल्पनगर नगर निगम ने लहर नदी के किनारे बाढ़ चेतावनी प्रणाली के लिए चालीस संवेदक लगाने का काम बुधवार को पूरा कर लिया।",
        "ये संवेदक हर पाँच मिनट में जल स्तर नापते हैं और नियंत्रण कक्ष को सूचना भेजते हैं, यह जानकारी आयुक्त ने संवाददाताओं को दी।",
        "इस काम पर दो करोड़ तीस लाख रुपये खर्च हुए, जिसका आधा हिस्सा काज़ेहामा शहर ने उठाया है।",
        "बरसात से पहले सभी पुलों पर ध्वनि यंत्र लगाए जाएँगे और विद्यालयों में अभ्यास कराया जाएगा, ऐसा उन्होंने बताया।",
    ),
    "en": (
        "Kalpanagar Municipal Corporation on Wednesday finished placing forty gauges along the river Lahar for its flood warning system.",
        "The gauges measure the water level every five minutes and report it to the control room, the commissioner told reporters.",
        "The work cost 23 million rupees, half of which was borne by the city of Kazehama under the memorandum between the two cities.",
        "Loudspeakers will be fixed to every bridge before the monsoon and drills will be held in schools, he said.",
    ),
    "ja": (
        "カルパナガル市は水曜日、ラハル川沿いに洪水警報システムのための水位計四十基の設置を終えたと発表した。",
        "水位計は五分ごとに水位を測り、管理室に知らせる仕組みになっていると、市長が記者会見で説明した。",
        "事業費は二千三百万ルピーで、その半額は両市の覚書に基づいて風浜市が負担した。",
        "雨期の前にすべての橋に拡声器が取り付けられ、学校では避難訓練が行われる予定だという。",
    ),
}  # fmt: skip

OWN: dict[Language, str] = {
    "mr": "दरम्यान, नदीकाठच्या वसाहतींमधील रहिवाशांनी जुन्या नाल्यांची दुरुस्ती आधी करावी अशी मागणी स्थानिक बैठकीत केली.",
    "hi": "इस बीच नदी किनारे की बस्तियों के निवासियों ने स्थानीय बैठक में पुराने नालों की मरम्मत पहले कराने की माँग की।",
    "en": "Residents of the quarters by the river meanwhile asked at a local meeting that the old drains be repaired first.",
    "ja": "一方、川沿いの住民は地元の集会で、古い排水路の修理を先に行うよう求めた。",
}
"""A paragraph that one paper adds."""

PAPERS = ("Loksetu", "Sagartat", "Kalpavarta")


def paper(name: str, language: Language, passages: tuple[str, ...], day: date | None = DAY) -> Document:
    """A news document of a paper, titled in its own way."""
    made = document(f"{name} {language}", language, "news", passages, day)
    return replace(made, facts=replace(made.facts, publisher=name))


def three(language: Language) -> list[Document]:
    """Whole, with the third paragraph cut, and with its own paragraph added and a byline."""
    first, second, third, fourth = STORY[language]
    byline = {"mr": "प्रतिनिधी : ", "hi": "संवाददाता : ", "en": "Staff reporter: ", "ja": "本紙記者　"}[language]
    return [
        paper(PAPERS[0], language, (first, second, third, fourth)),
        paper(PAPERS[1], language, (first, second, fourth)),
        paper(PAPERS[2], language, (byline + first, second, third, fourth, OWN[language])),
    ]
