"""The slides of a module as PowerPoint: real layouts, numbers that open their source, speaker notes with the sources in full."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any, Final

from pptx.util import Pt

from kb import KnowledgeBase
from kb.answer.skills.tables.source_tables import cells_of
from kb.sanitize import visible
from training.material.tables import figures
from training.records import Module, Picture, Slide
from ui.components.i18n import Strings
from ui.export.blocks import Said
from ui.export.citations import Marks, Reference
from ui.export.training_modules.deck.look import Look, SlideLayout
from ui.export.training_modules.deck.slide_layouts import Deck
from ui.export.training_modules.deck.text_room import AFTER
from ui.export.training_modules.module_content import Cited, facts, own, source_rows

SMALL: Final = 16
ROWS: Final = (14, 12)
SHEETS: Final = (22, 20, 18, 16, 14, 12)


def pptx(kb: KnowledgeBase, module: Module, words: Strings, *, today: date, address: str, look: Look) -> bytes:
    """The file, for PowerPoint, LibreOffice and Keynote. What does not fit on a slide goes on on the next one under the same title."""
    cited = Cited.over(kb, words, address)
    deck = Deck(look, module.language, words)
    deck.properties(module.title, words("module.keywords", audience=words(f"module.audience.{module.request.audience}")))
    for slide in module.slides:
        if slide.kind == "title":
            _opening(deck, slide, cited, facts(module, words, words.date(today)))
        elif slide.columns:
            _table(deck, slide, cited)
        else:
            _slide(deck, slide, cited)
    _sources(deck, source_rows(kb, module, words, address), words)
    out = BytesIO()
    deck.presentation.save(out)
    return out.getvalue()


def _opening(deck: Deck, slide: Slide, cited: Cited, under: Sequence[str]) -> None:
    """The title slide: the papers, and when and for whom it was made."""
    page = deck.page("title")
    title = cited.said(own(slide.title, deck.language))
    papers = [cited.said(own(line, deck.language)) for line in slide.bullets]
    _title(deck, page, "title", title)
    frame, room = deck.text(page, "title"), deck.room("title")
    size = room.fitting([*map(_shown, papers), *under]) or room.sizes[-1]
    for at, said in enumerate(papers):
        _said(_paragraph(frame, at), said, size)
    for at, fact in enumerate(under, start=len(papers)):
        paragraph = _paragraph(frame, at)
        deck.run(paragraph, fact, min(size, SMALL), deck.language)
        if at == len(papers):
            paragraph.space_before = Pt(SMALL)
    _notes(deck, page, [title, *papers], [cited.said(own(line, deck.language)) for line in slide.notes], cited.words)


def _slide(deck: Deck, slide: Slide, cited: Cited) -> None:
    title = cited.said(own(slide.title, deck.language))
    bullets = [cited.said(own(line, deck.language)) for line in slide.bullets]
    spoken = [cited.said(own(line, deck.language)) for line in slide.notes]
    if slide.picture is not None and not bullets:
        _picture(deck, slide.picture, title, cited)
        return
    room = deck.room("content")
    parts = room.shares([*map(_shown, bullets)]) or [(room.sizes[0], range(0))]
    for at, (size, part) in enumerate(parts, start=1):
        page = deck.page("content")
        _title(deck, page, "content", title, f" ({at}/{len(parts)})" if len(parts) > 1 else "")
        frame = deck.text(page, "content")
        for row, number in enumerate(part):
            paragraph = _paragraph(frame, row)
            _said(paragraph, bullets[number], size)
            if room.place is None:  # a box of ours has no style that keeps the lines apart
                paragraph.space_after = Pt(size * AFTER)
        _notes(deck, page, [title, *(bullets[number] for number in part)], spoken if at == 1 else [], cited.words)
    if slide.picture is not None:
        _picture(deck, slide.picture, title, cited)


def _picture(deck: Deck, picture: Picture, title: Said, cited: Cited) -> None:
    """A trainer's own picture on a page of its own."""
    page = deck.page("table")
    _title(deck, page, "table", title)
    deck.picture(page, base64.b64decode(picture.data), picture.alt)
    _notes(deck, page, [title], [], cited.words)


def _table(deck: Deck, slide: Slide, cited: Cited) -> None:
    """A table of a paper as one, and after it what of it can be drawn; the title has the numbers of the rows' sources."""
    heading, rows = own(slide.title, deck.language), [own(line, deck.language) for line in slide.bullets]
    marks = cited.marks([citation for row in rows for citation in row.citations])
    title = replace(cited.said(heading), marks=marks)
    cells = [cells_of(row.text, slide.columns) for row in rows]
    page = deck.page("table")
    _title(deck, page, "table", title)
    deck.grid(page, heading.text, slide.columns, cells, SHEETS)
    _notes(deck, page, [title], [], cited.words)
    if (drawn := figures(slide.columns, cells)) is not None:
        page = deck.page("table")
        _title(deck, page, "table", replace(title, text=f"{heading.text}: {drawn[0]}"))
        deck.chart(page, *drawn)
        _notes(deck, page, [title], [], cited.words)


def _sources(deck: Deck, rows: Sequence[tuple[str, ...]], words: Strings) -> None:
    """The papers with versions and dates, a row for each."""
    head = tuple(words(f"module.{name}") for name in ("document", "version", "dated", "publisher"))
    deck.table(words("module.sources"), head, rows, ROWS)


def _title(deck: Deck, page: Any, kind: SlideLayout, said: Said, more: str = "") -> None:
    text, room = f"{_shown(said)}{more}", deck.look.pages[kind].title
    paragraph = page.shapes.title.text_frame.paragraphs[0]
    size = room.fitting([text]) or room.sizes[-1]
    _said(paragraph, said, size)
    if more:
        Deck.run(paragraph, more, size, said.language)


def _said(paragraph: Any, said: Said, size: int) -> None:
    """A text with its warning before it and the numbers of its sources after it."""
    if said.warning:
        Deck.run(paragraph, f"{said.warning}: ", size, said.language).font.bold = True
    Deck.run(paragraph, said.text, size, said.language)
    for at, mark in enumerate(said.marks):
        if at:
            _raised(Deck.run(paragraph, ", ", size, said.language))
        number = _raised(Deck.run(paragraph, str(mark.reference.number), size, said.language))
        number.hyperlink.address = mark.reference.link


def _raised(run: Any) -> Any:
    run._r.get_or_add_rPr().set("baseline", "30000")
    return run


def _shown(said: Said) -> str:
    """What stands on the slide, for measuring."""
    warning = f"{said.warning}: " if said.warning else ""
    return f"{warning}{visible(said.text)}{', '.join(str(mark.reference.number) for mark in said.marks)}"


def _notes(deck: Deck, page: Any, shown: Sequence[Said], spoken: Sequence[Said], words: Strings) -> None:
    """What to say, and every source of the slide in full with its link."""
    frame = deck.notes(page)
    row = 0
    for at, said in enumerate(spoken):
        if at == 0:
            deck.run(_paragraph(frame, row), words("module.speaker"), None, deck.language).font.bold = True
            row += 1
        _said(_paragraph(frame, row), said, 12)
        row += 1
    references = _references([mark for said in (*shown, *spoken) for mark in said.marks])
    if references:
        deck.run(_paragraph(frame, row), words("module.slide_sources"), None, deck.language).font.bold = True
    for at, reference in enumerate(references, start=row + 1):
        paragraph = _paragraph(frame, at)
        told = " ".join(filter(None, [f"[{reference.number}]", reference.place, reference.quote, reference.check, "· "]))
        deck.run(paragraph, told, None, deck.language)
        deck.run(paragraph, reference.link, None, "en").hyperlink.address = reference.link


def _references(marks: Sequence[Marks]) -> list[Reference]:
    return sorted({mark.reference.number: mark.reference for mark in marks}.values(), key=lambda reference: reference.number)


def _paragraph(frame: Any, at: int) -> Any:
    """The paragraph with a number; a frame has its first already."""
    return frame.paragraphs[0] if at == 0 else frame.add_paragraph()
