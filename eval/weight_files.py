"""The files beside the code that fits write: the command that wrote them, what they were fitted on, and the numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any


def write(package: str, file: str, command: str, examples: tuple[str, Sequence[str]], parts: Mapping[str, Any]) -> None:
    """Write a file into a package.

    Args:
        package: by its dotted name.
        file: its name there.
        command: of ``python -m eval`` that writes it, without ``--write``.
        examples: what they are called, and each as it enters the digest.
        parts: the fitted numbers and what names them, in order; the last begins a line.
    """
    called, each = examples
    stored = {
        "command": f"python -m eval {command} --write",
        called: {"n": len(each), "sha256": hashlib.sha256("\n".join(each).encode()).hexdigest()},
        **parts,
    }
    last = f'"{[*parts][-1]}"'
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    Path(str(resources.files(package) / file)).write_text(text.replace(last, f"\n{last}") + "\n", encoding="utf-8")
