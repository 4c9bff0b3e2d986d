"""Agreements, circulars and news of our own invention for the tests of the skills that tell duties and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ingest.records import Kind
from kb import KnowledgeBase, Settings
from kb.agreements.cards import card_of
from kb.answer.presentation.rendering import block_text
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import SkillResult
from kb.ports import Ports
from kb.records import DocumentInfo
from lang.languages import Language

TODAY = date(2025, 10, 1)

PAPERS: dict[str, tuple[Kind, str]] = {
    "lantern": (
        "agreement",
        """MEMORANDUM OF UNDERSTANDING ON THE OTTERMOUTH LANTERN

The Port of Ottermouth (hereinafter "the Port") and the Ministry of Harbours of Karelund \
(hereinafter "the Ministry") have agreed as follows:

Article 1 Repairs
1. The Port shall repair the lantern within one hundred and eighty (180) days after the signature of this Memorandum.
2. The Ministry shall send the Port its accounts on or before 31 March each year.
3. The Ministry shall bear 60 per cent of the cost of the lantern and the Port 40 per cent.
4. The Port may invite visitors to the tower.

Article 2 Board
1. A Joint Board shall be set up within thirty days after the signature of this Memorandum.
2. Each Party shall send the Joint Board twelve soundings a year.

Article 3 Term
This Memorandum shall come into effect on 3 March 2025 and remains in effect for a period of five years.

Signed at Ottermouth on 3 March 2025.
""",
    ),
    "observer": (
        "news",
        """Lantern of Ottermouth to shine again
Harbour Observer, 20 April 2025

OTTERMOUTH: The lantern went dark in the storm of November 2023, when eleven boats were lost. The Port of Ottermouth \
and the Ministry of Harbours of Karelund signed their memorandum on 5 March 2025.

The Joint Board of the two sides was set up on 25 March and met at once. The new lens has been delayed until \
September, the harbour master said.

The bakers of the town opened a new hall on 1 April 2025.
""",
    ),
    "vihiri": (
        "other",
        """ओटरगाव नगरपालिका
परिपत्रक क्रमांक ४२
दिनांक: २ जून २०२५
विषय: विहिरींची पाहणी
सर्व शाखा अभियंत्यांनी विहिरींची पाहणी १२ जून पर्यंत पूर्ण करून अहवाल सादर करावा.
मदत कक्ष १५ जून ते ३० सप्टेंबर या काळात सुरू राहील.
विहिरींजवळ फलक लावण्यात येतील.
""",
    ),
    "taalaab": (
        "agreement",
        """तालाबों के संरक्षण पर सहयोग ज्ञापन

ओटरपुर नगर निगम (आगे “निगम”) और करेलुंड का मत्स्य मंत्रालय (आगे “मंत्रालय”) के बीच निम्नलिखित सहमति हुई:

अनुच्छेद 1 दायित्व
1. निगम तालाबों की सफाई 30 नवंबर 2025 तक पूरी करेगा।
2. मंत्रालय प्रति वर्ष निगम को दस विशेषज्ञ भेजेगा।

ओटरपुर में 4 फ़रवरी 2025 को हस्ताक्षरित किया गया।
""",
    ),
    "houkoku": (
        "best_practice",
        """音羽港における津波避難訓練の報告
2024年11月8日
1 概要
音羽港は、令和3年度から令和5年度にかけて避難路を整備した。
2022年8月の地震では、避難に40分を要した。
2 成果
2023年の訓練の参加率は71パーセントであった。
2024年5月12日の訓練では、避難が18分で完了した。
次の訓練は2025年9月1日に行う予定である。
""",
    ),
    "deepastambh": (
        "news",
        """दीपस्तंभाचे काम सुरू
ओटरगाव वृत्त, १२ मे २०२५

ओटरमाउथ : दीपस्तंभाच्या दुरुस्तीचे काम ५ मे रोजी सुरू झाले, असे बंदर अधिकाऱ्यांनी सांगितले. नवी भिंग जून २०२५ ते ऑगस्ट २०२५ या काळात बसवली जाईल.

गावातील शाळेचे स्नेहसंमेलन २ मे रोजी झाले.
""",
    ),
    "tsuuchi": (
        "other",
        """防潮扉の点検について（通知）
2025年5月7日
1 各課は、6月30日までに点検計画を提出すること。
2 点検の結果は、毎年3月に港湾課へ報告すること。
3 扉の鍵は、港湾課が保管するものとする。
""",
    ),
}


def make(folder: Path) -> None:
    """A home of the papers; only read."""
    with KnowledgeBase.open(Settings(home=folder / "home")) as kb:
        for name, (kind, text) in PAPERS.items():
            file = folder / f"{name}.txt"
            file.write_text(text, encoding="utf-8")
            assert not kb.ingest([file], kind=kind).rejected


class Desk:
    """Asks a skill as it is asked in an answer."""

    def __init__(self, kb: KnowledgeBase, parallels: Sequence[frozenset[int]] = ()) -> None:
        self.kb = kb
        self.ports = Ports(
            search=lambda query, k, filters: kb._retriever.search(query, k, filters, once=False, sight=kb._catalogue.sight),
            embedder=kb._asking,
            reads=kb._reading.read,
            text=kb.text,
            place=kb.place,
            is_empty=kb._catalogue.is_empty,
            outline=kb.blocks_within,
            papers=lambda: [paper for paper in kb.documents() if paper.state == "published"],
            facts=kb.fact_views,
            card=lambda paper: card_of(kb, paper),
            parallels=lambda: parallels,
            handlings=kb.handlings.of,
        )

    def paper(self, name: str) -> DocumentInfo:
        """The document of a paper."""
        return next(info for info in self.kb.documents() if Path(info.source).stem == name)

    def question(self, text: str, language: Language, *papers: str, matter: str = "", today: date = TODAY) -> Question:
        """A question of these papers."""
        return Question(text, text, language, papers=tuple(map(self.paper, papers)), matter=matter, today=today)


def shown(made: SkillResult | None) -> str:
    """All that is laid out."""
    return "\n".join(block_text(block, made.statements) for block in made.blocks) if made is not None else ""
