"""What strangers and people of lesser roles get from the running server, by web sockets and requests of their own making."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from kb.auth.accounts import Accounts
from tests.support import PROJECT
from tests.test_deploy import free_port
from tests.ui.signed import CHEAP, PASSWORD
from tests.ui.socket_client import cookie_of, drawn, opened, refused
from tools.screenshots import served
from ui.auth.middleware import HEADERS, MOST_SOCKETS, is_own_origin

SPY = """
import os, socket, time
looked_up = socket.getaddrinfo
def watched(host, *rest, **named):
    if host not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"):
        with open(os.environ["WATCHED"], "a") as out:
            out.write(f"{host}\\n")
        time.sleep(5)  # a name server that does not answer
        raise socket.gaierror("silent")
    return looked_up(host, *rest, **named)
socket.getaddrinfo = watched
"""


class Chat:
    """A running chat, its home, and the names that its server asked a name server for."""

    def __init__(self, address: str, home: Path, asked: Path) -> None:
        self.address, self.home, self.asked = address, home, asked

    def cookie(self, name: str) -> str:
        return cookie_of(self.home, name) if name else ""

    def send(self, method: str, path: str, cookie: str = "", **given: Any) -> httpx.Response:
        headers = {"Cookie": cookie, **given.pop("headers", {})}
        return httpx.request(method, self.address + path, headers={k: v for k, v in headers.items() if v}, timeout=30, **given)


def watching(folder: Path) -> dict[str, str]:
    """The environment in which a server of ours says what names it looks up, and waits for each."""
    (folder / "sitecustomize.py").write_text(SPY)
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "WATCHED": str(folder / "asked")}


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    folder = tmp_path_factory.mktemp("chat")
    people = Accounts(folder / "home", CHEAP)
    for name, role in (("asha", "admin"), ("edda", "editor"), ("emil", "editor"), ("tara", "trainer"), ("ravi", "viewer")):
        people.add(name, role, None, PASSWORD)  # type: ignore[arg-type]
    (folder / "spy").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in watching(folder / "spy").items():
            patch.setenv(name, value)
        with served(folder / "home") as address:
            yield Chat(address, folder / "home", folder / "spy" / "asked")


def test_a_web_socket_is_opened_for_who_is_signed_in_alone(chat: Chat) -> None:
    for cookie in ("", "setu_session=guessed", "_streamlit_user=forged"):
        answer = refused(chat.address, cookie)
        assert answer is not None
        assert answer.status_code == 403
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with opened(chat.address, chat.cookie("ravi")) as socket:
        assert drawn(socket)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:1", "http://localhost:{port}", "https://0.0.0.0", "null", None, "http://["]
)
def test_a_web_socket_of_another_page_is_refused_at_once_and_nobody_is_asked_about_it(chat: Chat, origin: str | None) -> None:
    cookie, began = chat.cookie("ravi"), time.monotonic()
    answer = refused(chat.address, cookie, origin.replace("{port}", chat.address.rsplit(":", 1)[1]) if origin else None)
    assert answer is not None
    assert answer.status_code == 403
    assert time.monotonic() - began < 5
    assert not chat.asked.exists(), chat.asked.read_text()


def test_an_address_that_the_configuration_names_is_ours_behind_a_proxy_that_changes_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Accounts(tmp_path / "home", CHEAP).add("asha", "admin", None, PASSWORD)
    for name, value in {**watching(tmp_path), "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": "https://setu.example.org"}.items():
        monkeypatch.setenv(name, value)
    with served(tmp_path / "home") as address:
        with opened(address, cookie_of(tmp_path / "home", "asha"), "https://setu.example.org") as socket:
            assert drawn(socket)
        answer = refused(address, cookie_of(tmp_path / "home", "asha"), "https://setu.example.org:8443")
        assert answer is not None
        assert answer.status_code == 403
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text()


def test_a_server_that_listens_on_every_address_asks_nobody_for_its_own(tmp_path: Path) -> None:
    port, out = free_port(), tmp_path / "out"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", f"--server.port={port}"]
    environment = {**os.environ, **watching(tmp_path), "SETU_HOME": str(tmp_path / "home")}
    with out.open("wb") as written:
        server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=written, stderr=written)
    try:
        end = time.monotonic() + 60
        while "You can now view" not in out.read_text() or "URL" not in out.read_text():
            assert server.poll() is None, out.read_text()
            assert time.monotonic() < end, out.read_text()
            time.sleep(0.2)
    finally:
        server.terminate()
        server.wait(30)
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text()


def test_an_upload_takes_a_role_and_goes_into_a_session_of_ones_own(chat: Chat) -> None:
    edda, emil = chat.cookie("edda"), chat.cookie("emil")
    token = httpx.get(chat.address + "/_stcore/health").cookies["_streamlit_xsrf"]
    with opened(chat.address, edda) as socket:
        address = f"/_stcore/upload_file/{drawn(socket)}/one"

        def status(method: str, cookie: str, **headers: str) -> int:
            files = {"file": ("a.txt", b"of nobody")} if method == "PUT" else None
            both = f"{cookie}; _streamlit_xsrf={token}".lstrip("; ")
            return chat.send(method, address, both, headers={"X-Xsrftoken": token, **headers}, files=files).status_code

        for method in ("PUT", "DELETE"):
            assert status(method, "") == 401
            assert [status(method, chat.cookie(name)) for name in ("ravi", "tara")] == [403, 403]  # no right to upload
            assert [status(method, cookie) for cookie in (emil, chat.cookie("asha"))] == [403, 403]  # nor into another's page
            assert status(method, edda, Origin="http://127.0.0.1:1") == 403
            assert status(method, edda, Origin=chat.address) == status(method, chat.cookie("edda")) == 204
        assert chat.send("OPTIONS", address).status_code == 401


def test_nobody_takes_over_the_open_page_of_somebody_else(chat: Chat) -> None:
    edda = chat.cookie("edda")
    with opened(chat.address, edda) as socket:
        session = drawn(socket)
        answer = refused(chat.address, chat.cookie("emil"), session=session)
        assert answer is not None
        assert answer.status_code == 403
        assert drawn(socket) == session  # it is still theirs
        with opened(chat.address, edda, session=session) as again:
            assert drawn(again) == session


def test_what_the_server_says_of_itself_is_for_admins(chat: Chat) -> None:
    asked = {name: chat.send("GET", "/_stcore/metrics", chat.cookie(name)).status_code for name in ("", "ravi", "edda", "asha")}
    assert asked == {"": 401, "ravi": 403, "edda": 403, "asha": 200}


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check", "/media/a.pdf", "/component/x/y", "/index.html",
     "/library", "/favicon.png", "/static", "/staticx", "/_stcore/upload_file/a/b", "/_stcore/healthx", "/docs"],
)  # fmt: skip
def test_what_is_not_named_as_open_is_closed_to_strangers(chat: Chat, path: str) -> None:
    assert chat.send("GET", path).status_code == 401
    page = chat.send("GET", path, headers={"Accept": "text/html"})
    closed = path.startswith(("/_stcore/", "/media/", "/component/"))
    assert (page.status_code, page.headers.get("location", "").startswith("/signin?next=%2F")) == ((401, False) if closed else (303, True))


def test_every_answer_carries_the_security_headers(chat: Chat) -> None:
    shell = chat.send("GET", "/", chat.cookie("ravi"), headers={"Accept": "text/html"})
    (script,) = re.findall(r"static/js/index\.[\w-]+\.js", shell.text)
    answers = [
        shell,
        chat.send("GET", f"/{script}"),
        chat.send("GET", "/static/none.js"),
        chat.send("GET", "/_stcore/health"),
        chat.send("GET", "/signin"),
        chat.send("POST", "/signin", data={"name": "x", "password": "y"}),
        chat.send("DELETE", "/signin"),
        chat.send("GET", "/media/none.pdf", chat.cookie("ravi")),
        chat.send("GET", "/media/none.pdf"),
        chat.send("GET", "/auth/login"),
        chat.send("GET", "/oauth2callback"),
        chat.send("GET", "//evil.example/"),
        chat.send("GET", "/", headers={"Accept": "text/html"}),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 200, 401, 405, 404, 401, 302, 302, 401, 303]
    for one in answers:
        assert {name for name in (*HEADERS, "Content-Security-Policy") if len(one.headers.get_list(name)) != 1} == set(), one.url
        assert "frame-ancestors" in one.headers["Content-Security-Policy"]
        assert "access-control-allow-origin" not in one.headers


def test_what_the_web_socket_sends_and_takes_is_bounded(chat: Chat) -> None:
    with opened(chat.address, chat.cookie("ravi")) as socket:
        drawn(socket)
        socket.send(b"\0" * 4_500_000)
        with pytest.raises(ConnectionClosed) as closed:
            list(iter(lambda: socket.recv(30), None))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize("megabytes", [15, 150])
def test_unfinished_messages_of_eight_web_sockets_stay_small(chat: Chat, megabytes: int) -> None:
    cookie = chat.cookie("ravi")
    before = memory_of(chat.home)
    with ExitStack() as stack:
        for _ in range(8):
            stuff(stack.enter_context(opened(chat.address, cookie)), megabytes)
        assert memory_of(chat.home) - before < 250e6  # 1,330 MB where a message may have 200


def stuff(socket: Any, megabytes: int) -> None:
    """Send the pieces of a message that never ends, as many as the server takes."""
    socket.protocol.max_message_size = None
    for number in range(megabytes):
        piece = Frame(Opcode.BINARY if number == 0 else Opcode.CONT, b"\0" * 1_000_000, fin=False)
        try:
            socket.socket.sendall(piece.serialize(mask=True))
        except OSError:
            return


def memory_of(home: Path) -> int:
    """Resident bytes of the server of a home."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            started = (process / "cmdline").read_bytes()
            if f"SETU_HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0") and b"streamlit" in started:
                return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    pytest.skip("/proc does not tell what the server's memory is")


def test_a_person_has_a_bounded_number_of_open_pages_and_others_are_not_kept_out(chat: Chat) -> None:
    cookie = chat.cookie("tara")
    with ExitStack() as stack:
        for _ in range(MOST_SOCKETS):
            stack.enter_context(opened(chat.address, cookie))
        answer = refused(chat.address, cookie)
        assert answer is not None
        assert answer.status_code == 429
        assert refused(chat.address, chat.cookie("emil")) is None
    end = time.monotonic() + 20
    while refused(chat.address, cookie) is not None:  # those that were closed count no more
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "own"),
    [
        ("http://127.0.0.1:8501", "127.0.0.1:8501", "ws", True),
        ("https://setu.example.org", "setu.example.org", "wss", True),
        ("https://setu.example.org", "setu.example.org:443", "wss", True),
        ("https://setu.example.org:8443", "setu.example.org:8443", "https", True),
        ("https://SETU.example.org", "setu.example.org", "ws", True),  # a proxy that does not say that it ended TLS
        ("http://setu.example.org", "setu.example.org", "wss", False),
        ("https://setu.example.org:8443", "setu.example.org", "wss", False),
        ("http://localhost:8501", "127.0.0.1:8501", "ws", False),
        ("http://setu.example.org", "setu.example.org:8501", "ws", False),
        ("https://setu.example.org.evil.example", "setu.example.org", "wss", False),
        ("https://evil.example/setu.example.org", "setu.example.org", "wss", False),
        ("file://", None, "ws", False),
        ("http://", "", "ws", False),
        ("http://a:x", "a:x", "ws", False),
        (None, "127.0.0.1:8501", "ws", False),
    ],
)
def test_an_origin_is_ours_when_host_and_port_are(origin: str | None, host: str | None, scheme: str, own: bool) -> None:
    assert is_own_origin(origin, host, scheme) == own
