"""What holds for every test: no network, no settings or home of the person who runs them."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

pytest_plugins = ("pytester", "tests.postgresql")

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}
HOMES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")

# A run of the tests gives the same result again, on a slow machine too; `tests/test_properties.py` tries other examples.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("random", derandomize=False, deadline=None, database=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("random"), max_examples=20_000)
settings.load_profile("fixed")

attempts: list[str] = []
"""Addresses beyond this machine that something tried to reach since the current test began."""

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


def is_local(host: object) -> bool:
    """Whether a host as given to ``connect`` or ``getaddrinfo`` is this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    return name is None or (
        isinstance(name, str) and (name in {"", "localhost", "::1", "0.0.0.0", "::"} or name.startswith(("127.", "::ffff:127.")))
    )


def _refuse(host: object) -> None:
    attempts.append(str(host))
    raise ConnectionRefusedError(f"A test tried to reach {host}. Tests use no network beyond this machine.")


def _check(sock: socket.socket, address: Any) -> None:
    if sock.family in {socket.AF_INET, socket.AF_INET6} and not is_local(address[0]):
        _refuse(address[0])


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _check(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _check(self, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    if not is_local(host):
        _refuse(host)
    return _getaddrinfo(host, *args, **kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Before any module of ours is imported: an empty home, no SETU_ settings, no hub, no telemetry, no network."""
    home = tempfile.mkdtemp(prefix="setu-tests-")
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("SETU_")]:
        del os.environ[name]
    for name in HOMES:
        os.environ[name] = home if name == "HOME" else str(Path(home, name.lower()))
    os.environ.update(OFFLINE)
    socket.socket.connect = _guarded_connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = _guarded_getaddrinfo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what was found to take long: ``tests/slow.txt``, which ``tools/slow_tests.py`` writes."""
    listed = Path(__file__).with_name("slow.txt")  # not there for the tests that a test writes
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    slow = frozenset(line for line in lines if not line.startswith("#"))
    for item in items:
        if item.nodeid in slow:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collections of garbage that follow pass it over."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested, a line for each reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped if isinstance(report.longrepr, tuple))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} test{'s' * (count > 1)} skipped: {reason}")


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail the test that tried to leave this machine, also where the code under test swallowed the refusal."""
    attempts.clear()
    yield
    reached = tuple(attempts)
    attempts.clear()
    if reached:
        pytest.fail(f"The test tried to reach {', '.join(reached)}. Tests use no network beyond this machine.")
