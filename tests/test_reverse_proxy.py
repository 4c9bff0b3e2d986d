"""The chat behind nginx as ``deploy/nginx.conf`` sets it up: TLS, signing in, the web socket, uploads, and what is refused."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_connection

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from kb.auth.accounts import Accounts
from tests.support import PROJECT
from tests.test_deploy import free_port
from tests.ui.signed import CHEAP, PASSWORD
from tests.ui.socket_client import drawn
from tools.screenshots import served
from ui.auth.authentication import COOKIE

NAME = "setu.example.org"
HTML = {"Accept": "text/html"}
pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


class Site:
    """The chat as a browser reaches it that believes nginx's certificate."""

    def __init__(self, port: str, certificate: Path) -> None:
        self.port, self.host = port, f"{NAME}:{port}"
        self.origin = f"https://{self.host}"
        self.tls = ssl.create_default_context(cafile=str(certificate))

    def send(self, method: str, path: str, **given: object) -> httpx.Response:
        headers = {"Host": self.host, **given.pop("headers", {})}  # type: ignore[dict-item]
        with httpx.Client(verify=self.tls) as client:
            address = f"https://127.0.0.1:{self.port}{path}"
            return client.request(method, address, headers=headers, extensions={"sni_hostname": NAME}, timeout=60, **given)  # type: ignore[arg-type]

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        sent = {"name": name, "password": password, "next": "/library"}
        return self.send("POST", "/signin", data=sent, headers={"Origin": self.origin, **headers})

    def cookie(self, name: str) -> str:
        return f"{COOKIE}={self.sign_in(name).cookies[COOKIE]}"

    def socket(self, cookie: str, origin: str) -> ClientConnection:
        """An open web socket. On a busy machine an opening may go unanswered; the page tries again then, and so is it here."""
        for _ in range(4):
            try:
                return self._opened(cookie, origin)
            except TimeoutError:
                continue
        return self._opened(cookie, origin)

    def _opened(self, cookie: str, origin: str) -> ClientConnection:
        return connect(
            f"wss://{self.host}/_stcore/stream", sock=create_connection(("127.0.0.1", int(self.port))), ssl=self.tls,
            origin=Origin(origin), additional_headers={"Cookie": cookie}, subprotocols=[Subprotocol("streamlit")], max_size=None,
            open_timeout=20,
        )  # fmt: skip


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for `NAME`, signed by itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "setu.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "setu.key").write_bytes(key.private_bytes(*form))
    return folder / "setu.pem", folder / "setu.key"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("proxied") / "home"
    people = Accounts(home, CHEAP)
    people.add("asha", "admin", None, PASSWORD)
    people.add("edda", "editor", None, PASSWORD)
    people.add("ravi", "viewer", None, PASSWORD)
    return home


@pytest.fixture(scope="module")
def site(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate, key = certified(folder)
    with served(home) as address:
        text = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        changes = {
            "127.0.0.1:8501": address.removeprefix("http://"), "listen 443": f"listen 127.0.0.1:{port}",
            "/etc/ssl/certs/setu.pem": str(certificate), "/etc/ssl/private/setu.key": str(key),
        }  # fmt: skip
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        text = re.sub(r"(?m)^\s*listen \[::\].*\n", "", text)
        temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "site.conf").write_text(text)
        (folder / "nginx.conf").write_text(
            f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {folder}/pid; error_log {folder}/error;"
            f" events {{}} http {{ access_log off; {temporary} include {folder}/site.conf; }}"
        )
        command = [shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as proxy:
            try:
                found, end = Site(port, certificate), time.monotonic() + 20
                while True:
                    try:
                        found.send("GET", "/_stcore/health")
                        break
                    except httpx.TransportError:
                        assert proxy.poll() is None, proxy.stderr.read() if proxy.stderr else ""
                        assert time.monotonic() < end
                        time.sleep(0.1)
                yield found
            finally:
                proxy.terminate()


def test_a_stranger_is_led_to_the_form_and_signs_in_over_tls(site: Site) -> None:
    turned = site.send("GET", "/library", headers=HTML)
    assert (turned.status_code, turned.headers["location"]) == (303, "/signin?next=%2Flibrary")
    entered = site.sign_in("ravi")
    assert (entered.status_code, entered.headers["location"]) == (303, "/library?lang=en")
    assert all("; Secure" in cookie for cookie in entered.headers.get_list("set-cookie"))
    shell = site.send("GET", "/library", headers={**HTML, "Cookie": f"{COOKIE}={entered.cookies[COOKIE]}"})
    assert (shell.status_code, "<!DOCTYPE html>" in shell.text) == (200, True)
    assert site.sign_in("ravi", Origin="https://evil.example").status_code == 403


def test_the_page_is_drawn_over_the_web_socket_of_who_is_signed_in_and_of_our_page(site: Site) -> None:
    cookie = site.cookie("ravi")
    with site.socket(cookie, site.origin) as socket:
        assert drawn(socket)
    for held, origin in (("", site.origin), (cookie, "https://evil.example"), (cookie, f"https://{NAME}"), (cookie, f"http://{site.host}")):
        with pytest.raises(InvalidStatus) as refused, site.socket(held, origin):
            pass
        assert refused.value.response.status_code == 403


def test_a_large_file_is_taken_and_one_that_is_too_large_is_not(site: Site) -> None:
    cookie = site.cookie("edda")
    token = site.send("GET", "/_stcore/health").cookies["_streamlit_xsrf"]
    with site.socket(cookie, site.origin) as socket:
        address = f"/_stcore/upload_file/{drawn(socket)}/one"
        headers = {"Cookie": f"{cookie}; _streamlit_xsrf={token}", "X-Xsrftoken": token, "Origin": site.origin}

        def status(megabytes: int, **changed: str) -> int:
            return site.send("PUT", address, files={"file": ("a", bytes(megabytes << 20))}, headers=headers | changed).status_code

        assert status(20) == 204
        assert status(1, Cookie=f"_streamlit_xsrf={token}") == 401
        assert status(1, Cookie=f"{site.cookie('ravi')}; _streamlit_xsrf={token}") == 403
        assert status(201) == 413


def test_failures_count_for_the_address_of_the_browser_which_it_cannot_choose(site: Site, home: Path) -> None:
    for number in range(5):
        assert site.sign_in("asha", "wrong guess", **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code == 401
    assert site.sign_in("asha", **{"X-Forwarded-For": "198.51.100.9"}).status_code == 429


def test_every_answer_carries_each_security_header_once_also_nginx_s_own(site: Site) -> None:
    answers = [
        site.send("GET", "/", headers=HTML),
        site.send("GET", "/signin"),
        site.send("GET", "/_stcore/metrics"),
        site.send("GET", "/_stcore/health"),
        site.send("PUT", "/x", content=bytes(201 << 20)),
    ]
    assert [one.status_code for one in answers] == [303, 200, 401, 200, 413]
    for one in answers:
        for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Strict-Transport-Security"):
            assert len(one.headers.get_list(name)) == 1, (one.url, name)
        assert not re.search(r"\d", one.headers.get("Server", ""))  # no version
