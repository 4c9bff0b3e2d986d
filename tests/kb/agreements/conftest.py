"""A knowledge base of agreements in four languages, one of which another replaces, and of a newspaper's story."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.records import DocumentInfo
from tests.embedded import embedded_once
from tests.once import copied, once
from tests.support import PROJECT

OLD = """MEMORANDUM OF UNDERSTANDING ON TIDE GAUGES

The Port of Ottermouth and the Ministry of Tides have agreed as follows:

Article 1 Costs
The Ministry of Tides shall pay for the gauges within ninety days after the signature of this Memorandum.

Signed at Ottermouth on 5 March 2021.
"""
NEW = """MEMORANDUM OF UNDERSTANDING ON TIDES

The Port of Ottermouth and the Ministry of Tides have agreed as follows:

Article 1 Gauges
The Port of Ottermouth will publish the readings every month.

Article 2 Earlier papers
This Memorandum supersedes the Memorandum of Understanding on Tide Gauges signed on 5 March 2021.

Signed at Ottermouth on 9 May 2025.
"""


@pytest.fixture(scope="package", autouse=True)
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with embedded_once(tmp_path_factory):
        yield


@pytest.fixture(scope="session")
def agreements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the papers. Tests only read it."""
    return once(tmp_path_factory, "agreements", _agreements) / "home"


def _agreements(made: Path) -> None:
    folder, home = made / "papers", made / "home"
    folder.mkdir()
    (folder / "old.txt").write_text(OLD, encoding="utf-8")
    (folder / "new.txt").write_text(NEW, encoding="utf-8")
    for file in ("memorandum-of-cooperation.pdf", "sahakarya-karar.pdf", "sagartat-samachar.txt"):
        shutil.copy(PROJECT / "samples" / "documents" / file, folder)
    for file in ("sahyog-gyapan.txt", "kyoryoku-oboegaki.txt"):
        shutil.copy(PROJECT / "eval" / "data" / "facts" / file, folder)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        assert not kb.ingest([folder]).rejected


@pytest.fixture
def kb(agreements: Path, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """A copy that a test may write to."""
    with KnowledgeBase.open(Settings(home=copied(agreements, tmp_path / "home"))) as opened:
        yield opened


def named(kb: KnowledgeBase, file: str) -> DocumentInfo:
    """The document of a file."""
    return next(info for info in kb.documents() if Path(info.source).name == file)
