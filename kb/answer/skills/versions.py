"""Of a text that is held in several languages, the one to be read to somebody."""

from __future__ import annotations

from collections.abc import Sequence

from kb.ports import Ports
from kb.records import DocumentInfo
from lang.codes import Language


def one_version_each(papers: Sequence[DocumentInfo], language: Language, ports: Ports) -> list[DocumentInfo]:
    """The papers, each text once: in ``language`` where the reader may see such a version of it, else as it came."""
    seen = {paper.id: paper for paper in ports.papers()}
    sets = list(ports.parallels())
    taken: set[int] = set()
    out = []
    for paper in papers:
        if paper.id in taken:
            continue
        versions = next((one for one in sets if paper.id in one), frozenset({paper.id}))
        taken |= versions
        in_language = [seen[number] for number in sorted(versions) if number in seen and seen[number].language == language]
        out.append(paper if paper.language == language or not in_language else in_language[0])
    return out
