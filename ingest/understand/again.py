"""A document whose kind turns out to be another is read for its facts once more."""

from __future__ import annotations

from dataclasses import replace

from ingest.found import Found, FoundFacts
from ingest.records import Document, Hints, Kind
from ingest.understand.doubtful import less_sure
from ingest.understand.facts import find_facts
from ingest.understand.kinds import by_phrases


def kind_is_told(document: Document) -> bool:
    """Whether the file, a person or words of the paper say what kind it is."""
    facts = document.facts
    kind, published = facts.found.kind, facts.found.published
    if kind is None or kind.text or kind.confidence != "likely":
        return True
    declared = published is not None and published.origin == "file"  # a page that names its day and publisher in its head
    return (facts.kind == "news" and declared) or by_phrases(facts.title, document.text, document.blocks).value != "other"


def read_as(document: Document, kind: Kind) -> Document:
    """The document with the facts that are looked for in a paper of this kind; what the file declared and the title stay."""
    before = document.facts
    found = before.found
    published = found.published.value.day_value if found.published is not None and found.published.origin == "file" else None
    read = found.publisher
    declared = read is not None and read.origin == "file" and not any(read.value in line for line in document.margins)
    publisher = before.publisher if declared else None
    hints = Hints(title=before.title, publisher=publisher, published=published, sure_title=True, margins=document.margins)
    facts = find_facts(document.text, document.blocks, hints, kind=kind, language=before.language, uri=document.source.uri)
    told: Found[str] = Found(str(kind), confidence="likely", origin="file")
    settled: FoundFacts = less_sure(facts.found, [span for page in document.pages for span in page.doubtful])
    kept = replace(settled, title=found.title, kind=told)
    return replace(document, facts=replace(facts, title=before.title, found=kept))
