"""The script that builds and tries the image: what it says where something is missing, and what it has the engine do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import PROJECT
from tests.test_deploy import of

SCRIPT = PROJECT / "tools" / "container.sh"
USED = ("bash", "sed", "dirname", "awk", "tail", "mktemp", "rm", "sleep", "id")
FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >> "$LOG"
case "$1 $2" in
    "image exists") test -e "$IMAGES/$(basename "$3")" ;;
    "import --quiet") test -s "$3" && touch "$IMAGES/$(basename "$4")" ;;
esac
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the programs that every machine has, to be the whole of a PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in USED:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def ran(programs: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": str(programs), "HOME": str(programs), **environment}
    return subprocess.run([programs / "bash", SCRIPT, *arguments], capture_output=True, text=True, check=False, env=given)


def test_what_is_missing_is_said_with_the_line_that_installs_it(programs: Path) -> None:
    install = "Install: apt-get install --no-install-recommends"
    for step, wanted in (
        ("needs", "mmdebstrap podman runc"),
        ("build", "podman"),
        ("try", "podman runc"),
        ("all", "mmdebstrap podman runc"),
    ):
        done = ran(programs, step)
        assert done.returncode == 1
        assert done.stderr == f"container: missing: {wanted}. {install} {wanted}\n"
    (programs / "crun").symlink_to("/bin/true")
    (programs / "podman").symlink_to("/bin/true")
    (programs / "mmdebstrap").symlink_to("/bin/true")
    assert ran(programs, "needs").stderr == "container: nothing is missing\n"


def test_an_unknown_step_is_told_the_steps_there_are(programs: Path) -> None:
    done = ran(programs, "push")
    assert done.returncode == 2
    assert "tools/container.sh build" in done.stderr


@pytest.mark.parametrize("there", [True, False])
def test_the_image_is_built_on_the_base_that_the_containerfile_names(programs: Path, tmp_path: Path, there: bool) -> None:
    images, log = tmp_path / "images", tmp_path / "log"
    images.mkdir()
    for name, text in (("podman", FAKE), ("mmdebstrap", FAKE + 'for last; do case $last in *.tar) echo x > "$last" ;; esac; done\n')):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    for name in ("basename", "touch", "sh", "test"):
        (programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    base = next(rest for rest in of("FROM") if " " not in rest)
    if there:
        (images / base).touch()
    done = ran(
        programs, "build", IMAGES=str(images), LOG=str(log), PIP_CERT="/etc/authority.pem", MIRROR="http://mirror.example.org/debian"
    )
    assert done.returncode == 0, done.stderr
    lines = log.read_text().splitlines()
    (built,) = (line for line in lines if line.startswith("podman build"))
    assert "--isolation chroot" in built
    assert "--pull=never" in built
    assert "-f deploy/Containerfile -t setu" in built
    assert "--volume /etc/authority.pem:/etc/build-authority.pem:ro --build-arg PIP_CERT=/etc/build-authority.pem" in built
    made = [line for line in lines if line.startswith("mmdebstrap")]
    assert len(made) == (not there)
    if made:
        assert " trixie " in made[0]
        assert "deb http://mirror.example.org/debian trixie-updates main" in made[0]
        assert "deb http://mirror.example.org/debian-security trixie-security main" in made[0]
        assert any(line.startswith("podman import") and line.endswith(f"docker.io/library/{base}") for line in lines)
    assert [rest for rest in of("ARG") if rest.startswith("PIP_")] == ["PIP_INDEX_URL", "PIP_CERT"]  # and in no variable of what runs
    assert "PIP" not in of("ENV")[0]
