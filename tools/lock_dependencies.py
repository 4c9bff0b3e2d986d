"""Write constraints.txt: one exact version for every package of the full environment. ``make lock`` runs it.

pip resolves the project with all its extras afresh, installing nothing, under the machine's own index settings; the report it
gives is turned into pins. Neither the index nor any path of the machine is written.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
UNPINNED = re.compile(r"(torch|torchvision|triton|setuptools|setu-qa|(nvidia|cuda)-.*)")
HEADER = """\
# Exact versions for every package that `make app` and `make test` install. Made by `make lock`; do not edit by hand.
# Resolved on Python {python}; they hold for Python 3.11 to 3.13.
#
# torch has no pin, nor has what only torch brings (torchvision, triton, nvidia-*, cuda-*, setuptools): its CPU and CUDA builds
# carry different version numbers and are chosen per machine, and a machine may already constrain them. pip takes both
# constraints; a pin here could contradict the other.
"""


def canonical(name: str) -> str:
    """The name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(extras: str) -> dict[str, str]:
    """Package → version that pip would install for the project with ``extras`` into an empty environment.

    Raises:
        SystemExit: pip found no set of versions; its words are on stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--prefer-binary"]
        done = subprocess.run([*command, "--report", str(report), f"{PROJECT}[{extras}]"], check=False)
        if done.returncode:
            raise SystemExit(
                "pip could not resolve the dependencies of pyproject.toml; its reasons are above. constraints.txt is unchanged."
            )
        items = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {canonical(item["metadata"]["name"]): item["metadata"]["version"] for item in items}


def main() -> None:
    """Resolve and write."""
    versions = resolve("dev,llm,models,oidc,postgresql,s3,sftp,smb,webdav")
    pins = [f"{name}=={version}" for name, version in sorted(versions.items()) if not UNPINNED.fullmatch(name)]
    python = ".".join(map(str, sys.version_info[:2]))
    (PROJECT / "constraints.txt").write_text(HEADER.format(python=python) + "\n".join(pins) + "\n", encoding="utf-8")
    sys.stdout.write(f"constraints.txt: {len(pins)} packages\n")


if __name__ == "__main__":
    main()
