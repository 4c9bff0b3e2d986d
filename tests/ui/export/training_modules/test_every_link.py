"""Whatever kind of file a module becomes: no link in it leads nowhere, and none leads to anything but the words that are cited."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pypdf
import pytest
import regex

from kb import KnowledgeBase
from lang.languages import Language
from tests.ui.export.training_modules.conftest import BESIDE, Made, stands, written
from tests.ui.links import AT
from ui.export.training_modules.module_formats import MODULE_FORMATS, ModuleFormat

LINK = regex.compile(r"https?\\?://[\w.\\:-]+/\\?\?passage\\?=[\d.]*\d")


def texts(data: bytes) -> Iterator[str]:
    """Everything that stands in a file, whatever it is packed in."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as package:
            for name in package.namelist():
                yield from texts(package.read(name))
    elif data.startswith(b"SQLite format 3"):
        base = sqlite3.connect(":memory:")
        base.deserialize(data)
        yield "\n".join(base.iterdump())
        base.close()
    elif data.startswith(b"%PDF"):
        for page in pypdf.PdfReader(BytesIO(data)).pages:
            yield "\n".join(str(note.get_object()["/A"].get("/URI", "")) for note in page.get("/Annots", []) if "/A" in note.get_object())
    else:
        yield data.decode("utf-8", errors="ignore")


def links(data: bytes) -> set[str]:
    """The links of a file, without the signs that its format puts before a colon or an equals sign."""
    return {found.replace("\\", "") for text in texts(data) for found in LINK.findall(text)}


@pytest.mark.parametrize("into", MODULE_FORMATS)
def test_every_link_of_every_kind_of_file_opens_words_that_the_module_cites(
    kb: KnowledgeBase, made: Made, language: Language, into: ModuleFormat
) -> None:
    module = made(language)
    found = links(written(kb, module, into))
    quotes = {citation.quote for citation in module.citations()}
    assert found
    for link in found:
        assert stands(kb, link) in quotes


@pytest.mark.parametrize("into", [into for into, kind in MODULE_FORMATS.items() if kind.paper])
def test_the_links_of_the_second_column_open_too(kb: KnowledgeBase, made: Made, language: Language, into: ModuleFormat) -> None:
    module = made(language)
    one = links(written(kb, module, into))
    two = links(written(kb, module, into, BESIDE[language]))
    assert one <= two
    assert all(stands(kb, link) for link in two - one)


def test_the_table_has_a_link_to_every_place_that_the_module_cites(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    found = links(written(kb, module, "csv"))
    assert found == {f"{AT}/?passage={c.document_id}.{c.version}.{c.start}.{c.end}" for c in module.citations()}
