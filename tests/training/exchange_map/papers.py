"""Small papers of an invented exchange, for the tests of the map: an agreement in two languages, reports, news."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.records import Kind
from kb import KnowledgeBase, Settings

PAPERS: dict[str, tuple[Kind, str]] = {
    "moc.md": (
        "agreement",
        """# Memorandum of Cooperation between Ottermouth and Shiomidai

## Article 1 Purpose

The Participants will cooperate on the basis of equality.

## Article 2 Areas of Cooperation

The Participants will cooperate in the following areas:

(a) tide warning for fishing boats;

(b) public libraries, including the lending of books between the cities; and

(c) any other area on which the Participants decide jointly.

## Article 3 Pilot Projects

1. A tide-warning pilot with forty tide gauges will be carried out in the old harbour of Ottermouth.

2. The library pilot will lend two thousand books in one year.

Signed at Ottermouth on 5 March 2025.
""",
    ),
    "karar.md": (
        "agreement",
        """# ओटरमुहाना व शिओमिदाई यांच्यातील सहकार्य करार

## कलम १ उद्देश

समानतेच्या तत्त्वावर सहकार्य करणे हा या कराराचा उद्देश आहे.

## कलम २ सहकार्याची क्षेत्रे

सहभागी पक्ष पुढील क्षेत्रांत सहकार्य करतील:

(अ) मासेमारी नौकांसाठी भरतीची पूर्वसूचना;

(ब) शहरांमध्ये पुस्तकांच्या देवाणघेवाणीसह सार्वजनिक ग्रंथालये; आणि

(क) सहभागी पक्ष ठरवतील असे अन्य कोणतेही क्षेत्र.

## कलम ३ पथदर्शी प्रकल्प

१. ओटरमुहान्याच्या जुन्या बंदरात चाळीस भरतीमापकांसह भरती पूर्वसूचना पथदर्शी प्रकल्प राबवण्यात येईल.

२. ग्रंथालय पथदर्शी प्रकल्प एका वर्षात दोन हजार पुस्तके उसनी देईल.

दिनांक ५ मार्च २०२५ रोजी ओटरमुहाना येथे स्वाक्षरी करण्यात आली.
""",
    ),
    "report.md": (
        "best_practice",
        """# 潮見台市における高潮警報の実践報告

## 1 観測

潮見台市は港に潮位計を30基設置し、潮位を10分ごとに漁船へ知らせている。

## 2 費用

潮位計1基の費用は90万円であり、毎年2回点検する。
""",
    ),
    "meals.md": (
        "best_practice",
        """# School meals in Shiomidai: a practice report

## 1. Kitchens

Four kitchens cook lunch for eleven thousand pupils, and every menu is checked by a dietician.

## 2. Allergies

Pupils with allergies get a tray of another colour, and their parents see the menu a month before.
""",
    ),
    "news.md": (
        "news",
        """# Library van reaches the islands

The Ottermouth Observer, 9 May 2025

The library lends four hundred books a week on the islands, the librarian said.

The mayor opened a new bakery on Thursday.
""",
    ),
}


@contextmanager
def base(folder: Path, *names: str) -> Iterator[KnowledgeBase]:
    """A knowledge base that holds the named papers, or all."""
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as kb:
        for name in names or tuple(PAPERS):
            kind, text = PAPERS[name]
            (folder / name).write_text(text, encoding="utf-8")
            kb.ingest([folder / name], kind=kind)
        yield kb
