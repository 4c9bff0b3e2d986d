r"""Rich text of a mail: unpacked ([MS-OXRTFCP]), and turned into the HTML or the text that it stands for ([MS-OXRTFEX]).

Outlook keeps the HTML of a mail inside RTF: the tags in groups ``{\*\htmltag …}``, and what only RTF needs between ``\htmlrtf`` and
``\htmlrtf0``.
"""

from __future__ import annotations

import codecs
import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import regex

Kind: TypeAlias = Literal["html", "plain"]

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of rich text once unpacked. More is pictures, and then there is a plain text beside it."""
_DICTIONARY: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = regex.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", regex.I | regex.S)
_LEFT_OUT = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "fldinst", "listtable", "listoverridetable", "themedata", "datastore", "mhtmltag"}
)
_LETTERS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t", "tab": "\t", "emdash": "—", "endash": "–",
    "bullet": "• ", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "zwj": "\u200d",
    "zwnj": "\u200c",
}  # fmt: skip
_SYMBOLS = {"~": "\xa0", "_": "-", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip


def unpack_rtf(data: bytes) -> bytes:
    """The rich text of the property PidTagRtfCompressed.

    Raises:
        ValueError: not such text, cut off, or over ``MOST_BYTES``.
    """
    if len(data) < 16:
        raise ValueError("it is cut off")
    packed, raw, kind, checksum = struct.unpack_from("<II4sI", data)
    content = data[16 : packed + 4]
    if raw > MOST_BYTES:
        raise ValueError(f"it has {raw / 1e6:.0f} MB")
    if kind == b"MELA":
        return data[16 : 16 + raw]
    if kind != b"LZFu" or len(content) != packed - 12 or zlib.crc32(content, 0xFFFFFFFF) ^ 0xFFFFFFFF != checksum:
        raise ValueError("its checksum is wrong")
    return _expanded(content, raw)


def _expanded(content: bytes, raw: int) -> bytes:
    held = bytearray(4096)
    held[: len(_DICTIONARY)] = _DICTIONARY
    write, at = len(_DICTIONARY), 0
    out = bytearray()
    while at < len(content) and len(out) < raw:
        control = content[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(content):
                    return bytes(out[:raw])
                offset, length = (content[at] << 4) | (content[at + 1] >> 4), (content[at + 1] & 15) + 2
                at += 2
                if offset == write:
                    return bytes(out[:raw])
            elif at < len(content):
                held[write] = content[at]
                offset, length = write, 1
                at += 1
            else:
                break
            for step in range(length):
                letter = held[(offset + step) & 4095]
                held[write] = letter
                write = (write + 1) & 4095
                out.append(letter)
    return bytes(out[:raw])


def rtf_text(rtf: bytes) -> tuple[Kind, str]:
    """What rich text stands for: the HTML that was put into it, else its text."""
    reader = _Reader(html=b"\\fromhtml" in rtf[:4096])
    for token in _TOKEN.finditer(rtf.decode("latin-1")):
        reader.take(token)
    return ("html" if reader.html else "plain"), "".join(reader.out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True, slots=True)
class _Group:
    left_out: bool = False
    tag: bool = False
    """Inside ``{\\*\\htmltag …}``."""
    fonts: bool = False
    rtf_only: bool = False
    hidden: bool = False
    fallback: int = 1
    encoding: str = ""


@dataclass(slots=True)
class _Reader:
    html: bool
    out: list[str] = field(default_factory=list)
    _group: _Group = field(default_factory=_Group)
    _above: list[_Group] = field(default_factory=list)
    _encodings: dict[int, str] = field(default_factory=dict)
    _default: str = "cp1252"
    _font: int = 0
    _starred: bool = False
    _skip: int = 0
    _bytes: codecs.IncrementalDecoder | None = None

    def take(self, token: regex.Match[str]) -> None:
        """Read one token."""
        word, number, code, symbol, brace, text = token.groups()
        if code is not None:
            self._byte(bytes([int(code, 16)]))
            return
        if text is not None:
            self._text(text)
            return
        self._end_bytes()
        if brace == "{":
            self._above.append(self._group)
            self._skip = 0
        elif brace == "}":
            self._group = self._above.pop() if self._above else _Group()
            self._skip, self._starred = 0, False
        elif symbol == "*":
            self._starred = True
        elif symbol is not None:
            self._write(_SYMBOLS.get(symbol, ""))
        elif word is not None:
            self._word(word.lower(), int(number) if number else None)
            self._starred = False

    def _word(self, word: str, number: int | None) -> None:
        on = number != 0
        if self._starred and word == "htmltag":
            self._group = replace(self._group, tag=True)
        elif (self._starred and word != "shppict") or word in _LEFT_OUT:
            self._group = replace(self._group, left_out=True, fonts=word == "fonttbl")
        elif word == "htmlrtf":
            self._group = replace(self._group, rtf_only=on)
        elif word == "v":
            self._group = replace(self._group, hidden=on)
        elif word == "uc":
            self._group = replace(self._group, fallback=max(0, min(number or 0, 32)))
        elif word == "u" and number is not None:
            self._write(chr(number & 0xFFFF))
            self._skip = self._group.fallback
        elif word == "ansicpg" and number:
            self._default = codec_of(number) or self._default
        elif word == "f" and number is not None:
            self._font = number
            if not self._group.fonts:
                self._group = replace(self._group, encoding=self._encodings.get(number, ""))
        elif word == "fcharset" and self._group.fonts:
            self._encodings[self._font] = _CHARSETS.get(number or 0, "")
        elif word == "plain":
            self._group = replace(self._group, hidden=False, encoding="")
        elif word in _LETTERS:
            self._write(_LETTERS[word])

    def _byte(self, data: bytes) -> None:
        if self._skip:
            self._skip -= 1
            return
        if self._bytes is None:
            self._bytes = codecs.getincrementaldecoder(self._encoding())("replace")
        self._write(self._bytes.decode(data))

    def _text(self, text: str) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        text = text[skipped:]
        if self._bytes is not None and text and self._bytes.getstate()[0]:  # the second byte of a character may be written as a letter
            self._write(self._bytes.decode(text[:1].encode("latin-1")))
            text = text[1:]
        self._end_bytes()
        if text.isascii():
            self._write(text)
        else:
            self._write(text.encode("latin-1").decode(self._encoding(), "replace"))

    def _end_bytes(self) -> None:
        if self._bytes is not None:
            self._write(self._bytes.decode(b"", True))
            self._bytes = None

    def _encoding(self) -> str:
        return self._default if self._group.tag else self._group.encoding or self._default

    def _write(self, text: str) -> None:
        group = self._group
        if text and not (group.left_out or group.hidden or (self.html and group.rtf_only and not group.tag)):
            self.out.append(text)


def codec_of(page: int) -> str | None:
    """Python's name of a Windows code page; None where it has none."""
    name = {
        65001: "utf-8",
        20127: "ascii",
        28591: "latin-1",
        50220: "iso2022_jp",
        50221: "iso2022_jp",
        50222: "iso2022_jp",
        51932: "euc_jp",
    }
    try:
        return codecs.lookup(name.get(page, f"cp{page}")).name
    except LookupError:
        return None
