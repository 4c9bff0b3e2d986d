"""Two nodes of the API and two of the chat on one PostgreSQL base, behind nginx as ``deploy/nginx-nodes.conf`` sets it up; one is killed.

Everything runs on this machine and listens on loopback alone.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts
from kb.auth.api_keys import ApiKeys
from tests.kb.make import base, papers
from tests.postgresql import Server
from tests.support import PROJECT
from tests.test_deploy import free_port
from tests.test_reverse_proxy import HTML, NAME, Site, certified
from tests.ui.signed import CHEAP, PASSWORD
from tests.ui.socket_client import drawn

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")]
START_S = 120
API = [sys.executable, "-m", "ui.cli.main", "serve", "--port"]
CHAT = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.headless", "true", "--server.port"]
QUESTION = {"question": "When was the Memorandum signed in Kalpanagar?"}


@dataclass
class Node:
    """A process of Setu, with a home of its own."""

    home: Path
    url: str
    command: Sequence[str]
    port: str = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.home.mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "SETU_HOME": str(self.home), "SETU_DATABASE_URL": self.url,
            "SETU_QUESTIONS_PER_MINUTE": "0", "PYTHONPATH": str(PROJECT),
        }  # fmt: skip
        with (self.home / "out").open("ab") as out:
            self.process = subprocess.Popen([*self.command, self.port], cwd=PROJECT, env=environment, stdout=out, stderr=out)

    def ready(self) -> None:
        """Wait until it says so."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process is not None and self.process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/ready", timeout=10).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        pytest.fail(f"A node did not get ready: {(self.home / 'out').read_text(errors='replace')[-1500:]}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)
            self.process = None


@contextmanager
def proxied(folder: Path, nodes: dict[str, Node]) -> Iterator[Site]:
    """nginx before the nodes, by their names in its file; those that do not run are at a port where nobody listens."""
    port, (certificate, key) = free_port(), certified(folder)
    text = (PROJECT / "deploy" / "nginx-nodes.conf").read_text(encoding="utf-8")
    text = re.sub(
        r"\b((?:chat|api)[12]):\d+", lambda found: f"127.0.0.1:{nodes[found[1]].port if found[1] in nodes else free_port()}", text
    )
    changes = {
        "/tmp/": f"{folder}/", "listen 8443": f"listen 127.0.0.1:{port}", "/dev/stdout": f"{folder}/access",
        "/dev/stderr": f"{folder}/error",
        "/run/secrets/tls_certificate": str(certificate), "/run/secrets/tls_key": str(key), "rate=20r/s": "rate=2000r/s",
        "worker_processes auto;": f"daemon off;{' user root;' if os.geteuid() == 0 else ''}",
    }  # fmt: skip
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as proxy:
        try:
            found, end = Site(port, certificate), time.monotonic() + 20
            while True:
                try:
                    found.send("GET", "/signin")
                    break
                except httpx.TransportError:
                    assert proxy.poll() is None, proxy.stderr.read() if proxy.stderr else ""
                    assert time.monotonic() < end
                    time.sleep(0.1)
            (folder / "access").write_text("")
            yield found
        finally:
            proxy.terminate()


def answered_by(folder: Path, nodes: dict[str, Node], path: str = "/") -> list[str]:
    """The names of the nodes that answered at paths that begin so, a request each, in order."""
    names = {f"127.0.0.1:{node.port}": name for name, node in nodes.items()}
    lines = [line.split() for line in (folder / "access").read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line[3].startswith(path)]
    last = [re.findall(r"127\.0\.0\.1:\d+", " ".join(line[6:]))[-1:] for line in lines]
    return [names[one[0]] for one in last if one]


@pytest.fixture(scope="module")
def url(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    found = postgresql.database()
    with base(tmp_path_factory.mktemp("taken-in"), database_url=found) as kb:
        kb.ingest_documents(papers())
    return found


@contextmanager
def running(names: Sequence[str], command: Sequence[str], url: str, folder: Path) -> Iterator[dict[str, Node]]:
    nodes = {name: Node(folder / name, url, command) for name in names}
    with ExitStack() as ends:
        for node in nodes.values():
            node.start()
            ends.callback(node.kill)
        for node in nodes.values():
            node.ready()
        yield nodes


def at_once(many: int, ask: Callable[[int], httpx.Response], then: Callable[[], None], after: int) -> list[httpx.Response]:
    """The answers to questions that four ask at once; something is done once so many have been answered."""
    answers: list[httpx.Response] = []
    numbers, lock, reached = iter(range(many)), threading.Lock(), threading.Event()

    def work() -> None:
        while (number := next_of()) is not None:
            found = ask(number)
            with lock:
                answers.append(found)
            if len(answers) >= after:
                reached.set()

    def next_of() -> int | None:
        with lock:
            return next(numbers, None)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    reached.wait(60)
    then()
    for thread in threads:
        thread.join()
    return answers


def test_a_node_of_the_api_is_killed_while_it_is_asked_and_every_question_is_answered(url: str, tmp_path: Path) -> None:
    store = AccountStore(tmp_path, url)
    _, key = ApiKeys(store).create("portal", "viewer")
    store.close()
    headers = {"Host": f"api.{NAME}", "Authorization": f"Bearer {key}"}
    with running(("api1", "api2"), API, url, tmp_path) as nodes, proxied(tmp_path, nodes) as site:

        def ask(number: int) -> httpx.Response:
            if number % 4 == 0:
                return site.send("POST", "/v1/ask", json=QUESTION, headers=headers)
            return site.send("POST", "/v1/search", json={"query": f"joint committee {number}"}, headers=headers)

        assert [ask(number).status_code for number in range(4)] == [200] * 4
        answers = at_once(60, ask, nodes["api1"].kill, after=20)
        assert [one.status_code for one in answers] == [200] * 60
        served = answered_by(tmp_path, nodes)
        assert set(served[:24]) == {"api1", "api2"}
        assert set(served[-15:]) == {"api2"}
        statements = [one.json()["statements"] for one in answers if "statements" in one.json()]
        assert len(statements) == 15
        assert all(found == statements[0] and found for found in statements)
        assert site.send("GET", "/ready", headers=headers).json() == {"ready": True}
        nodes["api1"].start()
        nodes["api1"].ready()
        end = time.monotonic() + 20
        while "api1" not in answered_by(tmp_path, nodes)[-4:]:
            assert ask(1).status_code == 200
            assert time.monotonic() < end


def test_a_browser_stays_with_its_node_of_the_chat_and_goes_on_at_another_when_that_is_killed(url: str, tmp_path: Path) -> None:
    store = AccountStore(tmp_path, url)
    Accounts(store, CHEAP).add("ravi", "viewer", None, PASSWORD)
    store.close()
    with running(("chat1", "chat2"), CHAT, url, tmp_path) as nodes, proxied(tmp_path, nodes) as site:
        seats = [site.send("GET", "/signin").cookies["setu_seat"] for _ in range(12)]
        assert set(answered_by(tmp_path, nodes)) == set(nodes)
        cookie = f"{site.cookie('ravi')}; setu_seat={seats[0]}"
        for _ in range(6):
            assert site.send("GET", "/_stcore/health", headers={"Cookie": cookie}).status_code == 200
        (mine,) = set(answered_by(tmp_path, nodes, "/_stcore/health"))
        with site.socket(cookie, site.origin) as socket:
            assert drawn(socket)
            nodes[mine].kill()
        page = site.send("GET", "/library", headers={**HTML, "Cookie": cookie})
        assert (page.status_code, "<!DOCTYPE html>" in page.text) == (200, True)  # still signed in
        with site.socket(cookie, site.origin) as socket:
            assert drawn(socket)
        assert set(answered_by(tmp_path, nodes, "/library")) == set(nodes) - {mine}
