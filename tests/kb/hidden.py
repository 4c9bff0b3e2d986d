"""Papers that everybody sees, and beside each of them one of the group "finance" that would show in what is said of the open one.

Every hidden paper has the word `SECRET` in its title, publisher, path and text, so that a leak of any of them is found in any output.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ingest.errors import IngestError
from ingest.records import Document, Found, FoundFacts, Kind, Relation
from kb import KnowledgeBase
from kb.auth.roles import Reader
from lang.languages import Language
from lang.values.calendars import When
from tests.kb.make import document
from tests.kb.search.test_parallel_passages import ARTICLES
from tests.kb.stories import OWN, STORY, paper

SECRET = "Zebrawood"
GROUP = "finance"

VIEWER = Reader("vani", "viewer", frozenset())
OTHER = Reader("otto", "viewer", frozenset({"water"}))
INSIDER = Reader("ines", "viewer", frozenset({GROUP}))

SIGNED = (
    "This Memorandum was signed at Hoshimori on 18 February 2026.",
    "The flood-warning pilot is estimated to cost Rs 12.40 crore.",
    "A Joint Committee is co-chaired by the Director-General of the Ministry.",
)
TIDES = "Memorandum of Cooperation on Tide Gauges"


def open_papers() -> list[Document]:
    """An agreement with what a paper says of it, a story in two papers, an older agreement, and one of which there is a translation."""
    return [
        document("Memorandum of Cooperation", "en", "agreement", SIGNED, date(2026, 2, 18)),
        document(
            "Harbour Observer", "en", "news", ("Lahargad signed the memorandum with Mizuhara on 21 February 2026.",), date(2026, 3, 2)
        ),
        paper("Loksetu", "mr", STORY["mr"]),
        paper("Sagartat", "mr", STORY["mr"][:2] + STORY["mr"][3:]),
        _named(document("tides-2019", "en", "agreement", (TIDES, "The gauges shall be read twice a day."), date(2019, 4, 1)), TIDES),
        document("Harbour memorandum", "en", "agreement", ARTICLES["en"]),
    ]


def hidden_papers() -> list[Document]:
    """What only the group sees: a conflict, a variant, a paper that supersedes, a counterpart, answers of its own in four languages."""
    supersedes = Relation("supersedes", TIDES, When(2019, 4, 1))
    said = f"It stands in place of {TIDES} of 1 April 2019."
    newer = document(f"{SECRET} tides", "en", "agreement", (f"{SECRET} memorandum on tides", said), date(2024, 5, 2))
    start = newer.text.find(TIDES)
    found = FoundFacts(relations=(Found(supersedes, TIDES, start, start + len(TIDES)),))
    facts = replace(newer.facts, title=f"{SECRET} tide memorandum", parties=("Port",), found=found)
    return [
        _hidden("memorandum", "en", "agreement", ("This Memorandum was signed at Hoshimori on 3 March 2025.", SIGNED[1], SIGNED[2])),
        _hidden("dispatch", "en", "news", ("The flood-warning pilot will cost Rs 14.20 crore, an officer said.",), date(2026, 3, 5)),
        paper(f"{SECRET} Times", "mr", (*STORY["mr"], OWN["mr"])),
        replace(newer, facts=facts),
        document(f"{SECRET} करारनामा", "mr", "agreement", ARTICLES["mr"]),
        _hidden("budget", "en", "report", ("The quantum ledger of the port is audited by Amberline every third winter.",)),
        _hidden("अर्थसंकल्प", "mr", "report", ("बंदराच्या गुप्त निधीचे लेखापरीक्षण दर तिसऱ्या हिवाळ्यात अंबरलाईन करते.",)),
        _hidden("लेखा", "hi", "report", ("बंदरगाह की गुप्त निधि की लेखापरीक्षा हर तीसरी सर्दी में अंबरलाइन करती है।",)),
        _hidden("監査", "ja", "report", ("港の秘密基金は三年ごとの冬にアンバーラインが監査する。",)),
    ]


QUESTIONS = (
    "When was the Memorandum signed?",
    "What does the flood-warning pilot cost?",
    "Who co-chairs the Joint Committee?",
    "पाण्याची पातळी किती वेळाने मोजली जाते?",
    "How often shall the gauges be read?",
    "Who bears the cost of the tide gauges?",
    "चाळीस भरतीमापकांचा खर्च कोण करेल?",
    "Who audits the quantum ledger?",
    "बंदराच्या गुप्त निधीचे लेखापरीक्षण कोण करते?",
    "बंदरगाह की गुप्त निधि की लेखापरीक्षा कौन करता है?",
    "港の秘密基金は誰が監査しますか。",
    f"What is {SECRET}?",
    "What does Article 1 say?",
    "Is this memorandum lawful?",
)
"""Of which some are answered by open papers with a hidden one beside them, some by hidden ones alone."""


def stock(kb: KnowledgeBase) -> None:
    """Both kinds of papers, the hidden ones between the open ones; one hidden paper is out of use, and one could not be read."""
    shown, hidden = open_papers(), hidden_papers()
    kb.ingest_documents(shown[:3])
    kb.ingest_documents(hidden, groups=(GROUP,))
    kb.ingest_documents(shown[3:])
    gone = _hidden("withdrawn", "en", "report", ("The old harbour fund was closed.",))
    kb.ingest_documents([gone], groups=(GROUP,))
    kb._publisher.withdraw(number(kb, gone.source.uri), f"{SECRET} gone", "put it back")
    kb._publisher.reject(IngestError(f"test:{SECRET} broken.pdf", f"{SECRET} is damaged.", "Send it again."))
    kb.put_in_groups(number(kb, f"test:{SECRET} broken.pdf"), (GROUP,))


def number(kb: KnowledgeBase, source: str) -> int:
    """The id of the document of a path."""
    return next(info.id for info in kb.documents() if info.source == source)


def leaks(output: object) -> bool:
    """Whether anything of a hidden paper stands in what came out."""
    return SECRET.casefold() in repr(output).casefold() or "Amberline" in repr(output)


def _hidden(name: str, language: Language, kind: Kind, passages: tuple[str, ...], day: date | None = None) -> Document:
    first, *others = passages
    return document(f"{SECRET} {name}", language, kind, (f"{first} {SECRET}.", *others), day)


def _named(made: Document, title: str) -> Document:
    return replace(made, facts=replace(made.facts, title=title, parties=("Port",)))
