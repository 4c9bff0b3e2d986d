"""A PDF says which letters it cannot show; a machine without the fonts is told which to install."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from kb import KnowledgeBase
from kb.user_records import Conversation
from tests.ui.export.conftest import sheet_of
from tests.ui.links import folded
from ui.components.i18n import strings
from ui.export import ExportError, export
from ui.export import pdf as pdf_module


def test_a_machine_with_the_fonts_lacks_nothing() -> None:
    assert pdf_module.lacking() is None


def test_a_character_without_a_font_is_shown_as_missing_and_the_pdf_says_so(kb: KnowledgeBase, talk: Conversation) -> None:
    named = replace(talk, title="Before \U0010fffd after", exchanges=talk.exchanges[:1])
    text = pypdf.PdfReader(BytesIO(export(sheet_of(kb, named), "pdf"))).pages[0].extract_text()
    assert folded(strings("en")("note.unprintable")) in folded(text)
    assert "\U0010fffd" not in text


def test_a_letter_whose_mark_has_no_font_stays_where_it_stands_elsewhere(kb: KnowledgeBase, talk: Conversation) -> None:
    named = replace(talk, title="Bold B\U0010fffdB \U00020000 Both", exchanges=())
    text = folded(pypdf.PdfReader(BytesIO(export(sheet_of(kb, named), "pdf"))).pages[0].extract_text())
    assert "Both" in text
    assert folded("Date of this note") in text


@pytest.mark.parametrize(
    ("named", "title", "package"),
    [
        ("DejaVu Sans", "協力", "fonts-noto-cjk"),
        ("Noto Sans Tamil", "協力", "fonts-noto-cjk"),
        ("DejaVu Sans", "करार", "fonts-noto-core"),
        ("", "Deed", "fonts-noto-core"),
    ],
)
def test_a_machine_without_the_fonts_is_told_which_to_install(
    kb: KnowledgeBase, talk: Conversation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str, title: str, package: str
) -> None:
    if named:
        latin = next((f.path for f in pdf_module.typst.Fonts().fonts() if f.family == named and f.path), None)
        if latin is None:
            pytest.skip("there is no font here that has neither script")
        shutil.copy(latin, tmp_path)
    few = pdf_module.typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[tmp_path])
    monkeypatch.setattr(pdf_module, "_fonts", lambda: few)
    monkeypatch.setattr(pdf_module, "_missing", pdf_module._missing.__wrapped__)
    compiled = pdf_module.typst.compile
    monkeypatch.setattr(pdf_module.typst, "compile", lambda *a, **k: compiled(*a, **k, ignore_system_fonts=True))
    with pytest.raises(ExportError, match=package):
        export(sheet_of(kb, replace(talk, title=title, exchanges=()), "en"), "pdf")
    reason = pdf_module.lacking()
    assert reason is not None
    assert "apt install fonts-noto" in reason
