from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.processes import sandbox
from kb import Settings
from kb.store.document_rows import HEADED
from kb.store.schema import meta
from tests.kb.make import base, papers
from tests.support import PROJECT
from tests.ui.conftest import Setu
from ui.cli import doctor


def program(folder: Path, name: str, prints: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\ncat <<'END'\n{prints}\nEND\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, but for the shell's own tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("cat", "sh"):
        (folder / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_a_machine_without_tesseract_is_given_the_line_to_type(programs: Path) -> None:
    check = doctor.check_ocr()
    assert check.outcome == "warning"
    assert check.remedy == (
        "sudo apt-get install tesseract-ocr tesseract-ocr-mar tesseract-ocr-hin tesseract-ocr-jpn tesseract-ocr-jpn-vert "
        "tesseract-ocr-eng tesseract-ocr-osd"
    )


def test_only_the_missing_language_data_is_asked_for(programs: Path) -> None:
    program(programs, "tesseract", "List of available languages (4):\neng\nosd\nhin\njpn")
    check = doctor.check_ocr()
    assert check.outcome == "warning"
    assert check.remedy == "sudo apt-get install tesseract-ocr-mar tesseract-ocr-jpn-vert"


@pytest.mark.parametrize(("can", "outcome", "said"), [(True, "ok", "without a network"), (False, "warning", "RestrictNamespaces=user net")])
def test_whether_papers_are_read_without_a_network_is_told(monkeypatch: pytest.MonkeyPatch, can: bool, outcome: str, said: str) -> None:
    monkeypatch.setattr(sandbox, "can_leave_network", lambda: can)
    monkeypatch.setattr(sys, "platform", "linux")
    check = doctor.check_sandbox()
    assert check.outcome == outcome
    assert said in f"{check.detail} {check.remedy}"


def test_a_complete_tesseract_is_well(programs: Path) -> None:
    program(programs, "tesseract", "List of available languages (6):\neng\nosd\nhin\njpn\njpn_vert\nmar")
    assert doctor.check_ocr().outcome == "ok"


def test_a_machine_without_fonts_is_told_which(programs: Path) -> None:
    program(programs, "fc-list", "")
    check = doctor.check_fonts()
    assert (check.outcome, check.remedy) == ("warning", "sudo apt-get install fonts-noto-core fonts-noto-cjk")
    assert "Devanagari and Japanese" in check.detail


def test_the_names_of_fonts_are_read_in_a_locale_that_has_not_their_letters(programs: Path) -> None:
    program(programs, "fc-list", "ヒラギノ角ゴ,Hiragino Sans")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    code = "from ui.cli import doctor; print(doctor.check_fonts().outcome)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, encoding="ascii", check=False)
    assert (done.stdout, done.stderr) == ("ok\n", "")


def test_too_little_room_on_the_disk_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES", 2**70)
    assert doctor.check_disk(tmp_path).outcome == "failed"


def outcomes(told: str) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in json.loads(told)["checks"]}


def test_a_home_that_cannot_be_written_fails_one_check_and_the_others_are_made_all_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    told = Setu(home)("doctor", "--json")
    assert told.exit_code == 1
    assert outcomes(told.stdout) == {
        "python": "ok", "sqlite": "ok", "disk": "failed", "sign-in": "failed",
        "sandbox": doctor.check_sandbox().outcome, "tesseract": doctor.check_ocr().outcome, "fonts": doctor.check_fonts().outcome,
    }  # fmt: skip
    assert "a file, not a folder" in told.stdout
    assert "Set the project up again" not in told.stdout


def test_a_home_that_may_not_be_looked_into_is_a_failed_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> dict[str, object]:
        raise PermissionError(13, "Permission denied", str(tmp_path / "settings.toml"))

    monkeypatch.setattr(Settings, "stored", refused)
    told = Setu(tmp_path)("doctor")
    assert told.exit_code == 1
    assert f"{tmp_path}: Permission denied" in told.stdout
    assert "SETU_HOME" in told.stdout


def test_passages_embedded_as_by_an_earlier_setu_are_told_with_what_renews_them(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        with kb._catalogue.write() as conn:
            conn.execute(meta.delete().where(meta.c.key == HEADED))
        check = doctor.check_store(kb, verify=True)
        assert check.outcome == "failed"
        assert "earlier Setu" in check.detail
        assert check.remedy.startswith("Run setu reindex; it embeds")
        kb.reindex()
        assert doctor.check_store(kb, verify=True).outcome == "ok"


def test_sqlite_has_full_text_search() -> None:
    assert doctor.check_sqlite().outcome == "ok"
