"""The guard itself: a test that reaches out is stopped, one that stays on this machine is not."""

from __future__ import annotations

import os
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import conftest
from tests.support import PROJECT

OUTSIDE = "192.0.2.1"  # TEST-NET-1 of RFC 5737: no machine has it


@pytest.fixture
def seen() -> list[str]:
    """What the guard noted; emptied, so that the test which provoked it is not failed for it."""
    return conftest.attempts


def test_a_connection_beyond_this_machine_is_refused_and_noted(seen: list[str]) -> None:
    with socket.socket() as sock, pytest.raises(ConnectionRefusedError, match="no network"):
        sock.connect((OUTSIDE, 80))
    assert seen == [OUTSIDE]
    seen.clear()


def test_connect_ex_is_guarded_as_well(seen: list[str]) -> None:
    with socket.socket() as sock, pytest.raises(ConnectionRefusedError):
        sock.connect_ex((OUTSIDE, 80))
    assert seen == [OUTSIDE]
    seen.clear()


def test_a_name_is_not_even_looked_up(seen: list[str]) -> None:
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen("http://setu.invalid/", timeout=1)
    assert seen == ["setu.invalid"]
    seen.clear()


def test_loopback_is_allowed(seen: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5) as client:
        assert client.getpeername() == server.getsockname()
    assert seen == []


def test_a_swallowed_attempt_still_fails_its_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))  # the conftest names a plugin of ours
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        f"""
        import contextlib, socket

        def test_quietly_calls_home():
            with contextlib.suppress(OSError), socket.socket() as sock:
                sock.connect(("{OUTSIDE}", 80))
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"*tried to reach {OUTSIDE}*"])


def test_the_environment_of_the_person_who_runs_the_tests_does_not_leak() -> None:
    assert not [name for name in os.environ if name.startswith("SETU_")]
    assert Path.home().name.startswith("setu-tests-")
    assert os.environ["HF_HUB_OFFLINE"] == "1"
