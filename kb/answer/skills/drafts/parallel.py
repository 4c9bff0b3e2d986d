"""The same words in another language version of a paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kb.answer.skills.evidence import Evidence
from kb.answer.skills.looked_up import Said, numbering
from kb.ports import Ports
from kb.records import Counterpart
from lang.codes import Language
from lang.sentences import sentence_spans


def parallel_to(said: Said, language: Language, ports: Ports, evidence: Evidence) -> Said:
    """A sentence as the version of its paper in that language has it; the sentence itself where there is none."""
    if said.language == language:
        return said
    papers = {paper.id: paper for paper in ports.papers()}
    for other in ports.counterparts(said.paper.id, said.paper.version, said.start, said.end):
        if other.language == language and other.document_id in papers:
            paper = papers[other.document_id]
            text = evidence.text(paper)
            start, end = span_in(text, said.text, said.language, other, ports)
            start += numbering(text[start:end])
            place = ports.place(paper.id, other.version, start)
            return replace(
                said, paper=paper, start=start, end=end, text=text[start:end], language=language, path=place.path,
                page_label=place.page_label,
            )  # fmt: skip
    return said


def span_in(text: str, said: str, language: Language, other: Counterpart, ports: Ports) -> tuple[int, int]:
    """The sentences of a counterpart that say what ``said`` does: of the same rank where both have as many, else the nearest.

    Args:
        text: of the other version.
        said: what is looked for, in its own language.
        language: of ``said``.
        other: where its block or passage stands in the other version.
        ports: the knowledge base.
    """
    there = [(other.start + a, other.start + b) for a, b in sentence_spans(text[other.start : other.end], other.language)]
    count = len(sentence_spans(said, language))
    if len(there) <= max(count, 1):
        return other.start, other.end
    vectors = ports.embedder.passages([text[a:b] for a, b in there])
    query = ports.embedder.passages([said])[0]
    if count == 1:
        return there[int(np.argmax(vectors @ query))]
    runs = [float(np.mean(vectors[at : at + count] @ query)) for at in range(len(there) - count + 1)]
    at = int(np.argmax(runs))
    return there[at][0], there[at + count - 1][1]
