"""What a person should know of a module as it is: what it lacks, and which of its papers another has taken the place of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kb import KnowledgeBase
from training.records import Module, Note, NoteCode

OF_WRITING: Final[frozenset[NoteCode]] = frozenset({"not_written", "partly_written"})
"""Notes on what a language model did, which only the making knows."""


def noted(kb: KnowledgeBase, module: Module) -> Module:
    """The module with the notes that hold of it today; those of `OF_WRITING` stay.

    They are found out at every opening: a paper that superseded another may have a title which this reader must not learn.
    """
    writing = (note for note in module.notes if note.code in OF_WRITING)
    return replace(module, notes=(*_notes(kb, module), *writing))


def _notes(kb: KnowledgeBase, module: Module) -> Iterator[Note]:
    cited = {citation.document_id for citation in module.citations()}
    papers = [paper for paper in module.papers if paper.document_id in cited]
    if len(papers) == 1:
        yield Note("one_document", papers[0].title)
    if module.case is None:
        yield Note("no_case")
    if len(module.slides) < module.request.slides:
        yield Note("few_sentences")
    if len(module.quiz) < module.request.items:
        yield Note("few_items")
    if not module.glossary:
        yield Note("no_glossary")
    if any(line.origin == "quote" and line.language not in (module.language, "und") for _, line in module.lines()):
        yield Note("other_language")
    for paper in papers:
        newer = kb.replaced(paper.document_id)
        if newer is not None and newer.relation == "supersedes":
            yield Note("superseded", f"{paper.title} → {newer.document}")
