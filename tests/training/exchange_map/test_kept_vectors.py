"""What is embedded for the map, and what is called sure on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.search.phrase_similarity import Likeness
from tests.training.exchange_map.papers import base
from training.exchange_map import Confidence, draw


def test_after_a_first_map_only_a_new_paper_is_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    vectors = Likeness.vectors

    def counted(self: Likeness, passages: Sequence[tuple[str, str]]) -> object:
        made.extend(text for _, text in passages if text.endswith((".", "。")))  # topics end without
        return vectors(self, passages)

    with base(tmp_path, "moc.md", "report.md") as kb:
        draw(kb)
        monkeypatch.setattr(Likeness, "vectors", counted)
        draw(kb)
        assert made == []
        (tmp_path / "news.md").write_text(
            "# Tide tables\n\nThe harbour office printed two hundred tide tables for the boats.\n", encoding="utf-8"
        )
        kb.ingest([tmp_path / "news.md"], kind="news")
        draw(kb)
        assert made == ["The harbour office printed two hundred tide tables for the boats."]


def test_sure_has_to_be_earned_by_what_the_passage_tells() -> None:
    assert Confidence(0.95).sureness == "likely"
    assert Confidence(0.95, belongs=0.9).sureness == "sure"
    assert Confidence(0.7, belongs=0.9).sureness == "likely"
