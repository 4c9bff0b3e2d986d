"""Hundreds of files made to do harm: none hangs, crashes, escapes or stops the others, and each reject says why and what to do."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from ingest.errors import IngestError
from ingest.pipeline import read_documents
from ingest.processes.pool import Effort
from ingest.records import Document, Limits
from tests.ingest.hostile import EVIL, KINDS, SECRET, hostile_files, kind_of

SECONDS, MEMORY_MB = 10.0, 700
"""What one file may cost; in the time of a busy machine, so that no sound file is refused."""
MOST_ROWS = 5_000
SURELY_REFUSED = ("empty, or all zeros or noise", "encrypted", "an image and no text")


def _everything_in(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.lstat().st_mtime_ns for p in folder.rglob("*")}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_hostile_file_hangs_crashes_or_escapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, papers, scratch = tmp_path / "outside", tmp_path / "outside" / "deeper" / "papers", tmp_path / "scratch"
    papers.mkdir(parents=True)
    scratch.mkdir()
    secret = outside / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    names = set()
    for name, data in hostile_files(str(secret), str(outside / EVIL)):
        assert name not in names
        names.add(name)
        (papers / name).write_bytes(data)
    assert len(names) >= 500
    assert {kind_of(name) for name in names} == KINDS.keys()
    before = _everything_in(outside)
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    seen: set[str] = set()
    waited = time.monotonic()
    longest = 0.0
    effort = Effort(readers=2, seconds=SECONDS, memory_mb=MEMORY_MB, cache=tmp_path / "pages")
    for found in read_documents([papers], limits=Limits(max_rows=MOST_ROWS), effort=effort):
        longest = max(longest, time.monotonic() - waited)
        waited = time.monotonic()
        if isinstance(found, IngestError):
            uri = found.file
            assert len(found.reason) > 10, found
            assert len(found.remedy) > 8, found
            assert "sound" not in Path(uri).name, found
        else:
            assert isinstance(found, Document)
            uri = found.source.uri
            assert SECRET not in found.text
            assert "PRIVATE KEY" not in found.text
            assert "root:" not in found.text
            assert len(found.text) < 20_000_000
            name = Path(uri.partition(" › ")[0]).name
            if kind_of(name).startswith("sound"):
                assert "Joint Committee" in found.text
            if kind_of(name) in SURELY_REFUSED:
                # Noise that happens to be text, and a page that needs OCR, are said to be so; nothing of them is an empty success.
                assert found.text.strip() or any(page.note for page in found.pages), name
        assert uri.startswith(str(papers))
        seen.add(Path(uri.partition(" › ")[0]).name)

    assert seen == names
    # A file may use its own time and wait for the ones before it in both processes; nothing waits longer than that.
    assert longest < 4 * SECONDS
    assert _everything_in(outside) == before
    assert list(scratch.iterdir()) == []
    assert not Path("/tmp", EVIL).exists()
    assert not list(tmp_path.rglob(EVIL))


@pytest.mark.parametrize(
    ("name", "unit", "count"), [("a.csv", b'"', 120_000), ("b.txt", b"12.03.2025 12 March 2025 ", 500), ("c.txt", "契約".encode(), 25_000)]
)
def test_a_line_without_an_end_is_read_in_time_that_grows_with_its_length(tmp_path: Path, name: str, unit: bytes, count: int) -> None:
    seconds = []
    (tmp_path / "first.txt").write_text("Signed on 12 March 2025.", encoding="utf-8")
    list(read_documents([tmp_path / "first.txt"]))  # loads what is loaded at the first use
    for times in (1, 4):
        file = tmp_path / f"{times}-{name}"
        file.write_bytes(unit * (times * count))
        begun = time.process_time()
        (found,) = read_documents([file])
        assert isinstance(found, Document)
        seconds.append(time.process_time() - begun)
    # Four times the length: quadratic work takes sixteen times as long. The rest is for a busy machine.
    assert seconds[1] < 7 * seconds[0] + 0.2
