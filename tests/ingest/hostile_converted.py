"""Photos, and files of other office programs, made to do harm."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image, ImageDraw

from tests.ingest.hostile_packages import packed

_LINES = ("The Parties shall establish a Joint Committee.", "It meets twice a year in Kalpanagar.", "Each Party bears its own costs.")
_TEXT, _SHEET, _SLIDES = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))
_NAMES = {
    "office": "office:1.0", "text": "text:1.0", "table": "table:1.0", "draw": "drawing:1.0", "svg": "svg-compatible:1.0",
    "script": "script:1.0", "presentation": "presentation:1.0",
}  # fmt: skip
_SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}"' for name, urn in _NAMES.items())
_XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
_FRAME = '<draw:frame draw:name="f" text:anchor-type="as-char" svg:width="9cm" svg:height="5cm">{}</draw:frame>'
_CSV = 'xlink:type="simple" table:filter-name="Text - txt - csv (StarCalc)" table:filter-options="44,34,76,1"'


def hostile_converted(secret_path: str, evil_path: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents; ``secret_path`` is a file that links try to include, ``evil_path`` one that macros try to write."""
    yield from _linked(f"file://{secret_path}")
    yield from _running(evil_path)
    yield from _large()
    yield from _pictures()


def opendocument(media: str, body: str, before: str = "", prologue: str = "", more: Mapping[str, str] = {}) -> bytes:
    """A file with this body; ``before`` it, scripts and the like; ``prologue`` stands after the XML declaration.

    ``more`` are members beside it.
    """
    content = (
        f'<?xml version="1.0"?>{prologue}<office:document-content {_SPACES} {_XLINK} office:version="1.2">'
        f"{before}<office:body>{body}</office:body></office:document-content>"
    )
    members = {"content.xml": content, **more}
    kinds = {"/": media, **dict.fromkeys(members, "text/xml")}
    entries = "".join(f'<m:file-entry m:full-path="{path}" m:media-type="{kind}"/>' for path, kind in kinds.items())
    manifest = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</m:manifest>'
    files = {"mimetype": media, "META-INF/manifest.xml": manifest, **members}
    return packed({name: text.encode() for name, text in files.items()})


def text_file(body: str = "", **more: Any) -> bytes:
    """An ODT of three lines and ``body``."""
    lines = "".join(f"<text:p>{line}</text:p>" for line in _LINES)
    return opendocument(_TEXT, f"<office:text>{lines}{body}</office:text>", **more)


def sheet_file(cells: str, table: str = "") -> bytes:
    """An ODS of one row; ``table`` stands before it."""
    row = f'<table:table-row><table:table-cell office:value-type="string"><text:p>Ward</text:p></table:table-cell>{cells}</table:table-row>'
    return opendocument(_SHEET, f'<office:spreadsheet><table:table table:name="A">{table}{row}</table:table></office:spreadsheet>')


def _linked(secret: str) -> Iterator[tuple[str, bytes]]:
    source = f'<text:section-source xlink:href="{secret}" xlink:type="simple" xlink:show="embed" text:filter-name="Text"/>'
    link = f'xlink:href="{secret}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"'
    yield "outside-section.odt", text_file(f'<text:section text:name="x">{source}<text:p>old</text:p></text:section>')
    yield "outside-frame.odt", text_file(f"<text:p>{_FRAME.format(f'<draw:floating-frame {link}/>')}</text:p>")
    yield "outside-object.odt", text_file(f"<text:p>{_FRAME.format(f'<draw:object {link}/>')}</text:p>")
    yield "outside-entity.odt", text_file("<text:p>&s;</text:p>", prologue=f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret}">]>')
    yield "outside-source.ods", sheet_file("", f'<table:table-source xlink:href="{secret}" {_CSV} table:mode="copy-all"/>')
    yield (
        "outside-range.ods",
        sheet_file(
            f'<table:table-cell><table:cell-range-source table:name="CSV_all" xlink:href="{secret}" {_CSV}'
            ' table:last-column-spanned="2" table:last-row-spanned="1"/></table:table-cell>'
        ),
    )
    formulas = (
        f"of:=['{secret}'#$secret.A1]",
        f"of:=WEBSERVICE(&quot;{secret}&quot;)",
        f"of:=DDE(&quot;soffice&quot;;&quot;{secret}&quot;;&quot;A1&quot;)",
    )
    yield "outside-formulas.ods", sheet_file("".join(f'<table:table-cell table:formula="{one}"/>' for one in formulas))
    yield "outside-field.rtf", _rtf(r"{\field{\*\fldinst INCLUDETEXT " + f'"{secret}"' + r" \\c Text}{\fldrslt old}}")
    yield "outside-picture.rtf", _rtf(r"{\field{\*\fldinst INCLUDEPICTURE " + f'"{secret}"' + r"}{\fldrslt old}}")


def _running(evil: str) -> Iterator[tuple[str, bytes]]:
    basic = f'Sub Main\nOpen "{evil}" For Output As #1\nPrint #1, "here"\nClose #1\nEnd Sub'
    listener = (
        '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load"'
        ' xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xlink:type="simple"/>'
        "</office:event-listeners></office:scripts>"
    )
    space = 'xmlns:library="http://openoffice.org/2000/library"'
    names = 'library:name="Standard" library:readonly="false" library:passwordprotected="false"'
    made = f's:name="M" s:language="StarBasic">{basic}'
    more = {
        "Basic/script-lc.xml": f'<library:libraries {space}><library:library {names} library:link="false"/></library:libraries>',
        "Basic/Standard/script-lb.xml": f'<library:library {space} {names}><library:element library:name="M"/></library:library>',
        "Basic/Standard/M.xml": f'<s:module xmlns:s="http://openoffice.org/2000/script" {made}</s:module>',
    }
    yield "script-listener.odt", text_file(before=listener, more=more)


def _large() -> Iterator[tuple[str, bytes]]:
    yield "bomb-text.odt", text_file(f"<text:p>{'a' * 200_000_000}</text:p>")
    yield "bomb-laughs.odt", text_file("<text:p>&a11;</text:p>", prologue=_laughs())
    many = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{many}</table:table-row>'
    yield "count-cells.ods", sheet_file("", rows)
    yield "deep-sections.odt", text_file('<text:section text:name="s">' * 20_000 + "</text:section>" * 20_000)
    yield "deep-groups.rtf", _rtf("{" * 100_000 + "}" * 100_000)
    yield "many-pages.odp", opendocument(_SLIDES, f"<office:presentation>{'<draw:page/>' * 50_000}</office:presentation>")
    yield "length-of-binary.rtf", _rtf(r"\bin2147483647 x")
    yield "wide-cell-numbers.rtf", _rtf(r"{\trowd" + "".join(rf"\cellx{n}" for n in range(20_000)) + r"\row}")


def _laughs() -> str:
    """Entities of which each is ten of the one before."""
    return '<!DOCTYPE d [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)) + "]>"


def _rtf(body: str) -> bytes:
    lines = "".join(f"{line}\\par " for line in _LINES)
    return f"{{\\rtf1\\ansi\\deff0 {{\\fonttbl{{\\f0 Times;}}}} {lines}{body}}}".encode("latin-1")


def photo(form: str) -> bytes:
    """A page as a picture."""
    page = Image.new("L", (900, 1200), 255)
    for n, line in enumerate(_LINES):
        ImageDraw.Draw(page).text((40, 60 + 60 * n), line, fill=0, font_size=28)
    out = io.BytesIO()
    page.save(out, form)
    return out.getvalue()


def _pictures() -> Iterator[tuple[str, bytes]]:
    for name, width, height in (("wide", 2_000_000_000, 1), ("large", 100_000, 100_000), ("just", 10_900, 11_000), ("none", 0, 0)):
        yield f"size-{name}.png", _png(width, height, zlib.compress(bytes(1_000_000)))
    yield "bomb-words.png", _png(400, 400, zlib.compress(bytes(160_400)), (b"zTXt", b"Title\0\0" + zlib.compress(bytes(300_000_000))))
    frames = [Image.new("1", (3_000, 4_000), n % 2) for n in range(60)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    yield "bomb-frames.tif", out.getvalue()
    tags = struct.pack("<HHII", 256, 4, 1, 400) + struct.pack("<HHII", 257, 4, 1, 400)
    yield "itself-next.tif", b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + tags + struct.pack("<I", 8)
    yield "bomb-members.pages.zip", packed({f"{n}.jpg": bytes(40_000_000) for n in range(12)})
    yield "many-members.pages.zip", packed({f"{n}.png": b"\x89PNG" for n in range(5_000)})
    yield "traversal.pages.zip", packed({"../../../tmp/setu-evil.txt": photo("PNG"), "/etc/passwd": photo("PNG")})
    chance = random.Random(27)
    for form in ("JPEG", "PNG", "TIFF", "WEBP"):
        data, ending = photo(form), {"JPEG": "jpg", "TIFF": "tif"}.get(form, form.lower())
        for n in range(3):
            yield f"photo-cut{n:02}.{ending}", data[: chance.randrange(16, len(data))]
            changed = bytearray(data)
            for _ in range(16):
                changed[chance.randrange(16, len(changed))] ^= 1 << chance.randrange(8)
            yield f"photo-flip{n:02}.{ending}", bytes(changed)


def _png(width: int, height: int, pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A grey PNG that says it has so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *more, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
