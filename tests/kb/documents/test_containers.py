"""Archives, mails and web pages in the knowledge base: their documents come, change and go with them."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.auth.roles import Reader
from tests.ingest.compound_files import Attached, compound, message
from tests.kb.make import base

ONE = "The Parties shall establish a Joint Committee that meets twice a year in Kalpanagar."
TWO = "Forty flood gauges were placed along the river Lahar before the monsoon."
THREE = "The commissioner opened the pumping station at the harbour on Friday."


def pack(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def sources(kb: KnowledgeBase, query: str) -> set[str]:
    return {hit.source for hit in kb.search(query, k=10).hits if query in hit.text}


def states(kb: KnowledgeBase) -> dict[str, str]:
    return {Path(info.source).name: info.state for info in kb.documents()}


def test_an_archive_that_changed_updates_adds_and_withdraws_its_documents(tmp_path: Path) -> None:
    path = tmp_path / "papers.zip"
    with base(tmp_path / "home", readers=1) as kb:
        pack(path, {"one.txt": ONE, "two.txt": TWO, "bad.pdf": b"%PDF-1.7 broken"})
        first = kb.ingest([path])
        assert first.added == (f"{path} › one.txt", f"{path} › two.txt")
        assert [reject.file for reject in first.rejected] == [f"{path} › bad.pdf"]
        assert sources(kb, TWO) == {f"{path} › two.txt"}
        cited = next(info for info in kb.documents() if info.source.endswith("two.txt"))
        original = kb.original(cited.id)
        assert original is not None
        assert original.read_text(encoding="utf-8") == TWO

        pack(path, {"one.txt": ONE, "three.txt": THREE})
        second = kb.ingest([path])
        assert second.unchanged == (f"{path} › one.txt",)
        assert second.added == (f"{path} › three.txt",)
        assert [note for note in second.notes if "no longer" in note] == [
            f"{path} › two.txt: is no longer there and was taken out of search."
        ]
        assert sources(kb, TWO) == set()
        assert kb.text(cited.id, cited.version) == TWO
        gone = kb.document(cited.id)
        assert gone.state == "rejected"
        assert "no longer in" in gone.note

        pack(path, {"one.txt": ONE, "two.txt": TWO, "three.txt": THREE})
        assert kb.ingest([path]).added == (f"{path} › two.txt",)
        assert sources(kb, TWO) == {f"{path} › two.txt"}
        assert kb.document(cited.id).state == "published"
        assert kb.verify() == ()


def test_a_damaged_archive_keeps_its_documents_and_a_sound_one_loses_its_reject(tmp_path: Path) -> None:
    path = tmp_path / "papers.zip"
    with base(tmp_path / "home", readers=1) as kb:
        path.write_bytes(b"PK\x03\x04 broken")
        assert [reject.file for reject in kb.ingest([path]).rejected] == [str(path)]
        pack(path, {"one.txt": ONE})
        kb.ingest([path])
        assert states(kb) == {"papers.zip › one.txt": "published"}
        path.write_bytes(path.read_bytes()[:40])
        kb.ingest([path])
        assert sources(kb, ONE) == {f"{path} › one.txt"}
        assert states(kb)["papers.zip"] == "rejected"


def test_a_mail_and_its_attachment_are_two_documents(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", "Gauges"
    message.set_content(TWO)
    message.add_attachment(ONE, filename="annex.txt")
    path = tmp_path / "mail.eml"
    path.write_bytes(message.as_bytes())
    with base(tmp_path / "home", readers=1) as kb:
        assert kb.ingest([path]).added == (str(path), f"{path} › annex.txt")
        assert sources(kb, TWO) == {str(path)}
        assert sources(kb, ONE) == {f"{path} › annex.txt"}


def test_a_message_and_its_attachments_come_change_and_go_together(tmp_path: Path) -> None:
    path = tmp_path / "mail.msg"
    path.write_bytes(compound(message(body=TWO, attached=[Attached("annex.txt", ONE.encode()), Attached("old.txt", THREE.encode())])))
    with base(tmp_path / "home", readers=1) as kb:
        assert kb.ingest([path]).added == (str(path), f"{path} › annex.txt", f"{path} › old.txt")
        assert sources(kb, TWO) == {str(path)}
        assert sources(kb, ONE) == {f"{path} › annex.txt"}
        original = kb.original(next(info.id for info in kb.documents() if info.source == str(path)))
        assert original is not None
        assert (original.suffix, original.read_bytes()) == (".msg", path.read_bytes())
        path.write_bytes(compound(message(body=TWO, attached=[Attached("annex.txt", ONE.encode())])))
        assert kb.ingest([path]).updated == (str(path),)
        assert sources(kb, THREE) == set()
        assert sources(kb, ONE) == {f"{path} › annex.txt"}


def test_a_group_sees_a_message_and_its_attachments_and_others_see_neither(tmp_path: Path) -> None:
    path = tmp_path / "mail.msg"
    path.write_bytes(compound(message(body=TWO, attached=[Attached("annex.txt", ONE.encode())])))
    with base(tmp_path / "home", readers=1) as kb:
        kb.ingest([path], groups=("water",))
        inside, outside = (kb.seen_by(Reader("someone", "viewer", frozenset({group}))) for group in ("water", "roads"))
        assert (sources(inside, TWO), sources(inside, ONE)) == ({str(path)}, {f"{path} › annex.txt"})
        assert (sources(outside, TWO), sources(outside, ONE), list(outside.documents())) == (set(), set(), [])


class Page(BaseHTTPRequestHandler):
    text = ONE

    def do_GET(self) -> None:
        body = f"<!DOCTYPE html><html><head><title>Water</title></head><body><p>{self.text}</p></body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/water"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_of_the_web_is_stored_under_its_address_and_kept(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path / "home", readers=1) as kb:
        (reject,) = kb.ingest([address]).rejected
        assert "SETU_WEB_PRIVATE" in reject.remedy
    with base(tmp_path / "home", readers=1, web_private=True) as kb:
        assert kb.ingest([address]).added == (address,)
        assert sources(kb, ONE) == {address}
        assert kb.ingest([address]).unchanged == (address,)
        monkeypatch.setattr(Page, "text", TWO)
        assert kb.ingest([address]).updated == (address,)
        (info,) = kb.documents()
        assert info.version == 2
        original = kb.original(info.id, 1)
        assert original is not None
        assert ONE in original.read_text(encoding="utf-8")
