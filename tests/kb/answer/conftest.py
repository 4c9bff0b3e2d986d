"""The papers of `tests.kb.pact` in a knowledge base of the module's own, where it holds no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb import KnowledgeBase
from kb.ports import Ports
from tests.kb.make import base
from tests.kb.pact import papers, ports_of


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """The papers."""
    with base(tmp_path_factory.mktemp("pact")) as kb:
        kb.ingest_documents(papers())
        yield kb


@pytest.fixture(scope="module")
def ports(held: KnowledgeBase) -> Ports:
    """What the skills see of them."""
    return ports_of(held)
