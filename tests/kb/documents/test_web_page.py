"""A page of the web, from its address to an answer: what is fetched, what is refused, and that nothing else is ever asked for."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ingest import records
from ingest.discover import discover
from ingest.errors import IngestError
from ingest.web import download
from tests.ingest.news_pages import portal
from tests.webserver import DRIP_S, DRIPS, Site, site
from ui.cli.main import cli

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n"


@pytest.fixture(name="site")
def _site() -> Iterator[str]:
    with site() as address:
        yield address


def setu(home: Path, *arguments: str, private: bool = True) -> Result:
    environment = {"SETU_HOME": str(home), "SETU_READERS": "1"} | ({"SETU_WEB_PRIVATE": "1"} if private else {})
    return CliRunner().invoke(cli, list(arguments), env=environment)


def test_a_story_is_taken_in_by_its_address_over_redirects_and_answers_cite_the_address_given(site: str, tmp_path: Path) -> None:
    page = portal("en")
    Site.answers["/go"] = (301, {"Location": f"{site}/moved?x=1"}, b"")
    Site.answers["/moved?x=1"] = (302, {"Location": "/story"}, b"")
    Site.answers["/story"] = (200, {"Content-Type": "text/html; charset=utf-8"}, page.html.encode())
    taken = setu(tmp_path, "ingest", f"{site}/go", "--json")
    assert json.loads(taken.output)["added"] == [f"{site}/go"]
    assert Site.asked == ["/go", "/moved?x=1", "/story"]
    (info,) = json.loads(setu(tmp_path, "docs", "list", "--json").output)
    assert (info["kind"], info["title"], info["publisher"], info["date"]) == ("news", page.headline, page.publisher, page.day)
    answer = json.loads(setu(tmp_path, "ask", "How often do the gauges measure the water level?", "--json").output)
    cited = answer["statements"][0]["citations"][0]
    assert (cited["source"], cited["status"]) == (f"{site}/go", "verified")
    assert page.body[1] in cited["quote"]
    assert len(Site.asked) == 3


@pytest.mark.parametrize(
    ("path", "status", "headers", "body", "reason"),
    [
        ("/loop", 302, {"Location": "/loop"}, b"", "redirects"),
        ("/file", 302, {"Location": "file:///etc/passwd"}, b"", "Only http and https"),
        ("/none", 404, {}, b"gone", "404"),
        ("/login", 401, {}, b"who?", "401"),
        ("/picture", 200, {"Content-Type": "text/html"}, b"\x89PNG\r\n\x1a\n" + bytes(200), "cannot be decoded"),
        ("/program", 200, {"Content-Type": "text/html"}, b"MZ" + bytes(400), "does not read this kind of file"),
        ("/empty", 200, {}, b"", "no bytes"),
        ("/script", 200, {}, b"<!DOCTYPE html><html><body><div id=root></div><script>draw()</script></body></html>", "no text"),
        ("/flood", 200, {"Content-Type": "text/html"}, b"flood", "more than 31 MB"),
        ("/broken.pdf", 200, {"Content-Type": "application/pdf"}, PDF[:90], "cut short"),
    ],
)
def test_what_cannot_be_taken_in_is_rejected_with_a_reason_and_a_remedy(
    site: str, tmp_path: Path, path: str, status: int, headers: dict[str, str], body: bytes, reason: str
) -> None:
    Site.answers[path] = (status, headers, body)
    (found,) = discover([site + path], records.Limits(private_addresses=True))
    if isinstance(found, records.Source):  # the bytes came; the reader finds the fault
        from ingest.parse.dispatch import read

        with pytest.raises(IngestError) as caught:
            read(found, records.Limits())
        found = caught.value
    assert isinstance(found, IngestError)
    assert found.file == site + path
    assert reason in found.reason
    assert found.remedy


def test_a_server_that_drips_is_given_up_and_the_other_page_is_taken_in(site: str, tmp_path: Path) -> None:
    Site.answers["/slow"] = (200, {}, b"drip")
    Site.answers["/story"] = (200, {}, portal("mr").html.encode())
    started = time.monotonic()
    limits = records.Limits(private_addresses=True, max_web_seconds=3.0)
    slow, story = discover([f"{site}/slow", f"{site}/story"], limits)
    assert isinstance(slow, IngestError)
    assert "longer than 3 seconds" in slow.reason
    assert isinstance(story, records.Source)
    assert time.monotonic() - started < DRIPS * DRIP_S / 2  # of the time that the whole page would have taken


def test_this_machine_is_not_asked_without_the_setting(site: str, tmp_path: Path) -> None:
    refused = setu(tmp_path, "ingest", f"{site}/story", "--json", private=False)
    assert refused.exit_code == 1
    (reject,) = json.loads(refused.output)["rejected"]
    assert "SETU_WEB_PRIVATE=1" in reject["remedy"]
    assert setu(tmp_path, "extract", f"{site}/story", private=False).exit_code == 2
    assert Site.asked == []


def test_a_redirect_from_a_public_page_into_the_network_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "is_public", lambda number: number == "127.0.0.1")
    Site.answers["/a"] = (302, {"Location": site.replace("127.0.0.1", "127.0.0.2") + "/inside"}, b"")
    (found,) = discover([f"{site}/a"], records.Limits())
    assert isinstance(found, IngestError)
    assert "private network" in found.reason
    assert Site.asked == ["/a"]


def test_nothing_that_a_document_or_a_question_names_is_fetched(site: str, tmp_path: Path) -> None:
    """Pictures, style sheets, frames, refreshes and links of pages, mails, archives and short-cuts, and addresses in a question."""
    bait = (
        f'<img src="{site}/bait-1"><link href="{site}/bait-2" rel="stylesheet"><script src="{site}/bait-3"></script>'
        f'<iframe src="{site}/bait-4"></iframe><base href="{site}/bait-5/"><object data="{site}/bait-6"></object>'
        f'<video poster="{site}/bait-7"></video><p><a href="{site}/bait-8">more</a></p>'
    )
    refresh = f'<meta http-equiv="refresh" content="0;url={site}/bait-refresh"><link rel="amphtml" href="{site}/bait-amp">'
    page = portal("en").html.replace("<head>", f"<head>{refresh}").replace("<h1>", f"{bait}<h1>")
    Site.answers["/story"] = (200, {"Link": f"<{site}/bait-link>; rel=next", "Refresh": f"0;url={site}/bait-header"}, page.encode())
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "saved.html").write_text(page.replace("forty", "thirty"), encoding="utf-8")
    (folder / "links.csv").write_text(f"name,address\nstory,{site}/bait-csv\n", encoding="utf-8")
    (folder / "note.md").write_text(f"# Note\n\n![picture]({site}/bait-md)\n\nSee {site}/bait-note for the whole text.\n", encoding="utf-8")
    (folder / "shortcut.url").write_text(f"[InternetShortcut]\nURL={site}/bait-url\n", encoding="utf-8")
    outside = f'<!DOCTYPE html SYSTEM "{site}/bait-dtd" [<!ENTITY x SYSTEM "{site}/bait-entity">]>'
    (folder / "entity.html").write_text(f"{outside}<html><body><p>The gauge &x; stands.</p></body></html>", encoding="utf-8")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@x.example", "b@x.example", "Gauges"
    mail.set_content(f'<html><body><p>The gauges stand.</p><img src="{site}/bait-mail"></body></html>', subtype="html")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    with zipfile.ZipFile(folder / "papers.zip", "w") as archive:
        archive.writestr("inner.html", page.replace("forty", "twenty"))
    setu(tmp_path / "home", "ingest", str(folder), f"{site}/story", "--json")
    documents = json.loads(setu(tmp_path / "home", "docs", "list", "--json").output)
    published = {Path(d["source"]).name for d in documents if d["state"] == "published"}
    assert published >= {"saved.html", "links.csv", "note.md", "mail.eml", "papers.zip › inner.html", "story"}
    setu(tmp_path / "home", "ask", f"What does {site}/bait-question say about gauges?")
    setu(tmp_path / "home", "search", f"{site}/bait-search")
    setu(tmp_path / "home", "reindex")
    assert Site.asked == ["/story"]
