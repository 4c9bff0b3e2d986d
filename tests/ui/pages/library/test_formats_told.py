"""The formats that are read are told in one list: in messages, in the library's form and in the documentation."""

from __future__ import annotations

from typing import get_args

import pytest

from ingest.parse.file_types import CLAIMS, MAILS, PAPERS, PICTURES, READABLE, SCANS, listed
from ingest.records import Media
from kb.store.originals.places import media_suffix
from lang.languages import LANGUAGES, Language
from tests.support import PROJECT
from ui.components.i18n import strings


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_names_every_format_in_every_language(language: Language) -> None:
    words = strings(language)
    said = words("documents.upload_hint", **listed(words("documents.between")))
    assert all(name in said for name in (*PAPERS, *MAILS, *SCANS, "ZIP"))


def test_messages_and_the_documentation_name_every_format() -> None:
    documented = (PROJECT / "docs" / "formats.md").read_text(encoding="utf-8").partition("## Limits")[0]
    for name in (*PAPERS, *MAILS, *SCANS):
        assert name in READABLE
        assert name in documented
    assert set(CLAIMS) >= PICTURES | {".epub", ".msg", ".eml", ".pdf", ".docx"}


def test_a_kept_book_and_a_kept_message_have_the_names_that_programs_open() -> None:
    assert {"epub", "outlook"} <= set(get_args(Media))
    assert (media_suffix("epub"), media_suffix("outlook"), media_suffix("mail")) == (".epub", ".msg", ".eml")
