"""Kinds that are not told lightly: an agreement or news has to be likelier than not, and minutes are known by who attended."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from ingest.document.build import build_document
from ingest.records import Document, Kind, RawBlock, RawDocument, RawPage, Source
from kb.classify.document_classifier import kind_of
from kb.classify.linear_model import Model

CLASSES: Final = ("agreement", "news", "other", "report")


class Flat:
    """Vectors of nothing."""

    name = "flat"
    dimension = 4

    def passages(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), self.dimension), dtype=np.float32)


def paper() -> Document:
    lines = (RawBlock("Rules of the walled garden", "title"), RawBlock("Visitors keep to the paths. Dogs stay outside the gate. " * 20))
    return build_document(RawDocument(Source("garden.txt", "0" * 64, "text", 1), (RawPage(1, "1", lines, "markup"),)))


def told(**chances: float) -> Kind:
    """The kind where a model says these chances of any paper."""
    bias = np.log([max(chances.get(name, 0.0), 1e-9) for name in CLASSES])
    columns = (1 << 13) + 2 * Flat.dimension
    model = Model(CLASSES, np.zeros((len(CLASSES), columns)), bias, np.zeros(Flat.dimension))
    return kind_of(paper(), model, Flat())  # type: ignore[arg-type]


@pytest.mark.parametrize("heavy", ["agreement", "news"])
def test_a_kind_that_weighs_has_to_be_likelier_than_not(heavy: str) -> None:
    assert told(**{heavy: 0.48, "other": 0.4, "report": 0.12}) == "other"
    assert told(**{heavy: 0.52, "other": 0.4, "report": 0.08}) == heavy


def test_a_light_kind_need_only_be_the_likeliest() -> None:
    assert told(agreement=0.3, other=0.28, report=0.42) == "report"
