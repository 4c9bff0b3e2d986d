"""A knowledge base that takes papers in quickly: the real catalogue, discovery and readers, in this process, and vectors of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ingest import pipeline
from kb import KnowledgeBase, Settings
from kb.documents import ingestion
from kb.files import private_folder
from kb.ports import FloatMatrix
from kb.sync import sources as module
from tests.kb.answer_fakes import WordEmbedder


class QuickEmbedder(WordEmbedder):
    dimension = 64

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        return super().passages(texts)


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    def read_here(paths: Sequence[Path | str], **said: object) -> object:
        return pipeline.read_documents(paths, **{key: value for key, value in said.items() if key not in ("effort", "watch")})

    monkeypatch.setattr(ingestion, "read_documents", read_here)
    monkeypatch.setattr(ingestion, "classified", lambda document, _embedder: document)
    settings = Settings.load(home=tmp_path / "home", page_cache_mb=0)
    private_folder(settings.home)
    private_folder(settings.home / "cache")
    with KnowledgeBase(settings, QuickEmbedder()) as opened:
        yield opened


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock of the syncs, in hours after their beginning."""
    begun = module._now()

    def moved(hours: float) -> None:
        monkeypatch.setattr(module, "_now", lambda: begun + timedelta(hours=hours))

    return moved
