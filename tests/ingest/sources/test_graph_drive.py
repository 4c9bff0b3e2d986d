"""A drive by Microsoft Graph, against answers as its documentation has them (no drive of Microsoft was asked)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from ingest.sources.connect import connect
from ingest.sources.entries import Address, EntryError, SourceError
from tests.ingest.sources.web_server import Served, serving

DRIVE = "/v1.0/drives/d1"


def item(key: str, name: str, data: bytes = b"", folder: str = "", **more: object) -> dict[str, object]:
    above = {"id": "up", "path": f"/drives/d1/root:{folder}"}
    return {
        "id": key, "name": name, "size": len(data), "cTag": f'"c:{hash(data)}"', "lastModifiedDateTime": "2026-03-02T10:00:00Z",
        "parentReference": above, "file": {"mimeType": "text/plain"}, "webUrl": f"https://example.sharepoint.com/{name}", **more,
    }  # fmt: skip


class Drive:
    """Recorded answers of a drive, made anew for what it holds."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.files = {"1": ("moc.txt", "", b"The committee."), "2": ("पत्र.txt", "/Letters%202026", b"Two.")}
        self.answer("/login/acme/oauth2/v2.0/token", {"access_token": "token-1"})
        self.changes([])
        self.record()

    def answer(self, path: str, said: object) -> None:
        self.served.files[path] = json.dumps(said).encode()

    def changes(self, items: list[dict[str, object]], token: str = "t1") -> None:
        link = f"{self.served.address}{DRIVE}/root/delta?token={token}"
        self.answer(f"{DRIVE}/root/delta?token={token}", {"value": items, "@odata.deltaLink": link})

    def record(self) -> None:
        address = f"{self.served.address}{DRIVE}/root/delta"
        items = [item(key, name, data, folder) for key, (name, folder, data) in self.files.items()]
        top = {"id": "0", "name": "root", "root": {}, "folder": {}}
        self.answer(f"{DRIVE}/root/delta", {"value": [top, *items[:1]], "@odata.nextLink": f"{address}?skip=1"})
        self.answer(f"{DRIVE}/root/delta?skip=1", {"value": items[1:], "@odata.deltaLink": f"{address}?token=t1"})
        for key, (_, _, data) in self.files.items():
            self.served.redirects[f"{DRIVE}/items/{key}/content"] = f"{self.served.address}/store/{key}"
            self.served.files[f"/store/{key}"] = data


@pytest.fixture
def drive() -> Iterator[Drive]:
    with serving(Served()) as served:
        yield Drive(served)


@pytest.fixture
def place(drive: Drive):
    opened = []

    def connected(secret: str = "s", **options: str):
        said = {"tenant": "acme", "client": "app", "login": f"{drive.served.address}/login", **options}
        opened.append(connect(Address("graph", f"{drive.served.address}{DRIVE}/root", said, secret)))
        return opened[-1]

    yield connected
    for one in opened:
        one.close()


def test_a_drive_is_listed_over_all_its_pages_and_read_from_where_it_leads(drive: Drive, place) -> None:
    here = place()
    found = here.listing({}, "")
    assert [(one.key, one.path, one.size) for one in found.entries] == [("1", "moc.txt", 14), ("2", "Letters 2026/पत्र.txt", 4)]
    assert found.cursor.endswith("delta?token=t1")
    out = io.BytesIO()
    here.read(found.entries[0], out)
    assert out.getvalue() == b"The committee."


def test_where_nothing_changed_the_delta_query_alone_is_asked_and_else_the_whole_drive(drive: Drive, place) -> None:
    first = place().listing({}, "")
    known = {one.key: one for one in first.entries}
    drive.served.asked.clear()
    assert place().listing(known, first.cursor).entries == first.entries
    assert [path for path in drive.served.asked if "token" not in path.rpartition("/")[2] or "?" in path] == [
        f"{DRIVE}/root/delta?token=t1"
    ]
    del drive.files["2"]
    drive.record()
    drive.changes([{"id": "2", "deleted": {}}])
    assert [one.key for one in place().listing(known, first.cursor).entries] == ["1"]


def test_a_list_that_breaks_off_or_is_not_said_to_be_complete_is_no_listing(drive: Drive, place) -> None:
    drive.served.broken.add(f"{DRIVE}/root/delta?skip=1")
    with pytest.raises(SourceError, match="answered 500"):
        place().listing({}, "")
    drive.served.broken.clear()
    drive.answer(f"{DRIVE}/root/delta?skip=1", {"value": []})
    with pytest.raises(SourceError, match="did not say that its list is complete"):
        place().listing({}, "")
    drive.answer(f"{DRIVE}/root/delta?skip=1", {"value": [], "@odata.nextLink": "https://elsewhere.example.org/x"})
    with pytest.raises(SourceError, match="another host"):
        place().listing({}, "")


def test_who_may_read_is_told_where_rights_are_taken_over(drive: Drive, place) -> None:
    group = {"roles": ["read"], "grantedToV2": {"group": {"displayName": "Harbour office"}}}
    link = {"roles": ["read"], "link": {"scope": "organization"}, "grantedToIdentitiesV2": [{"user": {"email": "asha@example.org"}}]}
    drive.answer(f"{DRIVE}/items/1/permissions", {"value": [group]})
    drive.answer(f"{DRIVE}/items/2/permissions", {"value": [link]})
    assert [one.rights for one in place(rights="yes").listing({}, "").entries] == [("Harbour office",), ("*", "asha@example.org")]
    assert place().listing({}, "").entries[0].rights is None


def test_a_file_that_went_stops_no_other_and_a_refused_application_is_told_without_its_secret(drive: Drive, place) -> None:
    here = place()
    first, _ = here.listing({}, "").entries
    drive.served.files.pop("/store/1")
    with pytest.raises(EntryError):
        here.read(first, io.BytesIO())
    drive.served.forbidden.add("/login/acme/oauth2/v2.0/token")
    with pytest.raises(SourceError, match="does not let the application in") as refused:
        place("violet-secret").listing({}, "")
    assert "violet-secret" not in str(refused.value)
