"""Sound packages that the libraries for Word and PowerPoint refuse are read all the same."""

from __future__ import annotations

import docx
import pptx
import pytest
import regex

from tests.ingest.office import test_slides
from tests.ingest.word_files import blocks, read, rezipped, saved

LINKS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def strict(name: str, part: bytes) -> bytes:
    """A part as strict OOXML names things (ISO/IEC 29500-1)."""
    if name == "[Content_Types].xml":
        return part
    part = part.replace(b"relationships/extended-properties", b"relationships/extendedProperties")
    return regex.sub(rb"http://schemas\.openxmlformats\.org/(officeDocument|\w+ml)/2006/", rb"http://purl.oclc.org/ooxml/\1/", part)


def test_a_strict_word_file_is_read_and_its_text_is_not_changed() -> None:
    document = docx.Document()
    document.add_heading("Scope", 1)
    document.add_paragraph('It has xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main", as text.')
    document.add_table(rows=1, cols=2).cell(0, 0).text = "Budget"
    data = rezipped(saved(document), strict)
    assert blocks(data) == [
        ("heading", 1, "Scope"),
        ("paragraph", 0, 'It has xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main", as text.'),
        ("table_row", 0, "Budget"),
    ]


def test_a_strict_presentation_is_read() -> None:
    data = rezipped(test_slides.saved(test_slides.talk()), strict)
    assert test_slides.blocks(test_slides.read(data)) == test_slides.blocks(test_slides.read(test_slides.saved(test_slides.talk())))


@pytest.mark.parametrize("target", [b"#_place", b"#"])
def test_a_link_to_a_place_in_the_file_is_no_missing_part(target: bytes) -> None:
    link = b'<Relationship Id="rIdX" Type="' + LINKS + b'" Target="' + target + b'"/></Relationships>'

    def linked(name: str, part: bytes) -> bytes:
        return part.replace(b"</Relationships>", link) if name.endswith(("document.xml.rels", "slide1.xml.rels")) else part

    document = docx.Document()
    document.add_paragraph("The sides cooperate.")
    assert [block.text for page in read(rezipped(saved(document), linked)).pages for block in page.blocks] == ["The sides cooperate."]
    presentation = pptx.Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = "Steps"
    assert test_slides.blocks(test_slides.read(rezipped(test_slides.saved(presentation), linked))) == [("title", "Steps")]
