"""A site by sitemap or feed: named hosts alone, robots.txt heard, nothing private, and a map that breaks off is no listing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress

import pytest

from ingest.sources import web_site as module
from ingest.sources.connect import connect
from ingest.sources.entries import Address, Entry, EntryError, SourceError
from tests.ingest.sources.web_server import Served, serving


def sitemap(*pages: str, changed: str = "2026-03-02T10:00:00Z") -> bytes:
    rows = "".join(f"<url><loc>{page}</loc><lastmod>{changed}</lastmod></url>" for page in pages)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    with serving(Served()) as served:
        served.files["/news/1"] = b"<html><body>The tram opened.</body></html>"
        served.files["/memo.pdf"] = b"%PDF-1.4"
        yield served


def place(site: Served, start: str = "/sitemap.xml", **options: str):
    return connect(Address("site", site.address + start, {"private": "yes", **options}))


def read(here, entry) -> bytes:
    out = io.BytesIO()
    here.read(entry, out)
    return out.getvalue()


def test_the_pages_of_a_sitemap_and_of_those_that_it_names_are_listed_and_read(site: Served) -> None:
    index = f"<sitemapindex><sitemap><loc>{site.address}/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    site.files["/sitemap.xml"] = index.encode()
    site.files["/a.xml"] = sitemap(f"{site.address}/news/1#top")
    site.files["/b.xml"] = sitemap(f"{site.address}/memo.pdf", changed="2026-03-02")
    here = place(site)
    page, paper = here.listing({}, "").entries
    assert (page.key, page.path, page.etag) == (f"{site.address}/news/1", "127.0.0.1/news/1.html", "2026-03-02T10:00:00Z")
    assert (paper.path, paper.etag) == ("127.0.0.1/memo.pdf", "")
    assert read(here, page) == site.files["/news/1"]


@pytest.mark.parametrize(
    "feed",
    [
        '<rss version="2.0"><channel><item><link>{}/news/1</link><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{}/news/1"/><updated>2026-03-02T10:00:00Z</updated></entry></feed>',
    ],
    ids=["rss", "atom"],
)
def test_the_pages_of_a_feed_are_listed(site: Served, feed: str) -> None:
    site.files["/feed"] = feed.format(site.address).encode()
    (page,) = place(site, "/feed").listing({}, "").entries
    assert (page.key, bool(page.etag)) == (f"{site.address}/news/1", True)
    older = Entry(f"{site.address}/news/0", "news/0")
    assert set(place(site, "/feed").listing({older.key: older}, "").entries) == {page, older}


def test_no_page_of_another_host_is_asked_for_whether_it_is_named_or_a_redirect_leads_there(site: Served) -> None:
    with serving(Served({"/x": b"<p>Elsewhere.</p>"})) as other:
        site.files["/sitemap.xml"] = sitemap(f"{site.address}/news/1", f"{other.address}/x", f"{site.address}/away")
        site.redirects["/away"] = f"{other.address}/x"
        here = place(site)
        found = here.listing({}, "")
        assert [one.key for one in found.entries] == [f"{site.address}/news/1", f"{site.address}/away"]
        assert "1 pages were passed over" in found.notes[0]
        with pytest.raises(EntryError, match="a host that was not named"):
            read(here, found.entries[1])
        assert other.asked == []
        hosts = other.address.removeprefix("http://")
        assert [one.key for one in place(site, hosts=hosts).listing({}, "").entries][1] == f"{other.address}/x"


def test_no_private_address_is_asked_unless_the_admin_says_so(site: Served) -> None:
    site.files["/sitemap.xml"] = sitemap(f"{site.address}/news/1")
    with pytest.raises(SourceError, match="inside a private network"):
        connect(Address("site", f"{site.address}/sitemap.xml")).listing({}, "")
    assert site.asked == []


def test_what_robots_are_kept_out_of_is_not_asked_for(site: Served) -> None:
    site.files["/robots.txt"] = b"User-agent: *\nDisallow: /memo\n"
    site.files["/sitemap.xml"] = sitemap(f"{site.address}/news/1", f"{site.address}/memo.pdf")
    assert [one.key for one in place(site).listing({}, "").entries] == [f"{site.address}/news/1"]
    site.broken.add("/robots.txt")
    with pytest.raises(SourceError, match=r"robots\.txt cannot be read"):
        place(site).listing({}, "")


@pytest.mark.parametrize("broken", ["/sitemap.xml", "/b.xml"])
def test_a_map_that_cannot_be_read_is_no_listing(site: Served, broken: str) -> None:
    site.files["/sitemap.xml"] = b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    site.files["/a.xml"] = site.files["/b.xml"] = sitemap(f"{site.address}/news/1")
    for way in (site.broken, site.cut):
        way.add(broken)
        with pytest.raises(SourceError):
            place(site).listing({}, "")
        way.clear()
    assert place(site).listing({}, "").entries


@pytest.mark.parametrize(
    "data",
    [b"", b"<html></html>", b"no xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>'],
)
def test_what_is_no_map_is_refused_or_names_nothing(site: Served, data: bytes) -> None:
    site.files["/sitemap.xml"] = data
    with suppress(SourceError):
        assert place(site).listing({}, "").entries == ()


def test_pages_are_narrowed_by_a_pattern_and_never_more_than_are_allowed(site: Served) -> None:
    site.files["/sitemap.xml"] = sitemap(*(f"{site.address}/{part}/{n}" for part in ("news", "jobs") for n in range(5)))
    assert len(place(site, match="/news/").listing({}, "").entries) == 5
    with pytest.raises(SourceError, match="more than 7 pages"):
        place(site, most="7").listing({}, "")
