"""The statements of an answer that is laid out in blocks: each span that is shown is cited once, and is a quote of the stored text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.records import Block as PaperBlock
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import STANDING, Block, Cell, Citation, DocumentInfo, Grade, Refusal, Statement
from kb.verify.citations import check_quote

WHOLE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SkillResult:
    """What a skill made of a question: statements, and the blocks that lay them out; or a refusal."""

    statements: tuple[Statement, ...] = ()
    blocks: tuple[Block, ...] = ()
    refusal: Refusal | None = None
    grade: Grade = "answers"

    def laid_out(self) -> SkillResult:
        """The same without the statements that no block shows, where blocks show any."""
        shown = sorted({at for block in self.blocks for row in block.rows for cell in row for at in cell.cited})
        if not shown or len(shown) == len(self.statements):
            return self
        place = {old: new for new, old in enumerate(shown)}
        return replace(self, statements=tuple(self.statements[at] for at in shown), blocks=_renumbered(self.blocks, place))

    def first(self, most: int) -> SkillResult:
        """The same with the first ``most`` of its points or rows, and without the headings of what falls away."""
        kept: list[Block] = []
        for block in self.blocks:
            rows = block.rows[:most]
            if rows or not block.rows:
                kept.append(replace(block, rows=rows))
            most -= len(rows)
            if most == 0 and rows:
                break
        return replace(self, blocks=tuple(kept))

    def led_by(self, quotes: Sequence[Statement]) -> SkillResult:
        """The same below some quotes."""
        if not quotes:
            return self
        below = _renumbered(self.blocks, {at: at + len(quotes) for at in range(len(self.statements))})
        ahead = Block("quotes", rows=tuple((Cell(quote.text, (at,)),) for at, quote in enumerate(quotes)))
        return replace(self, statements=(*quotes, *self.statements), blocks=(ahead, *below))


class Evidence:
    """Collects what an answer cites, in the order in which it is shown."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._statements: list[Statement] = []
        self._known: dict[tuple[int, int, int], int] = {}

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was cited so far."""
        return tuple(self._statements)

    def text(self, paper: DocumentInfo) -> str:
        """The stored text of a paper; "" where it was deleted meanwhile."""
        try:
            return self._ports.text(paper.id, paper.version)
        except UnknownDocumentError:
            return ""

    def paper_of(self, cited: Citation) -> DocumentInfo | None:
        """The paper of a citation that was made before; None where it may not be seen any more, or no longer says that there."""
        paper = next((one for one in self._ports.papers() if one.id == cited.document_id), None)
        return paper if paper is not None and self.text(paper)[cited.start : cited.end] == cited.quote else None

    def outline(self, paper: DocumentInfo) -> Sequence[PaperBlock]:
        """All blocks of a paper, in order. Their ``text`` is empty: it stands at ``[start, end)`` of the paper's."""
        return self._ports.outline(paper.id, paper.version, 0, WHOLE)

    def cite(self, paper: DocumentInfo, start: int, end: int, marks: tuple[tuple[int, int], ...] = ()) -> tuple[int, ...]:
        """The index of the statement that quotes ``[start, end)`` of a paper, for `Cell.cited`; () where there is nothing to quote.

        ``marks`` are spans of the quote that hold the fact.
        """
        key = paper.id, start, end
        if key not in self._known:
            citation = self._citation(paper, start, end)
            if citation is None or citation.status != "verified":
                return ()
            self._known[key] = len(self._statements)
            self._statements.append(Statement(citation.quote, STANDING[paper.kind], (citation,), marks=marks))
        return (self._known[key],)

    def quote(self, paper: DocumentInfo, start: int, end: int) -> Cell:
        """A cell that is the words of a paper, on one line."""
        return Cell(" ".join(self.text(paper)[start:end].split()), self.cite(paper, start, end))

    def _citation(self, paper: DocumentInfo, start: int, end: int) -> Citation | None:
        try:
            text = self._ports.text(paper.id, paper.version)
            place = self._ports.place(paper.id, paper.version, start)
            doubtful = self._ports.doubtful(paper.id, paper.version, start, end)
        except UnknownDocumentError:
            return None
        quote = text[start:end]
        if not quote.strip():
            return None
        citation = Citation(
            paper.id, paper.title, paper.source, paper.version, paper.kind, paper.date, place.page, place.page_label, place.path,
            start, end, paper.language, quote, check_quote(quote, text, start, end), paper.variants,
        )  # fmt: skip
        return replace(
            citation,
            counterparts=tuple(self._ports.counterparts(paper.id, paper.version, start, end)),
            superseded_by=self._ports.replaced(paper.id),
            ocr=place.ocr,
            doubtful=doubtful,
        )


def _renumbered(blocks: Sequence[Block], place: Mapping[int, int]) -> tuple[Block, ...]:
    """Blocks that cite each statement by the place where it stands now."""

    def moved(cell: Cell) -> Cell:
        return replace(cell, cited=tuple(place[at] for at in cell.cited))

    return tuple(replace(block, rows=tuple(tuple(map(moved, row)) for row in block.rows)) for block in blocks)
