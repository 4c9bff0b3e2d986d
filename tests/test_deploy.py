"""The files in ``deploy/``: each path and command in them exists, they shut off what they should, and what they start runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from tests.support import PROJECT
from tests.test_architecture import ROOMS

DEPLOY = PROJECT / "deploy"
UNITS = ("setu.service", "setu-api.service", "setu-worker@.service", "setu-backup.service", "setu-backup.timer")
PLACE = "/srv/setu"


def directives(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def environment(name: str) -> dict[str, str]:
    """The variables that a unit sets."""
    return dict(pair.split("=") for line in directives(name)["Environment"] for pair in line.split())


def instructions() -> list[tuple[str, str]]:
    """The lines of the Containerfile as (instruction, the rest), continued ones joined."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in text.splitlines() if line and not line.startswith("#")]


def of(instruction: str) -> list[str]:
    return [rest for name, rest in instructions() if name == instruction]


def here(path: str) -> Path:
    """A path of the installed project, in this work tree."""
    return PROJECT / Path(path).relative_to(PLACE)


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def verified(name: str, tmp_path: Path) -> None:
    """Put the units into a folder, with the paths of this work tree and of the Python that runs the tests."""
    text = (DEPLOY / name).read_text(encoding="utf-8").replace(f"{PLACE}/.venv", sys.prefix).replace(PLACE, str(PROJECT))
    for written in {name, name.replace("@", "@1")}:  # a template, and one of it
        (tmp_path / written).write_text(text, encoding="utf-8")


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for name in UNITS:
        verified(name, tmp_path)
    done = subprocess.run(
        [analyze, "--man=no", "verify", *(f"./{name.replace('@', '@1')}" for name in UNITS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# Exposure in tenths, of 100. The chat's is 1.3 without the namespaces that take the network from what reads papers.
@pytest.mark.parametrize(
    ("name", "most"), [("setu.service", 17), ("setu-api.service", 17), ("setu-worker@.service", 17), ("setu-backup.service", 15)]
)
def test_a_service_may_do_little_of_what_it_does_not_need(name: str, most: int, tmp_path: Path) -> None:
    found = directives(name)
    shut = ("User", "ProtectSystem", "NoNewPrivileges", "CapabilityBoundingSet", "IPAddressDeny")
    assert [found[key] for key in shut] == [["setu"], ["strict"], ["yes"], [""], ["any"]]
    assert set(" ".join(found["RestrictNamespaces"]).split()) <= {"yes", "user", "net"}
    analyze = program("systemd-analyze")
    verified(name, tmp_path)
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--json=short", f"--threshold={most}", f"./{name.replace('@', '@1')}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:]
    assert json.loads(done.stdout)


def test_every_path_and_command_of_the_units_exists() -> None:
    from ui.cli.main import cli

    scripts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        for path in re.findall(rf"{PLACE}/([^\s\"]+)", text):
            known = path in {".venv/bin/python", *(f".venv/bin/{script}" for script in scripts)}
            assert known or (PROJECT / path).exists(), path
    for name in ("setu-api.service", "setu-worker@.service", "setu-backup.service"):
        (start,) = directives(name)["ExecStart"]
        program, command, *options = shlex.split(start)
        assert here(program).name == "setu"
        known = {option for parameter in cli.commands[command].params for option in parameter.opts}
        assert {word for word in options if word.startswith("--")} <= known, name
    assert Path(shlex.split(directives("setu-backup.service")["ExecStartPost"][0])[0]).exists()
    for name in ("setu.service", "setu-api.service", "setu-worker@.service"):
        assert directives(name)["WorkingDirectory"] == [PLACE]
        assert environment(name)["SETU_HOME"] == "/var/lib/" + directives(name)["StateDirectory"][0]


def test_the_services_differ_in_what_they_start_alone() -> None:
    def shut(name: str) -> str:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        return text[text.index("NoNewPrivileges=") :]

    assert shut("setu.service") == shut("setu-api.service") == shut("setu-worker@.service")
    assert directives("setu-worker@.service")["Restart"] == ["always"]  # one that ended well is wanted again
    assert directives("setu-worker@.service")["KillMode"] == ["mixed"]


def test_everything_that_the_image_copies_is_there_and_no_room_is_left_out() -> None:
    copied = [source for rest in of("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]
    assert [source for source in copied if not (PROJECT / source).exists()] == []
    rooms = {room for room in ROOMS if room != "tools" and (PROJECT / room).is_dir() and any((PROJECT / room).glob("*.py"))}
    assert rooms | {"app.py", "pyproject.toml", "constraints.txt", ".streamlit"} <= set(copied)


def test_the_image_has_what_set_up_installs_and_debian_knows_it() -> None:
    wanted = re.search(r"ocr_and_fonts=\((.*?)\)", (PROJECT / "tools" / "setup.sh").read_text(encoding="utf-8"), re.DOTALL)
    assert wanted is not None
    installed = set(re.findall(r"--no-install-recommends (.*?) +&&", of("RUN")[2])[0].split())
    assert set(wanted.group(1).split()) | {"python3", "fontconfig"} == installed
    done = subprocess.run([program("apt-cache"), "policy", *sorted(installed)], capture_output=True, text=True, check=True)
    if "Candidate" not in done.stdout:
        pytest.skip("apt has no package lists")
    assert done.stdout.count("Candidate: ") - done.stdout.count("Candidate: (none)") == len(installed)


def test_what_the_server_needs_of_the_environment_is_the_same_wherever_it_is_started() -> None:
    length = environment("setu.service")["WEBSOCKETS_MAX_LINE_LENGTH"]
    for text in (of("ENV")[0], (PROJECT / "tools" / "run.sh").read_text(encoding="utf-8")):
        assert f"WEBSOCKETS_MAX_LINE_LENGTH={length}" in text
    assert f"large_client_header_buffers 4 {int(length) // 1024}k;" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_the_image_runs_as_nobody_special_and_answers_where_it_is_asked() -> None:
    (user,) = of("USER")
    assert f"--uid {user.split(':')[0]} " in of("RUN")[2]
    assert user.split(":")[0] != "0"
    (volume,) = of("VOLUME")
    assert f"SETU_HOME={volume} " in of("ENV")[0]
    command, (ports,) = json.loads(of("CMD")[0]), of("EXPOSE")
    port, _of_the_api = ports.split()
    assert command[command.index("--server.port") + 1] == port
    assert f"127.0.0.1:{port}/_stcore/health" in of("HEALTHCHECK")[0]
    service = shlex.split(directives("setu.service")["ExecStart"][0])
    assert [w for w in command if w != "0.0.0.0"] == [w for w in service if w != "127.0.0.1"]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.slow
def test_what_the_service_starts_answers_its_health_check_and_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    start = [word.replace("8501", port) for word in shlex.split(directives("setu.service")["ExecStart"][0])]
    check = json.loads(of("HEALTHCHECK")[0].split("CMD ", 1)[1])
    assert here(start[0]).name == here(check[0]).name == "python"
    environment = {"SETU_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with (tmp_path / "out").open("wb") as out:
        server = subprocess.Popen([sys.executable, *start[1:]], cwd=PROJECT, env=environment, stdout=out, stderr=out)
    try:
        end = time.monotonic() + 60
        while True:
            done = subprocess.run([sys.executable, *(word.replace("8501", port) for word in check[1:])], capture_output=True, check=False)
            if done.returncode == 0 or time.monotonic() > end or server.poll() is not None:
                break
            time.sleep(0.2)
        assert done.returncode == 0, (tmp_path / "out").read_text(errors="replace")[-500:]
        from ui.cli.health_checks import check_app

        assert check_app(f"http://127.0.0.1:{port}").outcome == "ok"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert server.returncode in (0, -signal.SIGTERM)


def test_the_proxy_lets_through_what_the_chat_takes(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
    assert f"client_max_body_size {config['maxUploadSize']}m;" in text
    assert f"proxy_pass http://127.0.0.1:{config['port']};" in text
    assert "proxy_set_header Upgrade $http_upgrade;" in text
    nginx = program("nginx")
    plain = re.sub(r"(?m)^\s*ssl_certificate.*$", "", text).replace("443 ssl", free_port())
    (tmp_path / "site.conf").write_text(plain)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}")
    done = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
