"""Papers of our own invention, in four languages, for the tests of the skills that lay papers out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb import KnowledgeBase
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import SkillResult
from kb.ports import Ports
from kb.records import Answer, DocumentInfo, Skill, Timings, Turn
from lang.languages import Language

FERRY_EN = """# Memorandum of Understanding on Ferry Services

between the Port Authority of Salmora and the City of Tindavi

The Port Authority of Salmora (hereinafter "the Authority") and the City of Tindavi (hereinafter "the City"), hereinafter referred to as the
Participants, have reached the following understanding:

## Article 1 Purpose

1. The purpose of this Memorandum is to run a ferry between Salmora and Tindavi.

2. This Memorandum does not create legally binding obligations.

## Article 2 Service

1. The ferry will sail every forty minutes from May to October.

2. The building of the new pier is estimated to cost Rs 4.50 crore.

## Article 3 Duration

1. This Memorandum comes into effect on 1 June 2024 and remains in effect for five years.

2. Either Participant may terminate this Memorandum by giving the other three months' notice in writing.

Signed in duplicate at Tindavi on 14 March 2024.

For the Port Authority of Salmora

For the City of Tindavi
"""
FERRY_HI = """# नौका सेवा पर समझौता ज्ञापन

सलमोरा बंदरगाह प्राधिकरण और तिंदवी नगर के बीच

सलमोरा बंदरगाह प्राधिकरण (जिसे आगे "प्राधिकरण" कहा गया है) और तिंदवी नगर (जिसे आगे "नगर" कहा गया है), जिन्हें आगे प्रतिभागी कहा गया है,
निम्नलिखित सहमति पर पहुँचे हैं:

## अनुच्छेद 1 उद्देश्य

1. इस ज्ञापन का उद्देश्य सलमोरा और तिंदवी के बीच नौका चलाना है।

2. यह ज्ञापन क़ानूनी रूप से बाध्यकारी दायित्व उत्पन्न नहीं करता।

## अनुच्छेद 2 सेवा

1. नौका मई से अक्तूबर तक हर चालीस मिनट पर चलेगी।

2. नए घाट के निर्माण पर अनुमानतः 4.50 करोड़ रुपये का ख़र्च आएगा।

## अनुच्छेद 3 अवधि

1. यह ज्ञापन 1 जून 2024 को लागू होगा और पाँच वर्ष तक लागू रहेगा।

2. कोई भी प्रतिभागी दूसरे को तीन महीने की लिखित सूचना देकर यह ज्ञापन समाप्त कर सकता है।

तिंदवी में 14 मार्च 2024 को दो प्रतियों में हस्ताक्षरित।
"""
ARCHIVE_JA = """# 古文書の保存に関する協力覚書

霧島町と海鳴県立図書館は、次のとおり合意した。

## 第1条 目的

本覚書の目的は、古文書を共同で保存することである。

## 第2条 撮影

撮影は年に二回行う。

## 第3条 期間

本覚書は2023年9月1日に発効し、有効期間は二年間とする。

## 第4条 終了

いずれの当事者も、90日前までに書面で通告することにより、本覚書を終了させることができる。

2023年8月20日、霧島町において署名した。
"""
NEWS_MR = """# तिंदवी–सलमोरा नौका सेवेच्या करारावर स्वाक्षरी

दैनिक सागरवेध, १६ मार्च २०२४

तिंदवी : (प्रतिनिधी) सलमोरा बंदर प्राधिकरण आणि तिंदवी नगर यांच्यातील नौका सेवेच्या करारावर १५ मार्च २०२४ रोजी तिंदवी येथे स्वाक्षरी झाली.

नव्या धक्क्यासाठी ४ कोटी ५० लाख रुपये खर्च होणार आहे. नौका दर चाळीस मिनिटांनी सुटेल.
"""
REPORT_EN = """# Orchard Frost Alarms: A Practice Report

Bellhaven Growers' Union, 2 February 2023

## 1. Equipment

The union set up 57 frost alarms in eleven orchards. The alarms report every fifteen minutes.

## 2. Cost

The alarms cost 1.2 million dollars in all. Yearly upkeep costs 80,000 dollars.

## 3. Steps

When frost is forecast, the growers proceed as follows:

- the duty grower checks the readings at dusk;
- the pumps are filled before midnight;
- the sprinklers start at one degree above zero.
"""
FILES = {
    "ferry-en.md": FERRY_EN, "ferry-hi.md": FERRY_HI, "archive-ja.md": ARCHIVE_JA, "news-mr.md": NEWS_MR, "frost-en.md": REPORT_EN,
}  # fmt: skip


def fill(kb: KnowledgeBase, folder: Path) -> None:
    """Take the papers in."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    summary = kb.ingest([folder])
    assert len(summary.added) == len(FILES), summary
    (news,) = named(kb, "news-mr.md")
    kb.correct(news.id, "kind", "news")
    kb.correct(news.id, "publisher", "दैनिक सागरवेध")


def ports_of(kb: KnowledgeBase) -> Ports:
    """What a skill sees of the base, as `KnowledgeBase.ask` gives it."""
    return Ports(
        search=lambda query, k, limits: kb._retriever.search(query, k, limits, once=False, sight=kb._catalogue.sight),
        embedder=kb._asking,
        reads=kb._reading.read,
        text=kb.text,
        place=kb.place,
        is_empty=lambda: False,
        outline=kb.blocks_within,
        papers=lambda: [paper for paper in kb.documents() if paper.state == "published"],
        facts=kb.fact_views,
        parallels=kb.parallels,
    )


def named(kb: KnowledgeBase, *files: str) -> tuple[DocumentInfo, ...]:
    """The papers of these files."""
    return tuple(paper for name in files for paper in kb.documents() if paper.source.endswith(name))


def asked(text: str, language: Language, matter: str = "", papers: Sequence[DocumentInfo] = (), history: Sequence[Turn] = ()) -> Question:
    """A question as it is understood."""
    return Question(text, text, language, matter=matter, papers=tuple(papers), history=tuple(history))


def lines(made: SkillResult) -> str:
    """All that is shown."""
    assert made.refusal is None, made.refusal
    return "\n".join(" | ".join((b.text, *b.items, *b.columns, *(cell.text for row in b.rows for cell in row))) for b in made.blocks)


def rows(made: SkillResult) -> list[list[str]]:
    """The rows of the table."""
    table = next(block for block in made.blocks if block.kind == "table")
    return [[cell.text for cell in row] for row in table.rows]


def check(made: SkillResult, kb: KnowledgeBase) -> None:
    """Every statement is a quote of the stored text, and every cell that cites does so of one there is."""
    for statement in made.statements:
        for citation in statement.citations:
            assert kb.text(citation.document_id, citation.version)[citation.start : citation.end] == citation.quote
    assert all(at < len(made.statements) for block in made.blocks for row in block.rows for cell in row for at in cell.cited)


def turn(question: Question, made: SkillResult, skill: Skill) -> Turn:
    """What was asked and answered, for a question that follows."""
    answer = Answer(question.text, question.language, "extractive", made.statements, None, Timings(0.0, 0.0, 0.0), skill=skill)
    return Turn(question.text, answer)
