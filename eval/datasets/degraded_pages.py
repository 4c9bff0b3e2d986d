"""Pages as offices have them: a true text is set, turned into a picture and spoiled, each way with a seed of its own.

The pictures are what a scanner, a fax or a telephone makes of a sheet; the text that stands on the sheet is known.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import typst
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""A page in grey, 0 black, shape (height, width); one in colour has a third axis, blue, green, red."""
DPI: Final = 200
_DRAWN: Final = 300
_A4: Final = (8.27, 11.69)
_FONTS: Final = ("Noto Serif Devanagari", "Noto Serif CJK JP", "Noto Sans Devanagari", "Noto Sans CJK JP", "Noto Serif", "Noto Sans")
_HEAD: Final = {
    "mr": "Municipal Corporation of Lahargad · Water Supply Department",
    "hi": "Municipal Corporation of Lahargad · Water Supply Department",
    "ja": "Kazehama City Waterworks Bureau · Facilities Division",
    "en": "लहरगड महानगरपालिका · पाणीपुरवठा विभाग",
}
"""A first line in another script, as letterheads have it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page: its picture, its resolution in dots an inch, and the text that stands on it."""

    picture: Picture
    dpi: int
    truth: str


def _typst(body: str, fonts: Sequence[str], size: float = 11.5) -> str:
    named = "(" + ", ".join(f'"{font}"' for font in (*fonts, *_FONTS)) + ")"
    return f'#set page(paper: "a4", margin: 2.2cm)\n#set text(font: {named}, size: {size}pt)\n#set par(leading: 0.75em)\n{body}'


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\#*_`$<>@=-+/[]~" else sign for sign in text)


def _title(text: str) -> str:
    return f'#text(size: 15pt, weight: "bold")[{_escaped(text)}]\n\n'


def _plain(text: str) -> str:
    title, *rest = text.strip().split("\n")
    return "\n".join([_title(title), *(f"{_escaped(line)} \\" if line else "\n" for line in rest)])


def _columns(text: str) -> str:
    title, rest = text.strip().split("\n", 1)
    return f"{_title(title)}#block(height: 11cm, columns(2)[{_escaped(rest)}])"


def _table(text: str) -> str:
    title, *lines = [line for line in text.strip().split("\n") if line]
    cells = ", ".join(f"[{at}], [{_escaped(line)}]" for at, line in enumerate(lines, start=1))
    return f"{_title(title)}#table(columns: (1.2cm, 1fr), inset: 7pt, {cells})"


@dataclass(frozen=True, slots=True)
class Type:
    """What a sheet is set in: fonts by name, tried before the Noto fonts, and a folder that holds them."""

    names: tuple[str, ...] = ()
    folder: Path | None = None


PLAIN: Final = Type()


def set_page(text: str, layout: str, type_: Type = PLAIN, ppi: int = _DRAWN) -> Picture:
    """The sheet, clean, at ``ppi``; ``layout`` is plain, columns or table."""
    body = {"plain": _plain, "columns": _columns, "table": _table}[layout](text)
    fonts = typst.Fonts(include_system_fonts=True, font_paths=[str(type_.folder)] if type_.folder else [])
    png: Any = typst.compile(_typst(body, type_.names).encode(), format="png", ppi=float(ppi), font_paths=fonts)
    first = png[0] if isinstance(png, list) else png
    return np.asarray(cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _to(picture: Picture, dpi: int) -> Picture:
    size = round(_A4[0] * dpi), round(_A4[1] * dpi)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _clipped(values: NDArray[Any]) -> Picture:
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def _grain(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    return _clipped(picture.astype(np.float32) + rng.normal(0, strength, picture.shape))


def _turned(picture: Picture, degrees: float) -> Picture:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=255.0), dtype=np.uint8)


def _clean(picture: Picture, rng: np.random.Generator) -> Picture:
    return _grain(_turned(_to(picture, DPI), float(rng.uniform(-0.4, 0.4))), rng, 4)


def _skew(picture: Picture, rng: np.random.Generator) -> Picture:
    return _grain(_turned(_to(picture, DPI), float(rng.choice((-1, 1)) * rng.uniform(2.5, 4.5))), rng, 5)


def _noise(picture: Picture, rng: np.random.Generator) -> Picture:
    spoiled = _grain(_to(picture, DPI), rng, 28)
    specks = rng.random(spoiled.shape)
    spoiled[specks < 0.006] = 0
    spoiled[specks > 0.994] = 255
    return spoiled


def _blur(picture: Picture, rng: np.random.Generator) -> Picture:
    return _grain(np.asarray(cv2.GaussianBlur(_to(picture, DPI), (0, 0), 1.7), dtype=np.uint8), rng, 5)


def _low(picture: Picture, rng: np.random.Generator) -> Picture:
    return _grain(_turned(_to(picture, 150), float(rng.uniform(-0.6, 0.6))), rng, 6)


def _fax(picture: Picture, rng: np.random.Generator) -> Picture:
    rough = _grain(_turned(_to(picture, 204), float(rng.uniform(-0.8, 0.8))), rng, 40)
    black = np.where(cv2.GaussianBlur(rough, (0, 0), 0.8) < 150, 0, 255).astype(np.uint8)
    black[rng.random(black.shape) < 0.002] = 0
    for at in rng.integers(0, black.shape[0], 6):
        black[at] = 255
    return black


def _jpeg(picture: Picture, rng: np.random.Generator) -> Picture:
    _, data = cv2.imencode(".jpg", _grain(_to(picture, DPI), rng, 5), [cv2.IMWRITE_JPEG_QUALITY, 12])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _stamp(picture: Picture, rng: np.random.Generator) -> Picture:
    sheet = _clean(picture, rng)
    layer = np.full_like(sheet, 255)
    for _ in range(2):
        center = int(rng.uniform(0.25, 0.75) * sheet.shape[1]), int(rng.uniform(0.2, 0.6) * sheet.shape[0])
        for radius, width in ((150, 6), (110, 4)):
            cv2.circle(layer, center, radius, 120.0, width)
        cv2.putText(layer, "RECEIVED", (center[0] - 95, center[1] + 12), cv2.FONT_HERSHEY_SIMPLEX, 1.25, 120.0, 4)
    return np.minimum(sheet, _turned(layer, float(rng.uniform(-12, 12))))


def _colour_stamp(picture: Picture, rng: np.random.Generator) -> Picture:
    sheet, stamped = _clean(picture, rng), _stamp(np.full_like(picture, 255), rng)
    ink = np.array(((60, 50, 200), (170, 70, 60))[int(rng.integers(2))], np.float32)
    covered = (255 - stamped.astype(np.float32))[..., None] / 135
    return _clipped(sheet.astype(np.float32)[..., None] * (1 - np.clip(covered, 0, 1) * (1 - ink / 255)))


def _light(shape: tuple[int, ...], rng: np.random.Generator, darkest: float) -> NDArray[np.float32]:
    """How much of the light is left at each point of a sheet that lies half in the shade."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    slope = float(rng.uniform(-0.4, 0.4))
    edge = (x / width + slope * (y / height - 0.5) - float(rng.uniform(0.4, 0.6))) * 8
    return np.asarray(darkest + (1 - darkest) / (1 + np.exp(-edge)), dtype=np.float32)


def _shadow(picture: Picture, rng: np.random.Generator) -> Picture:
    sheet = _to(picture, DPI)
    return _grain(_clipped(sheet * _light(sheet.shape, rng, 0.4)), rng, 6)


def _photo(picture: Picture, rng: np.random.Generator) -> Picture:
    sheet = _to(picture, DPI)
    height, width = sheet.shape
    frame = round(1.18 * width), round(1.15 * height)
    bend = 0.05 * width
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    middle = np.array([(frame[0] - width) / 2, (frame[1] - height) / 2], np.float32)
    moved = (corners + middle + rng.uniform(-bend, bend, (4, 2))).astype(np.float32)
    desk = np.full((frame[1], frame[0]), 95, np.uint8)
    lying = cv2.warpPerspective(sheet, cv2.getPerspectiveTransform(corners, moved), frame, desk, borderMode=cv2.BORDER_TRANSPARENT)
    soft = cv2.GaussianBlur(_clipped(lying * _light(lying.shape, rng, 0.55)), (0, 0), 1.0)
    _, data = cv2.imencode(".jpg", _grain(np.asarray(soft, dtype=np.uint8), rng, 7), [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _upside_down(picture: Picture, rng: np.random.Generator) -> Picture:
    return np.ascontiguousarray(_clean(picture, rng)[::-1, ::-1])


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which pages are bad: how the sheet is set, whether it has a head in another script, and what becomes of it."""

    spoil: Callable[[Picture, np.random.Generator], Picture]
    floor: float
    layout: str = "plain"
    head: bool = False
    dpi: int = DPI


WAYS: Final[Mapping[str, Way]] = {
    "clean": Way(_clean, 0.95),
    "letterhead": Way(_clean, 0.95, head=True),
    "columns": Way(_clean, 0.95, "columns"),
    "table": Way(_clean, 0.95, "table"),
    "150 dpi": Way(_low, 0.90, dpi=150),
    "skew": Way(_skew, 0.90),
    "noise": Way(_noise, 0.90),
    "stamp": Way(_stamp, 0.90),
    "colour stamp": Way(_colour_stamp, 0.90),
    "blur": Way(_blur, 0.90),
    "jpeg": Way(_jpeg, 0.90),
    "shadow": Way(_shadow, 0.90),
    "upside down": Way(_upside_down, 0.90),
    "fax": Way(_fax, 0.80, dpi=204),
    "photo": Way(_photo, 0.80),
}
"""Each way with the word F1 that is wanted of it."""


def make(text: str, language: str, name: str, type_: Type = PLAIN) -> Made:
    """The page of a text, spoiled in the way of that name, or in two ways one after the other ("blur + 150 dpi").

    The same for the same text, language and name.
    """
    ways = [WAYS[one] for one in name.split(" + ")]
    way = replace(ways[-1], layout=ways[0].layout, head=ways[0].head)
    said = f"{_HEAD[language]}\n{text.strip()}" if way.head else text.strip()
    rng = np.random.default_rng(zlib.crc32(f"{language} {name}".encode()))
    picture = set_page(said, way.layout, type_)
    for one in ways:
        picture = one.spoil(picture, rng)
    numbered = "\n".join(f"{at} {line}" for at, line in enumerate((one for one in said.split("\n")[1:] if one), start=1))
    return Made(picture, way.dpi, f"{said.splitlines()[0]}\n{numbered}" if way.layout == "table" else said)


def png(made: Made) -> bytes:
    """The picture as a PNG."""
    return bytes(cv2.imencode(".png", made.picture)[1])


def pdf(made: Made) -> bytes:
    """The picture as the only page of a PDF, without a text layer."""
    held = io.BytesIO()
    drawn = made.picture if made.picture.ndim == 2 else np.ascontiguousarray(made.picture[..., ::-1])
    Image.fromarray(drawn).save(held, "PDF", resolution=float(made.dpi), quality=95)
    return held.getvalue()
