"""Papers in four languages for the tests of what is done with a question beside looking it up, and the base that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kb import KnowledgeBase, Settings
from kb.answer.query_understanding.question import Question
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import open_embedder
from kb.ports import Ports
from kb.records import DocumentInfo, Filters, SearchResult, Skill

TEXTS = {
    "lanterns.md": """# Solar lanterns on the ferry piers of Velipur: an evaluation report

## 1. Background

Before 2021 the nine piers of Velipur had no light after sunset. Eleven passengers fell into the water in 2020.

## 2. What was done

The Harbour Board (HB) put up 64 solar lanterns on nine piers between March and June 2022. Two local youths were trained at each pier.

## 3. Cost

The lanterns cost 18 million yen in all. The Harbour Board paid 60 per cent of it and the state the rest.

## 4. Results

Accidents fell from 11 in 2020 to 2 in 2023. Evening passengers rose by 34 per cent.

## 5. Difficulties

Seven batteries were stolen in the first winter, and salt spoiled four panels.

## 6. Advice to others

Begin with the busiest pier. Hang the battery above the reach of a hand, and wash the panels every month.

Contact: lanterns@velipur.example
""",
    "okihama.txt": """沖浜市、灯台の公開を再開へ

沖浜市は5日、補修のため閉鎖していた白鷺灯台の公開を2026年4月18日に再開すると発表した。補修には1億2,000万円を要し、県が3分の1を補助した。

市長の浅海康平氏は「安全を最優先に準備を進めてきた」と述べた。入場料は大人300円で、小学生以下は無料となる。

市によると、1日の入場者は240人までとし、予約は3月2日から受け付ける。昨年度の来訪者は1万8,000人だった。
""",
    "samjhauta.md": """# तटपुर नगर निगम और ओकिहामा नगर के बीच समझौता ज्ञापन

तटपुर नगर निगम और ओकिहामा नगर (जिन्हें आगे “सहयोगी पक्ष” कहा गया है) निम्नलिखित पर सहमत हैं।

## अनुच्छेद 1 उद्देश्य

इस समझौता ज्ञापन का उद्देश्य समुद्री कचरे को कम करना और बंदरगाहों की सफ़ाई में सहयोग करना है।

## अनुच्छेद 2 सहयोग के क्षेत्र

सहयोगी पक्ष कचरा पकड़ने वाले जाल, प्लास्टिक की छँटाई और विद्यालयों में जागरूकता पर मिलकर काम करेंगे।

## अनुच्छेद 3 व्यय

पहले वर्ष का अनुमानित व्यय 2.40 करोड़ रुपये है, जिसका आधा भाग ओकिहामा नगर देगा।

## अनुच्छेद 4 अवधि और समाप्ति

यह समझौता ज्ञापन 1 अप्रैल 2026 से लागू होगा और चार वर्ष तक प्रभावी रहेगा। कोई भी पक्ष 90 दिन की लिखित सूचना देकर इसे समाप्त कर सकता है।

10 फ़रवरी 2026 को तटपुर में हस्ताक्षरित।
""",
    "paripatrak.md": """# शाळांच्या आवारातील विहिरींबाबत परिपत्रक

दिनांक: ३ मार्च २०२६, विषय: विहिरी, प्रेषक: शिक्षण अधिकारी

## पार्श्वभूमी

गेल्या वर्षी जिल्ह्यातील ४१२ शाळांपैकी ३७ शाळांच्या विहिरींना कठडा नव्हता.

## करावयाची कामे

प्रत्येक मुख्याध्यापकाने विहिरीला किमान एक मीटर उंचीचा कठडा व लोखंडी जाळी बसवावी. काम पूर्ण झाल्याचा दाखला गट शिक्षण अधिकाऱ्याकडे द्यावा.

## मुदत

हे काम १५ मे २०२६ पर्यंत पूर्ण करावे.

## निधी

प्रत्येक शाळेला २५,००० रुपये अनुदान मिळेल; त्यापेक्षा जास्त खर्च ग्रामपंचायतीने करावा.
""",
    "samaroh.md": """# लहरी रंगमंच समारोह की घोषणा

तटपुर में 12 नवंबर 2026 को रंगमंच समारोह होगा। इसमें 14 मंडलियाँ भाग लेंगी।
""",
}


def make(folder: Path) -> None:
    """A folder with the papers and a home that holds them."""
    (folder / "papers").mkdir()
    for name, text in TEXTS.items():
        (folder / "papers" / name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as kb:
        assert not kb.ingest([folder / "papers"]).rejected


def ports_of(kb: KnowledgeBase, parallels: Sequence[frozenset[int]] = ()) -> Ports:
    """The base as a skill sees it."""

    def search(query: str, k: int, filters: Filters) -> SearchResult:
        return kb.search(query, k=k, filters=filters)

    return Ports(
        search, CachedEmbedder(open_embedder(kb.settings)), kb._reading.read, kb.text, kb.place, lambda: False,
        outline=kb.blocks_within, papers=kb.documents, replaced=kb.replaced,
        facts=kb.fact_views, parallels=lambda: parallels, today=lambda: date(2026, 3, 10),
    )  # fmt: skip


def paper(ports: Ports, name: str) -> DocumentInfo:
    """The paper of a file."""
    return next(one for one in ports.papers() if one.source.endswith(name))


def wanted(skill: Skill, language: str, *papers: DocumentInfo, text: str = "?", matter: str = "", points: int | None = None) -> Question:
    """A question as it is understood."""
    return Question(text, matter or text, language, skill, papers, matter=matter, points=points)  # type: ignore[arg-type]
