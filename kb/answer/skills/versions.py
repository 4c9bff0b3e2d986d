"""Papers in the reader's language, where a version of them is held."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.records import Language
from kb.answer.ports import Ports
from kb.records import DocumentInfo


def in_language(papers: Sequence[DocumentInfo], reader: Language, ports: Ports) -> list[DocumentInfo]:
    """The papers, each in the reader's language where a version of it is, and of each text only one."""
    held = {paper.id: paper for paper in ports.papers()}
    sets = ports.parallels()
    found: list[DocumentInfo] = []
    for paper in papers:
        same = next((one for one in sets if paper.id in one), frozenset({paper.id}))
        if any(paper.id == other.id or other.id in same for other in found):
            continue
        own = next((held[one] for one in sorted(same) if one in held and held[one].language == reader), None)
        found.append(paper if own is None or paper.language == reader else own)
    return found
