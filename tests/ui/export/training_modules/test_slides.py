"""The slides: opened with python-pptx, every number and every link in the notes followed, and the room that text takes measured."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest
from PIL import ImageFont
from pptx import Presentation
from pptx.util import Emu

from kb import KnowledgeBase
from lang.languages import Language
from tests.ui.export.training_modules.conftest import SIGNS, Made, stands, written
from tests.ui.links import folded
from training.records import Module, Rendering
from ui.components.i18n import strings
from ui.export.training_modules.deck.text_room import fitting, lines, shares, width


def opened(kb: KnowledgeBase, module: Module):
    return Presentation(BytesIO(written(kb, module, "pptx")))


def links(frame) -> list[tuple[str, str]]:
    """Text of the paragraph and the address, for every link of a frame."""
    return [
        ("".join(run.text for run in paragraph.runs), run.hyperlink.address)
        for paragraph in frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]


def frames(slide):
    return [shape.text_frame for shape in slide.placeholders if shape.has_text_frame]


def test_every_number_on_a_slide_opens_the_words_it_stands_behind(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    deck = opened(kb, module)
    assert len(deck.slides) >= len(module.slides) + 1
    notes = {link: text for slide in deck.slides if slide.has_notes_slide for text, link in links(slide.notes_slide.notes_text_frame)}
    numbered = 0
    for slide in list(deck.slides)[:-1]:
        for frame in frames(slide):
            for paragraph in frame.paragraphs:
                text = "".join(run.text for run in paragraph.runs)
                for run in paragraph.runs:
                    if run.hyperlink.address:
                        said = folded(stands(kb, run.hyperlink.address))
                        assert said in folded(text) or said in folded(notes[run.hyperlink.address]), text
                        numbered += 1
    assert numbered >= sum(len(line.citations) for slide in module.slides for line in (slide.title, *slide.bullets))


def test_the_notes_name_every_source_of_their_slide_with_place_version_date_and_check(kb: KnowledgeBase, made: Made) -> None:
    deck = opened(kb, made("en"))
    for slide in list(deck.slides)[:-1]:
        shown = {run.hyperlink.address for frame in frames(slide) for p in frame.paragraphs for run in p.runs if run.hyperlink.address}
        told = links(slide.notes_slide.notes_text_frame)
        assert shown <= {link for _, link in told}
        sources = [text for text, link in told if link in text]
        for text in sources:
            assert "version 1" in text
            assert "dated" in text
            assert "✓\N{NO-BREAK SPACE}verified" in text


def test_what_the_speaker_says_stands_in_the_notes(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    spoken = [line.text for slide in module.slides for line in slide.notes]
    assert spoken
    notes = folded("".join(slide.notes_slide.notes_text_frame.text for slide in opened(kb, module).slides if slide.has_notes_slide))
    assert all(folded(text) in notes for text in spoken)


def test_the_last_slide_lists_the_papers_with_version_date_and_a_link(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    deck = opened(kb, module)
    last = list(deck.slides)[-1].shapes.title.text_frame.text.partition(" (")[0]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table and shape.name == last]
    rows = [row for table in tables for row in list(table.rows)[1:]]
    assert len(rows) == len({(citation.document_id, citation.version) for citation in module.citations()})
    titles = {info.title for info in kb.documents()}
    for row in rows:
        cells = [cell.text_frame for cell in row.cells]
        assert cells[0].text in {" ".join(title.split()) for title in titles}
        assert cells[1].text == "1"
        assert cells[2].text
        ((_, link),) = links(cells[0])
        assert stands(kb, link)


def test_the_layouts_are_real_and_every_text_stands_in_their_placeholders(kb: KnowledgeBase, made: Made) -> None:
    deck = opened(kb, made("en"))
    used = [slide.slide_layout.name for slide in deck.slides]
    assert set(used) == {"Title Slide", "Title and Content", "Title Only"} == {layout.name for layout in deck.slide_layouts}
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text
        assert all(shape.is_placeholder or shape.has_table for shape in slide.shapes)


def test_no_two_shapes_of_a_slide_share_an_id(kb: KnowledgeBase, made: Made) -> None:
    # PowerPoint offers to repair a file in which they do.
    deck = opened(kb, made("en"))
    for page in (deck.slide_master, *deck.slide_layouts, *deck.slides):
        ids = [shape.shape_id for shape in page.shapes]
        assert len(ids) == len(set(ids))
        assert all(shape.element.ph.get("type") != "sldNum" or "slidenum" in shape.element.xml for shape in page.placeholders)


def test_the_properties_name_title_and_language_and_nobody(kb: KnowledgeBase, made: Made) -> None:
    core = opened(kb, made("ja")).core_properties
    assert (core.title, core.language) == ("洪水警報", "ja-JP")
    assert (core.author, core.last_modified_by) == ("", "")


def test_each_text_says_its_language(kb: KnowledgeBase, made: Made) -> None:
    deck = opened(kb, made("mr"))
    runs = [run for slide in deck.slides for frame in frames(slide) for p in frame.paragraphs for run in p.runs]
    assert all(run._r.rPr.get("lang") for run in runs)
    devanagari = [run for run in runs if "\u0904" <= run.text.strip()[:1] <= "\u0939"]
    assert devanagari
    assert {run._r.rPr.get("lang") for run in devanagari} == {"mr-IN"}


def test_an_unverified_bullet_says_so_in_words(kb: KnowledgeBase, hostile: Module) -> None:
    deck = opened(kb, hostile)
    warning = f"⚠\N{NO-BREAK SPACE}{strings('en')('status.unsupported')}: "
    bad = [text for slide in deck.slides for frame in frames(slide) for text in frame.text.split("\n") if folded(SIGNS) in folded(text)]
    assert len(bad) == len(hostile.slides[1].bullets)
    assert all(text.startswith(warning) for text in bad)
    assert "not borne out" in deck.slides[0].placeholders[1].text_frame.text


def test_a_passage_in_another_language_is_shown_in_the_modules_own_where_there_is_one(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    slide, line = next((slide, line) for slide in module.slides for line in slide.bullets if line.beside)
    other = line.beside[0]
    turned = replace(
        line, text=other.text, language=other.language, citations=other.citations, beside=(Rendering("en", line.text, line.citations),)
    )
    text = opened(kb, replace(module, slides=(replace(slide, bullets=(turned,)),))).slides[0].placeholders[1].text_frame.text
    assert folded(line.text) in folded(text)
    assert folded(other.text) not in folded(text)


def test_a_dropped_bullet_and_a_dropped_slide_are_not_there(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    first, second, third = module.slides[:3]
    other = replace(third.bullets[0], id="other", text="Another bullet of the same slide.", origin="edited")
    third = replace(third, bullets=(third.bullets[0], other))
    bullets = (replace(third.bullets[0], dropped=True), other)
    deck = opened(kb, replace(module, slides=(first, replace(second, dropped=True), replace(third, bullets=bullets))))
    text = folded("".join(frame.text for slide in deck.slides for frame in frames(slide)))
    assert folded(third.bullets[0].text) not in text
    assert folded(third.bullets[1].text) in text
    assert folded(second.title.text) not in text


def test_long_text_goes_on_on_the_next_slide_under_the_same_title(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    slide = module.slides[2]
    long = tuple(replace(slide.bullets[0], id=f"long{n}", text=f"{n} {slide.bullets[0].text * 5}"[:600], origin="edited") for n in range(4))
    deck = opened(kb, replace(module, slides=(replace(slide, bullets=long),)))
    pages = [page for page in deck.slides if not any(shape.has_table for shape in page.shapes)]
    assert len(pages) > 1
    assert all(page.shapes.title.text_frame.text.endswith(f" ({at}/{len(pages)})") for at, page in enumerate(pages, start=1))
    text = folded("".join(frame.text for page in pages for frame in frames(page)))
    assert all(folded(line.text) in text for line in long)
    assert not overflowing(deck)


def test_no_text_overflows_its_box(kb: KnowledgeBase, made: Made, language: Language) -> None:
    assert not overflowing(opened(kb, made(language)))


@cache
def font(name: str, points: int) -> ImageFont.FreeTypeFont:
    """A font of this machine, as large as its points."""
    found = subprocess.run(["fc-match", "-f", "%{family}|%{file}", name], capture_output=True, text=True, check=False).stdout
    family, _, file = found.partition("|")
    if name not in family:
        pytest.skip(f"{name} is not installed")
    return ImageFont.truetype(file, points)


def overflowing(deck) -> list[str]:
    """The texts that do not fit, measured word by word (letter by letter in Japanese) in the fonts of the theme."""
    bad = []
    for slide in deck.slides:
        for shape in slide.placeholders:
            if not shape.has_text_frame or not shape.text_frame.text or shape.placeholder_format.type in (13, 15):
                continue
            room = Emu(shape.width).pt - 2 * 7.2 - 28
            used = sum(_height(paragraph, room) for paragraph in shape.text_frame.paragraphs)
            if used > Emu(shape.height).pt - 7.2:
                bad.append(shape.text_frame.text)
    return bad


def _height(paragraph, room: float) -> float:
    size = max((int(run.font.size.pt) for run in paragraph.runs), default=18)
    text = "".join(run.text for run in paragraph.runs)
    names = ("Noto Sans", "Noto Sans Devanagari", "Noto Sans CJK JP")
    count, left = 1, room
    for word in _words(text):
        name = names[2] if any("\u3000" <= c <= "\u9fff" for c in word) else names[1] if any("ऀ" <= c <= "ॿ" for c in word) else names[0]
        long = font(name, size).getlength(word)
        if long > left:
            count, left = count + 1, room
        left -= long
    return count * size * 1.36 + size * 0.2


def _words(text: str) -> list[str]:
    words: list[str] = []
    for letter in text:
        if words and not words[-1].endswith(" ") and not "\u3000" <= letter <= "\u9fff":
            words[-1] += letter
        else:
            words.append(letter)
    return words


def test_the_width_of_a_text_counts_marks_as_nothing_and_kanji_as_one() -> None:
    assert width("水位") == 2.0
    assert width("कि") < width("कक")
    assert width("é") == width("e")


def test_lines_and_sizes_worked_by_hand() -> None:
    # Ten kanji at 20 points are 200 points, with the slack for breaking 206.
    assert lines("水" * 10, 20, 206) == 1
    assert lines("水" * 10, 20, 205) == 2
    # Two lines of 1.45 em and 0.4 em after them: 20 points need 66, 18 points need one line only, 33.3.
    assert fitting(["水" * 10], (20, 18), 190, 60) == 18
    assert fitting(["水" * 10], (20, 18), 190, 30) is None


def test_paragraphs_are_shared_out_evenly_and_each_stands_once() -> None:
    parts = shares(["水" * 20] * 5, (20, 18), 400, 80)
    assert [number for _, part in parts for number in part] == [0, 1, 2, 3, 4]
    assert max(len(part) for _, part in parts) - min(len(part) for _, part in parts) <= 1
    assert shares([], (20,), 400, 80) == []
