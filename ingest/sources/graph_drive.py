"""A drive of SharePoint or OneDrive by Microsoft Graph: its delta query tells at once whether anything changed, and else all that there is.

Setu signs in as an application that an administrator there let read (client credentials). The whole drive is listed anew whenever anything
changed, so that a folder that was renamed, shared or deleted is right in all that lies in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import unquote, urlsplit

import httpx
import regex

from ingest.discover import passed_over
from ingest.sources.entries import EVERYBODY, Address, Entry, EntryError, Listing, SourceError

LOGIN: Final = "https://login.microsoftonline.com"
TIMEOUT_S: Final = 60.0
_TRIES: Final = 4
_MOST_WAIT_S: Final = 60.0
_DRIVE: Final = regex.compile(r"^(?P<drive>https?://[^/]+/[^?#]+?)/root(?::(?P<folder>/[^?#]*?):?)?$")
_PREFER: Final = "deltashowremovedasdeleted, deltatraversepermissiongaps, deltashowsharingchanges"


class GraphDrive:
    """The files of a drive, or of one folder of it; a key is the id of an item, which stays when it is moved."""

    def __init__(self, address: Address) -> None:
        found = _DRIVE.match(address.address)
        parts = urlsplit(address.address)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if found is None or (parts.scheme != "https" and not local):
            raise SourceError(f"{address.address} is no drive. It looks like https://graph.microsoft.com/v1.0/drives/DRIVE/root")
        self._shown, self._drive, self._host = address.address, found["drive"], f"{parts.scheme}://{parts.netloc}"
        self._root = f"{self._drive}/root:{found['folder'].rstrip('/')}:" if found["folder"] else f"{self._drive}/root"
        self._tenant, self._client = address.option("tenant"), address.option("client")
        self._login = address.option("login", LOGIN).rstrip("/")
        if not self._login.startswith("https://") and not local:
            raise SourceError("The option login is an https address.")
        self._tells_rights = address.option("rights") == "yes"
        self._secret = address.secret
        self._http = httpx.Client(timeout=TIMEOUT_S, headers={"User-Agent": "Setu"})
        self._token = ""

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every file; what is known already where the delta query says that nothing changed."""
        if cursor:
            changes, following = self._delta(cursor)
            if following and not any("root" not in item for item in changes):
                return Listing(tuple(known.values()), cursor=following)
        items, following = self._delta(f"{self._root}/delta")
        held: dict[str, dict[str, Any]] = {}
        for item in items:
            if "deleted" in item:
                held.pop(str(item.get("id")), None)
            else:
                held[str(item["id"])] = item
        entries = (self._entry(item) for item in held.values() if "file" in item and "package" not in item)
        return Listing(tuple(one for one in entries if not passed_over(one.path)), cursor=following)

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Write the content of a file; Graph leads on to where it lies, and the token is not sent there."""
        address = f"{self._drive}/items/{entry.key}/content"
        try:
            with self._http.stream("GET", address, headers=self._headers(), follow_redirects=True) as answer:
                if answer.status_code in (403, 404, 423):
                    raise EntryError(f"The drive does not give it ({answer.status_code}).")
                if answer.status_code != 200:
                    raise SourceError(f"The drive {self._shown} answered {answer.status_code}. Try again later.")
                for block in answer.iter_bytes():
                    out.write(block)
        except httpx.HTTPError as error:
            raise self._broken(error) from error

    def local(self, entry: Entry) -> Path | None:
        """It lies elsewhere."""
        return None

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def _delta(self, address: str) -> tuple[list[dict[str, Any]], str]:
        """All changes from an address on, and where the next ones are asked for; "" where that address is no longer good."""
        items: list[dict[str, Any]] = []
        seen: set[str] = set()
        while True:
            if address in seen:
                raise SourceError(f"The drive {self._shown} leads in a circle. Try again later.")
            seen.add(address)
            answer = self._get(address)
            if answer is None:
                return [], ""
            items += answer.get("value", [])
            if following := answer.get("@odata.nextLink"):
                address = following
            elif following := answer.get("@odata.deltaLink"):
                return items, following
            else:
                raise SourceError(f"The drive {self._shown} did not say that its list is complete. Try again later.")

    def _get(self, address: str) -> dict[str, Any] | None:
        """An answer in JSON; None for what is gone (410)."""
        if not address.startswith(f"{self._host}/"):
            raise SourceError(f"The drive {self._shown} leads on to another host, which is not asked.")
        for last in (n == _TRIES - 1 for n in range(_TRIES)):
            try:
                answer = self._http.get(address, headers={**self._headers(), "Prefer": _PREFER})
            except httpx.HTTPError as error:
                raise self._broken(error) from error
            if answer.status_code in (429, 503) and not last:
                wait = answer.headers.get("Retry-After", "2")
                time.sleep(min(_MOST_WAIT_S, float(wait) if wait.isdecimal() else 2.0))
                continue
            if answer.status_code == 410:
                return None
            if answer.status_code != 200:
                raise SourceError(
                    f"The drive {self._shown} answered {answer.status_code}. Check its address and what the application may read."
                )
            try:
                found: dict[str, Any] = answer.json()
            except ValueError as error:
                raise SourceError(f"The drive {self._shown} did not answer in JSON. Check its address.") from error
            return found
        return None

    def _headers(self) -> dict[str, str]:
        if not self._token:
            form = {
                "client_id": self._client, "client_secret": self._secret, "grant_type": "client_credentials",
                "scope": f"{self._host}/.default",
            }  # fmt: skip
            try:
                answer = self._http.post(f"{self._login}/{self._tenant}/oauth2/v2.0/token", data=form)
            except httpx.HTTPError as error:
                raise self._broken(error) from error
            said = answer.json() if answer.status_code == 200 else {}
            if not said.get("access_token"):
                raise SourceError(f"{self._login} does not let the application in ({answer.status_code}). Check tenant, client and secret.")
            self._token = said["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

    def _entry(self, item: Mapping[str, Any]) -> Entry:
        above = unquote(str(item.get("parentReference", {}).get("path", "")).partition("root:")[2]).strip("/")
        path = f"{above}/{item['name']}" if above else str(item["name"])
        etag = str(item.get("cTag") or item.get("eTag") or "")
        rights = tuple(sorted(set(self._rights(str(item["id"]))))) if self._tells_rights else None
        size = item.get("size")
        origin = str(item.get("webUrl") or f"{self._shown}/{path}")
        return Entry(str(item["id"]), path, etag, size, _seconds(item.get("lastModifiedDateTime")), str(item["id"]), rights, origin)

    def _rights(self, key: str) -> Iterator[str]:
        """Who may read an item: names of groups, addresses of people."""
        address = f"{self._drive}/items/{key}/permissions"
        while address:
            answer = self._get(address)
            if answer is None:
                raise SourceError(f"The drive {self._shown} did not say who may read its papers. Try again later.")
            for one in answer.get("value", []):
                if one.get("link", {}).get("scope") in ("anonymous", "organization"):
                    yield EVERYBODY
                for held in (one.get("grantedToV2"), *(one.get("grantedToIdentitiesV2") or ())):
                    for kind in ("group", "siteGroup", "user", "siteUser"):
                        who = (held or {}).get(kind) or {}
                        yield from (str(who[name]) for name in ("displayName", "email") if who.get(name))
            address = answer.get("@odata.nextLink", "")

    def _broken(self, error: Exception) -> SourceError:
        return SourceError(f"The drive {self._shown} does not answer ({type(error).__name__}). Try again later.")


def _seconds(told: object) -> float | None:
    try:
        return datetime.fromisoformat(str(told)).timestamp()
    except ValueError:
        return None
