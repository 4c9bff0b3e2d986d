"""What a process that reads papers is left with, should a paper take it over."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ingest.pipeline import read_documents
from ingest.processes import sandbox
from ingest.processes.pool import Effort
from ingest.processes.sandbox import can_leave_network, environment
from ingest.records import Document
from tests.ingest.ocr.test_ocr import needs_tesseract
from tests.ingest.pdfs import scan
from tests.support import PROJECT

SAYS_ALL = """
import json, os, socket
import ingest.processes.worker as worker
honest = worker.read_document
def read_document(source, **options):
    try:
        socket.create_connection(("127.0.0.1", {port}), 5).close()
        connected = True
    except OSError:
        connected = False
    said = dict(environment=dict(os.environ), folder=os.getcwd(), connected=connected, networks=socket.if_nameindex())
    with open({place!r}, "w") as file:
        json.dump(said, file)
    with open(os.path.join(os.environ["TMPDIR"], "left-behind"), "w") as file:
        file.write("words of a paper")
    return honest(source, **options)
worker.read_document = read_document
"""
WITHOUT_RIGHTS = """
import ctypes, struct
ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))
"""
"""What lets root do what nobody else may, taken away from the process itself."""

needs_namespaces = pytest.mark.skipif(not can_leave_network(), reason="this system gives a process no network of its own")


def _said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str = "") -> dict[str, object]:
    """What a reading process sees around it."""
    paper, place, scratch = tmp_path / "paper.txt", tmp_path / "said.json", tmp_path / "scratch"
    paper.write_text("The city agreed on flood warning.", encoding="utf-8")
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = SAYS_ALL.format(port=server.getsockname()[1], place=str(place))
        monkeypatch.setattr(sandbox, "_START", f"{before}{script}\nworker.main()")
        (document,) = read_documents([paper], effort=Effort(readers=1))
    assert isinstance(document, Document)
    assert list(scratch.iterdir()) == []  # its home is gone with it, and what it left there
    said: dict[str, object] = json.loads(place.read_text(encoding="utf-8"))
    return said


def test_no_key_home_or_folder_of_ours_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SETU_LLM_KEY", "OPENAI_API_KEY", "SSH_AUTH_SOCK", "SETU_HOME", "LD_PRELOAD_NOT", "http_proxy"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("TESSDATA_PREFIX", "/usr/share/tessdata")
    said = _said(tmp_path, monkeypatch)
    seen = said["environment"]
    assert isinstance(seen, dict)
    assert "secret" not in seen.values()
    assert seen["PATH"] == os.environ["PATH"]
    assert seen["TESSDATA_PREFIX"] == "/usr/share/tessdata"
    assert seen["HOME"] == seen["TMPDIR"] == said["folder"] != os.environ.get("HOME")
    # All that is handed on, and what Python itself adds where no language is set.
    known = {"PATH", "HOME", "TMPDIR", "PYTHONPATH", "TESSDATA_PREFIX", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"}
    known |= {"LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH"}
    assert set(seen) <= known


@needs_namespaces
@pytest.mark.parametrize("before", ["", WITHOUT_RIGHTS], ids=["as we are", "without rights"])
def test_a_reading_process_has_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    said = _said(tmp_path, monkeypatch, before)
    assert said["connected"] is False
    assert [name for _, name in said["networks"]] == ["lo"]  # type: ignore[union-attr, attr-defined]


@needs_tesseract
@pytest.mark.parametrize("before", ["", WITHOUT_RIGHTS], ids=["as we are", "without rights"])
def test_a_scan_is_read_there_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    (tmp_path / "scan.pdf").write_bytes(scan(["The Parties shall establish a Joint Committee.", "It meets twice a year in Kalpanagar."]))
    monkeypatch.setattr(sandbox, "_START", f"{before}\n{sandbox._START}")
    (document,) = read_documents([tmp_path / "scan.pdf"], effort=Effort(readers=1))
    assert isinstance(document, Document)
    assert document.pages[0].method == "ocr"
    assert "Joint Committee" in document.text


def test_where_a_system_gives_no_network_of_its_own_papers_are_read_and_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = "import ctypes\nclass Refusing:\n    def __init__(self, name): pass\n    def unshare(self, what): return -1\n"
    refusing += "ctypes.CDLL = Refusing\n"
    said = _said(tmp_path, monkeypatch, refusing)
    assert said["connected"] is True
    done = subprocess.run(
        [sys.executable, "-c", f"{refusing}from ingest.processes.sandbox import leave_network\nprint(leave_network())"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_names_of_folders_are_made_whole_before_they_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["", "lib", "/x"])
    assert environment({}, "/tmp/h")["PYTHONPATH"] == os.pathsep.join([os.path.abspath("lib"), "/x"])
