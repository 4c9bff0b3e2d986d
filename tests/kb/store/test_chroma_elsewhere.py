"""A Chroma that is run elsewhere, named by `SETU_CHROMA_URL`: papers are taken in, found and deleted through it, wherever the base is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import Filters
from kb.errors import VectorServiceError
from kb.index.chroma_server import free_port, is_up
from tests.kb.make import base, document

SERVED_S = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma of its own process, started as its manual says."""
    folder, port = tmp_path_factory.mktemp("chroma"), free_port()
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env={**os.environ, "ANONYMIZED_TELEMETRY": "False"})
    try:
        end = time.monotonic() + SERVED_S
        while not is_up(port):
            assert process.poll() is None, (folder / "log").read_text(errors="replace")
            assert time.monotonic() < end, "chroma run does not answer"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("place", ["files", "PostgreSQL"])
def test_papers_are_taken_in_found_and_deleted_through_a_server_elsewhere(
    place: str, server: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("database_url") if place == "PostgreSQL" else None
    ferries = [document(f"ferry {n}", "en", "news", tuple(f"The night ferry {n} sails at {hour}." for hour in range(3))) for n in range(4)]
    with base(tmp_path / "home", database_url=url, chroma_url=server, exact_limit=0) as opened:
        opened.reindex()  # the one server has both bases in turn
        opened.ingest_documents([*ferries, document("tram", "ja", "news", ("夜の電車は九時に出る。",))])
        assert opened.health()["vectors"].endswith("for en, ja")
        index = opened._vectors.chroma
        with opened._catalogue.read() as conn:
            assert opened._vectors.of(conn, "en") is not None
        assert len(index.ids("en")) == 12
        (hit, *_) = opened.search("When does the night ferry 2 sail?", k=20, channels=("dense",)).hits
        assert hit.document == "ferry 2"
        gone = next(info.id for info in opened.documents() if info.title == "ferry 2")
        opened.delete(gone)
        assert len(index.ids("en")) == 9
        left = opened.search("When does the night ferry 2 sail?", k=20, filters=Filters(languages=("en",))).hits
        assert {found.document for found in left} == {"ferry 0", "ferry 1", "ferry 3"}
        assert opened.verify() == ()
    with base(tmp_path / "home", database_url=url, chroma_url=server, exact_limit=0) as again:
        assert len(again.search("night ferry", k=20).hits) == 10
        for info in again.documents():
            again.delete(info.id)
        assert again._vectors.chroma.ids("en") == set()
    assert not (tmp_path / "home" / "vectors" / "chroma").exists()


def test_a_server_that_is_gone_is_told_with_its_address(tmp_path: Path) -> None:
    with base(tmp_path / "home", chroma_url="http://127.0.0.1:9", exact_limit=0) as opened, pytest.raises(VectorServiceError, match=":9 "):
        opened.ingest_documents([document("ferry", "en", "news", ("The night ferry sails at nine.",))])
