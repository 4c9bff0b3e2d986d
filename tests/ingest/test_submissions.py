"""What comes in one file from outside goes by its limits together, and what is left out is told with the limit and how to raise it."""

from __future__ import annotations

import email
import io
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.containers import Submissions, contents, forget_containers
from ingest.discover import discover
from ingest.errors import IngestError, TooLargeError
from ingest.pipeline import read_documents
from ingest.processes.pool import Effort
from ingest.records import Document, Limits, Source
from tests.ingest.test_discover import docx_bytes

WORDS = "The Parties shall meet twice a year in Kalpanagar. "


def mail(parts: int, how: str = "attachment; filename=a.txt", boundary: str = "b") -> bytes:
    head = f"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; Boundary={boundary}\r\n\r\n"
    each = "".join(f"--b\r\nContent-Type: text/plain\r\nContent-Disposition: {how}\r\n\r\n{WORDS}{n}\r\n" for n in range(parts))
    return f"{head}{each}--b--\r\n".encode()


def packed(folder: Path, name: str, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in files.items():
            archive.writestr(member, text)
    return folder / name


@pytest.mark.parametrize("how", ["attachment; filename=a.txt", "inline"])
@pytest.mark.parametrize("boundary", ["b", '"b"'])
def test_a_mail_of_20000_parts_is_refused_before_it_is_parsed(tmp_path: Path, how: str, boundary: str) -> None:
    (tmp_path / "m.eml").write_bytes(mail(20_000, how, boundary))
    begun = time.process_time()
    outcomes = list(read_documents([tmp_path / "m.eml"]))
    assert time.process_time() - begun < 2.0  # parsing it takes five seconds, for each of its parts
    assert all(isinstance(one, TooLargeError) for one in outcomes)
    for one in outcomes:
        assert isinstance(one, IngestError)
        assert one.file == str(tmp_path / "m.eml")
        assert "more than 2000 parts" in one.reason
        assert "SETU_MAX_PARTS" in one.remedy


def test_a_mail_is_parsed_once_for_all_its_attachments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.eml").write_bytes(mail(300))
    attached = [one for one in discover([tmp_path / "m.eml"], Limits()) if isinstance(one, Source) and one.parts]
    assert len(attached) == 300
    parsed, plain = [], email.message_from_bytes
    monkeypatch.setattr(email, "message_from_bytes", lambda *a, **k: parsed.append(1) or plain(*a, **k))
    assert [contents(one, Limits()).decode().strip() for one in attached] == [f"{WORDS}{n}" for n in range(300)]
    assert len(parsed) == 1
    forget_containers()


@pytest.mark.parametrize("effort", [None, Effort(readers=1)])
@pytest.mark.parametrize(
    ("limits", "said", "setting"),
    [
        (Limits(max_characters=3 * len(WORDS)), "more than 153 characters", "SETU_MAX_CHARACTERS"),
        (Limits(max_rows=8), "more than 8 rows of tables", "SETU_MAX_ROWS"),
    ],
)
def test_what_is_packed_together_counts_together_and_other_files_go_on(
    tmp_path: Path, effort: Effort | None, limits: Limits, said: str, setting: str
) -> None:
    rows = "".join(f"ward {n},{n}\n" for n in range(4))
    ending, text = ("txt", WORDS) if "characters" in said else ("csv", rows)
    packed(tmp_path, "p.zip", {f"{n}.{ending}": f"{text}\n{ending} {n},{n}\n" for n in range(9)})
    (tmp_path / "z.txt").write_text(WORDS, encoding="utf-8")
    outcomes = list(read_documents([tmp_path], limits=limits, effort=effort))
    taken = [one.source.uri.removeprefix(f"{tmp_path}/") for one in outcomes if isinstance(one, Document)]
    left = [one for one in outcomes if isinstance(one, TooLargeError)]
    assert taken[-1] == "z.txt"
    assert 1 <= len(taken) - 1 <= 3
    assert [*taken[:-1], *(one.file.removeprefix(f"{tmp_path}/") for one in left)] == [f"p.zip › {n}.{ending}" for n in range(9)]
    assert all(f"All in p.zip together has {said}." == one.reason and setting in one.remedy for one in left)


def test_a_text_over_the_limit_is_refused_before_it_is_understood(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS * 100, encoding="utf-8")
    (error,) = read_documents([tmp_path / "a.txt"], limits=Limits(max_characters=5000))
    assert isinstance(error, TooLargeError)
    assert "over the limit of 5,000" in error.reason
    assert "SETU_MAX_CHARACTERS" in error.remedy


def test_the_time_of_a_container_is_that_of_one_file_and_more_as_more_pages_come() -> None:
    submissions = Submissions(Limits(), 10.0)
    member = Source("/p.zip › a.txt", "", "text", 1, ("/p.zip", "z0"))
    alone = Source("/a.txt", "", "text", 1)
    assert not submissions.waited(member, 9.0)
    assert not submissions.waited(alone, 99.0)  # the reading process has the limit of one file
    assert submissions.refusal(member) is None
    assert submissions.waited(member, 2.0)
    error = submissions.refusal(member)
    assert error is not None
    assert (error.file, "more than 10 s" in error.reason, "SETU_FILE_SECONDS" in error.remedy) == ("/p.zip › a.txt", True, True)
    assert submissions.refusal(alone) is None


def test_a_container_that_takes_too_long_is_broken_off_and_the_next_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(tmp_path, "p.zip", {f"{n}.txt": WORDS for n in range(5)})
    (tmp_path / "z.txt").write_text(WORDS, encoding="utf-8")
    plain = Submissions.waited
    monkeypatch.setattr(Submissions, "waited", lambda self, source, seconds: plain(self, source, 1000.0 if source.parts else seconds))
    outcomes = list(read_documents([tmp_path], effort=Effort(readers=1)))
    told = {(one.source.uri if isinstance(one, Document) else one.file).rpartition("/")[2]: type(one) for one in outcomes}  # type: ignore[union-attr]
    assert told["z.txt"] is Document
    assert told["p.zip › 4.txt"] is TooLargeError
    assert len(told) == 6


def test_what_an_office_document_in_an_archive_expands_to_counts(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_bytes(WORDS))) as plain, zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in plain.namelist():
            bomb.writestr(name, plain.read(name))
        bomb.writestr("word/media/image1.png", b"0" * 2_000_000)
    path = packed(tmp_path, "p.zip", {f"{n}.docx": inner.getvalue() for n in range(5)})
    outcomes = list(discover([path], Limits(max_expanded_bytes=5_000_000)))
    assert 1 <= sum(isinstance(one, Source) for one in outcomes) <= 2
    assert isinstance(outcomes[-1], TooLargeError)
    assert "SETU_MAX_FILE_MB" in outcomes[-1].remedy
