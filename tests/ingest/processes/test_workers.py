"""Reading in several processes: the same documents, and one bad file costs one file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.errors import IngestError, ReaderFailedError
from ingest.page_cache import PageCache, evict, forget, readers
from ingest.pdf.reader import read_pages
from ingest.pipeline import Meter, read_documents
from ingest.processes import sandbox
from ingest.processes.pool import Effort
from ingest.records import Document
from tests.ingest.pdfs import drawn, source, text_page
from tests.support import PROJECT

PAGES = 40


def _long_pdf(pages: int = PAGES) -> bytes:
    return drawn(
        *(
            text_page([f"Article {n}", f"The Parties met {n} times in Kalpanagar."], header="Minutes", footer=str(n))
            for n in range(1, pages + 1)
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("The city agreed on flood warning.", encoding="utf-8")
    (papers / "b.pdf").write_bytes(_long_pdf())
    (papers / "c.html").write_text("<html><body><h1>Tram</h1><p>The tram opened on line two.</p></body></html>", encoding="utf-8")
    (papers / "d.pdf").write_bytes(drawn(text_page(["Each Party bears its own costs."])))
    return papers


def _read(paths: Sequence[Path], effort: Effort, meters: list[Meter] | None = None) -> list[Document | IngestError]:
    watch = meters.append if meters is not None else None
    found = list(read_documents(paths, effort=effort, watch=watch))
    return [f for f in found if isinstance(f, Document | IngestError)]


def _sabotage(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let every reading process run ``body`` at the file whose name holds "bad"."""
    start = f"""
import ctypes, os, subprocess, sys, time
import ingest.processes.worker as worker
honest = worker.read_document
def read_document(source, **options):
    if "bad" in source.uri:
        {body}
    return honest(source, **options)
worker.read_document = read_document
worker.main()
"""
    monkeypatch.setattr(sandbox, "_START", start)


def test_several_processes_read_what_one_reads(folder: Path, tmp_path: Path) -> None:
    alone = list(read_documents([folder]))
    shared = _read([folder], Effort(readers=2, cache=tmp_path / "pages"))
    again = _read([folder], Effort(readers=3, cache=tmp_path / "pages"))
    uncached = _read([folder], Effort(readers=2))
    assert alone == shared == again == uncached
    assert [Path(d.source.uri).name for d in shared if isinstance(d, Document)] == ["a.txt", "b.pdf", "c.html", "d.pdf"]


def test_the_meter_ends_at_all_pages_and_counts_only_what_was_read_now(folder: Path, tmp_path: Path) -> None:
    first: list[Meter] = []
    _read([folder], Effort(readers=2, cache=tmp_path / "pages"), first)
    assert (first[-1].files, first[-1].files_total) == (4, 4)
    assert (first[-1].pages, first[-1].pages_total, first[-1].fresh) == (43, 43, 43)
    second: list[Meter] = []
    _read([folder], Effort(readers=2, cache=tmp_path / "pages"), second)
    assert (second[-1].pages, second[-1].fresh) == (43, 2)  # the text and the web page; PDF pages were kept


class _EnoughError(Exception):
    pass


def test_an_ingest_that_was_stopped_goes_on_at_the_page_it_had_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, log = tmp_path / "long.pdf", tmp_path / "reads"
    paper.write_bytes(_long_pdf())
    start = f"""
import time
import ingest.pdf.reader as pdf
import ingest.processes.worker as worker
honest = pdf._reading
def reading(data, number, *rest):
    with open({str(log)!r}, "a") as file:
        file.write(f"{{number}}\\n")
    time.sleep(0.02)
    return honest(data, number, *rest)
pdf._reading = reading
worker.main()
"""
    monkeypatch.setattr(sandbox, "_START", start)
    effort = Effort(readers=2, cache=tmp_path / "pages")

    def stop(meter: Meter) -> None:
        if meter.fresh >= 10:
            raise _EnoughError

    with pytest.raises(_EnoughError):
        list(read_documents([paper], effort=effort, watch=stop))
    before = [int(line) for line in log.read_text().split()]
    assert 10 <= len(before) < PAGES
    log.write_text("")
    (document,) = read_documents([paper], effort=effort)
    after = [int(line) for line in log.read_text().split()]
    assert isinstance(document, Document)
    assert len(document.pages) == PAGES
    # Of the pages that the first run had begun, each process may have lost the one in its hands.
    assert len(set(before) & set(after)) <= 2
    assert set(before) | set(after) == set(range(1, PAGES + 1))
    assert len(after) == len(set(after))


@pytest.mark.parametrize(
    ("harm", "effort", "said"),
    [
        ("ctypes.string_at(0)", Effort(readers=2), "signal SIGSEGV"),
        ("os.kill(os.getpid(), 9)", Effort(readers=2), "signal SIGKILL"),
        ("os._exit(3)", Effort(readers=2), "status 3"),
        ("time.sleep(60)", Effort(readers=2, seconds=3), "more than 3 s"),
        ("bytearray(300_000_000)", Effort(readers=2, memory_mb=100), "more than 100 MB of memory"),
    ],
)
def test_a_reader_that_dies_hangs_or_swells_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str, effort: Effort, said: str
) -> None:
    for name in ("a", "b-bad", "c", "d"):
        (tmp_path / f"{name}.txt").write_text(f"The city agreed with {name}.", encoding="utf-8")
    _sabotage(monkeypatch, harm)
    first, bad, *rest = _read([tmp_path], effort)
    assert all(isinstance(d, Document) for d in (first, *rest))
    assert len(rest) == 2
    assert isinstance(bad, ReaderFailedError)
    assert bad.file == str(tmp_path / "b-bad.txt")
    assert said in bad.reason
    assert bad.remedy


def test_a_reader_that_was_killed_from_outside_is_replaced_and_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.txt").write_text("The city agreed.", encoding="utf-8")
    mark = tmp_path / ".once"
    _sabotage(monkeypatch, f"os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w').close(), os.kill(os.getpid(), 9))")
    (document,) = _read([tmp_path / "bad.txt"], Effort(readers=1))
    assert isinstance(document, Document)


def test_no_process_outlives_an_ingest_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("The city agreed.", encoding="utf-8")
    script = f"""
from pathlib import Path
from ingest.processes import sandbox as process
from ingest.pipeline import read_documents
from ingest.processes.pool import Effort
process._START = '''
import os, subprocess
import ingest.processes.worker as worker
def read_document(source, **options):
    child = subprocess.Popen(["sleep", "60"])
    draft = {str(tmp_path)!r} + "/.pids"
    with open(draft + ".new", "w") as file:
        file.write(f"{{os.getpid()}} {{child.pid}}")
    os.rename(draft + ".new", draft)
    child.wait()
worker.read_document = read_document
worker.main()
'''
list(read_documents([Path({str(tmp_path)!r}, "bad.txt")], effort=Effort(readers=1)))
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT)
    pids = _wait_for(tmp_path / ".pids")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 60
    while any(_is_alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.05)
    assert [pid for pid in pids if _is_alive(pid)] == []


def _wait_for(file: Path) -> list[int]:
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return [int(pid) for pid in file.read_text(encoding="ascii").split()]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_kept_page_that_was_damaged_is_read_again(tmp_path: Path) -> None:
    data = drawn(text_page(["Each Party bears its own costs."]))
    (reading,) = read_pages(data, source(data), [1])
    cache = PageCache(tmp_path, "run")
    sha = source(data).sha256
    cache.put(sha, reading)
    (entry,) = (tmp_path / f"{sha}.{readers()}").iterdir()
    assert cache.get(sha, 1) == reading
    sound = entry.read_bytes()
    for damaged in (b"", sound[:-1], sound[:60] + b"\0" + sound[61:], b"other" + sound):
        entry.write_bytes(damaged)
        assert cache.get(sha, 1) is None
    cache.put(sha, reading)
    assert cache.get(sha, 1) == reading


def test_a_page_that_needs_ocr_is_kept_for_the_same_run_only(tmp_path: Path) -> None:
    from dataclasses import replace

    data = drawn(text_page(["Each Party bears its own costs."]))
    (reading,) = read_pages(data, source(data), [1])
    unread = replace(reading, page=replace(reading.page, method="none", note="Install Tesseract."))
    PageCache(tmp_path, "first").put("ab", unread)
    assert PageCache(tmp_path, "first").get("ab", 1) == unread
    assert PageCache(tmp_path, "second").get("ab", 1) is None
    assert PageCache(tmp_path, "second").held("ab", [1]) == set()


def test_the_pages_longest_untouched_make_room(tmp_path: Path) -> None:
    data = drawn(text_page(["Each Party bears its own costs."]))
    (reading,) = read_pages(data, source(data), [1])
    for age, sha in ((30, "old"), (20, "kept"), (10, "new")):
        PageCache(tmp_path, "run").put(sha, reading)
        os.utime(tmp_path / f"{sha}.{readers()}", (time.time() - age, time.time() - age))
    size = next((tmp_path / f"new.{readers()}").iterdir()).stat().st_size
    evict(tmp_path, 2 * size)
    assert {p.name.partition(".")[0] for p in tmp_path.iterdir()} == {"kept", "new"}
    evict(tmp_path, 0, keep=("kept",))
    assert {p.name.partition(".")[0] for p in tmp_path.iterdir()} == {"kept"}
    forget(tmp_path, "kept")
    assert list(tmp_path.iterdir()) == []
