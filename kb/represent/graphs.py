"""Graphs of the bundled model: made from the packaged weights at first use, kept in a folder, opened with onnxruntime."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kb.atomic import atomic_write
from kb.private import private_folder

if TYPE_CHECKING:
    import onnxruntime


def opened(cache: Path, family: str, release: str, part: str, make: Callable[[], bytes]) -> onnxruntime.InferenceSession:
    """A session over the graph ``part`` of a model's ``release``, made where there is none, or where it is not what was once made.

    Graphs of other releases of the same ``family`` go.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    # Threads that spin while they wait take the time of the other programs on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    graph = _made(cache, family, release, part, make)
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def release_of(weights: Path) -> str:
    """What a file of weights is known by; "missing" where there is none, which making the graph then says."""
    return hashlib.sha256(weights.read_bytes()).hexdigest()[:12] if weights.is_file() else "missing"


def _made(cache: Path, family: str, release: str, part: str, make: Callable[[], bytes]) -> Path:
    target = cache / f"{family}-{release}-{part}.onnx"
    proof = target.with_suffix(".sha256")
    if not _is_whole(target, proof):
        private_folder(cache)
        for old in cache.glob(f"{family}-*.onnx"):
            if not old.name.startswith(f"{family}-{release}-"):
                old.unlink(missing_ok=True)
                old.with_suffix(".sha256").unlink(missing_ok=True)
        made = make()
        atomic_write(target, made)
        atomic_write(proof, hashlib.sha256(made).hexdigest().encode())
    return target


def _is_whole(graph: Path, proof: Path) -> bool:
    try:
        return hashlib.sha256(graph.read_bytes()).hexdigest() == proof.read_text(encoding="ascii")
    except (OSError, ValueError):
        return False
