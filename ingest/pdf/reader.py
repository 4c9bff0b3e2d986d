"""A PDF file becomes a raw document: text layer where there is a sound one, Tesseract where there is not.

What it says about itself (title, author, printed page labels) is read with pypdf.
"""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError
from ingest.ocr.image_preprocessing import view_of
from ingest.ocr.reading_order import evened
from ingest.ocr.recognition import OcrText, read_page
from ingest.ocr.tesseract import Engine, OcrUnavailableError, Which, family
from ingest.ocr.word_boxes import pack
from ingest.pdf.glyphs import page_glyphs
from ingest.pdf.headers_and_footnotes import Sheet, running_words, without_running_lines
from ingest.pdf.layout import Typography, blocks
from ingest.pdf.pdfium import drawn_paths, largest_picture, open_page, open_pdf, page_count
from ingest.pdf.render import render_page
from ingest.pdf.text_layer_trust import MIN_POSSIBLE, Trust, trust
from ingest.pdf.text_lines import Line, direction, lines, turn
from ingest.records import Hints, Limits, RawDocument, RawPage, Source

_UNREADABLE = (PyPdfError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""What pypdf (7.1) raises on objects that are not what the standard says; PDFium often still reads such a file."""

_FILLER = regex.compile(
    r"\(?(?:untitled|anonymous|unspecified|unknown|author|user|python-docx)\)?|microsoft \w+ - .*|.*\.(?:docx?|pdf|odt|indd|html?)", regex.I
)


@dataclass(frozen=True, slots=True)
class Declared:
    """``labels`` has one printed label a page, or is empty when the file gives none or they cannot be read."""

    hints: Hints
    labels: tuple[str, ...]


def declared(data: bytes) -> Declared:
    """Facts a PDF declares, as far as they can be read.

    The creation date is left out: it is the day of the export, not the day the document speaks from.
    """
    # It logs every flaw that it works around; what matters of them shows in the text.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        with PdfReader(io.BytesIO(data), strict=False) as reader:
            if reader.is_encrypted and not reader.decrypt(""):
                return Declared(Hints(), ())
            return Declared(_hints(reader), _labels(reader))
    except _UNREADABLE:
        return Declared(Hints(), ())


def _hints(reader: PdfReader) -> Hints:
    try:
        facts = reader.metadata
        title, author = (facts.title, facts.author) if facts else (None, None)
        language = reader.root_object.get("/Lang")
    except _UNREADABLE:
        return Hints()
    return Hints(title=_clean(title), publisher=_clean(author), language=_clean(language))


def _labels(reader: PdfReader) -> tuple[str, ...]:
    try:
        return tuple(reader.page_labels)
    except _UNREADABLE:
        return ()


def _clean(value: object) -> str | None:
    """One line of text; None for what programs write when nobody has filled the field in."""
    text = " ".join(str(value).replace("\x00", "").split()) if value is not None else ""
    return None if not text or _FILLER.fullmatch(text) else text


FEW_CHARACTERS = 20
"""A page with fewer visible characters is looked at for an image that shows the text."""
_STAMP = 150
_STAMPED_SHARE = 0.75
_IMAGE_SHARE = 0.25
_MANY_PATHS = 150
_USABLE = 0.5
_DOUBTFUL = 0.85
_HARD_TO_READ = "The picture of this page is hard to read: much of its text may be wrong. A better scan (300 dpi, straight, clean) helps."
_STRANGE = "If it is in another script than those of Marathi, Hindi, English and Japanese, add a translation into one of these."
_NOTHING = "No text was found in the image of the page. If there is some, scan it again (300 dpi, straight, dark on white)."
_DPI = (150, 400)
_DRAWN_DPI = 300
_AT_A_TIME = 16
"""Pages for which a file is opened once; PDFium's lock is held as long."""
_COPY_AGAIN = "Open it in a viewer to check it, then get a sound copy of the file."


@dataclass(frozen=True, slots=True)
class _Layer:
    """The text layer of a page and what else is on the page."""

    sheet: Sheet
    visible: int
    trust: Trust
    pictured: bool
    dpi: int

    @property
    def is_sound(self) -> bool:
        """Whether the page need not be read from its image."""
        return self.trust.is_sound and not self.pictured

    @property
    def is_shown(self) -> bool:
        """Whether the page shows text or a picture of it."""
        return self.visible > 0 or self.pictured

    @property
    def problem(self) -> str:
        """Why the picture of the page is looked at."""
        shown = "The page is an image." if self.visible < FEW_CHARACTERS else "Most of the page is an image."
        return self.trust.reason or (shown if self.pictured else self.trust.doubt)

    def script_to_read(self, shown: str) -> str:
        """The script to read the picture of a doubtful layer in, given the script that it shows; "" where the layer has to be kept.

        A picture in another script than the layer's refutes it. Letters of no language are read as Devanagari, which legacy fonts write,
        also where most of the page is in Latin; whether that made it better is judged afterwards.
        """
        if shown and family(shown) != self.trust.script and family(shown):
            return shown
        if self.trust.is_gibberish:
            return "Devanagari"
        return shown if self.trust.overlaid and self.trust.words.possible < MIN_POSSIBLE else ""

    def is_better_than(self, text: OcrText) -> bool:
        """Whether the layer says more, or says it better, than what OCR read: a stamp on a scan is right and says next to nothing.

        Sound words in another script than the picture's are another page's words; they lose to a picture that can be read.
        """
        if self.trust.overlaid and text.script and text.script != self.trust.script and text.quality >= _USABLE:
            return False
        if self.visible < FEW_CHARACTERS or self.pictured:
            return 2 * self.visible > sum(len(line.text) for line in text.lines) and self.visible >= FEW_CHARACTERS
        return self.trust.quality >= text.quality


@dataclass(frozen=True, slots=True)
class PageReading:
    """What stands for a page in the end: the sheet whose lines count, and where they came from.

    ``page`` has neither blocks nor its printed label yet. ``shown``: the page shows text or a picture.
    """

    sheet: Sheet
    page: RawPage
    shown: bool


def read_pdf(data: bytes, source: Source, limits: Limits, *, which: Which = shutil.which) -> RawDocument:
    """Read a PDF.

    A page that shows text only as an image is read with Tesseract; where that is not installed, or lacks the language, the page has
    method ``none`` and a note with what to install.

    Args:
        data: The bytes of the file.
        source: The file they come from.
        limits: ``max_pages`` is checked before any page is read.
        which: Finds a program by name, as ``shutil.which`` does.

    Raises:
        EmptyFileError: zero bytes, or pages with neither text nor images.
        DamagedFileError: not a PDF, truncated, corrupt, or without pages.
        EncryptedFileError: it needs a password.
        TooLargeError: more pages than ``limits.max_pages``.
    """
    readings = tuple(read_pages(data, source, range(1, count_pages(data, source, limits) + 1), which=which))
    return assemble(data, source, readings)


def count_pages(data: bytes, source: Source, limits: Limits) -> int:
    """Number of pages of a PDF that may be read.

    Raises:
        IngestError: as for `read_pdf`, except that nothing is known yet of what is on the pages.
    """
    file = source.uri
    _check_bytes(data, file)
    with open_pdf(data, file) as document:
        count = page_count(document)
    if count == 0:
        raise DamagedFileError(file, "The PDF has no pages.", _COPY_AGAIN)
    if count > limits.max_pages:
        reason = f"It has {count} pages, over the limit of {limits.max_pages}."
        raise TooLargeError(file, reason, "Split it, or raise the limit (SETU_MAX_PAGES).")
    return count


def read_pages(data: bytes, source: Source, numbers: Sequence[int], *, which: Which = shutil.which) -> Iterator[PageReading]:
    """Read some pages, each for itself: a page comes out the same whichever others are read, and in whichever process.

    Args:
        data: The bytes of the file.
        source: The file they come from.
        numbers: Pages to read, from 1.
        which: Finds a program by name, as ``shutil.which`` does.

    Raises:
        DamagedFileError: a page cannot be loaded.
    """
    engine = _Lazy(which)
    for start in range(0, len(numbers), _AT_A_TIME):
        some = numbers[start : start + _AT_A_TIME]
        for number, layer in zip(some, _layers(data, source.uri, some), strict=True):
            yield _reading(data, number, layer, engine)


def assemble(data: bytes, source: Source, readings: Sequence[PageReading]) -> RawDocument:
    """All pages of a file, in order, become a raw document: what needs more than one page is decided here.

    Raises:
        EmptyFileError: no page shows text or an image.
    """
    if not any(reading.shown for reading in readings):
        raise EmptyFileError(source.uri, "Its pages have neither text nor images.", "Check that it is the file you meant.")
    facts = declared(data)
    labels = facts.labels if len(facts.labels) == len(readings) else tuple(str(at) for at in range(1, len(readings) + 1))
    kept = without_running_lines([reading.sheet for reading in readings])
    hints = replace(facts.hints, margins=running_words([reading.sheet for reading in readings], kept))
    scanned = [at for at, reading in enumerate(readings) if reading.sheet.scanned]
    for at, even in zip(scanned, evened([kept[at] for at in scanned]), strict=True):
        kept[at] = list(even)
    typographies = {
        way: Typography.of([part for part, reading in zip(kept, readings, strict=True) if reading.sheet.scanned == way])
        for way in (True, False)
    }
    pages = (_page(reading, part, typographies[reading.sheet.scanned]) for reading, part in zip(readings, kept, strict=True))
    return RawDocument(source, tuple(replace(page, label=label) for page, label in zip(pages, labels, strict=True)), hints)


class _Lazy:
    """Finds Tesseract when the first page needs it, once a document."""

    def __init__(self, which: Which) -> None:
        self._which = which
        self._found: Engine | OcrUnavailableError | None = None

    def read(self, image: Callable[[], bytes], dpi: int, script: str | None) -> OcrText:
        return read_page(self._engine(), image(), dpi, script)

    def script(self, image: Callable[[], bytes], dpi: int) -> str:
        return self._engine().stance(view_of(image(), dpi)).script

    def _engine(self) -> Engine:
        if self._found is None:
            try:
                self._found = Engine.find(self._which)
            except OcrUnavailableError as error:
                self._found = error
        if isinstance(self._found, OcrUnavailableError):
            raise self._found
        return self._found


class _Picture:
    """The picture of a page, drawn once, when it is first asked for."""

    def __init__(self, data: bytes, number: int, dpi: int) -> None:
        self._page = data, number, dpi / 72
        self._drawn: bytes | None = None

    def png(self) -> bytes:
        if self._drawn is None:
            self._drawn = render_page(*self._page)
        return self._drawn


def _check_bytes(data: bytes, file: str) -> None:
    if not data:
        raise EmptyFileError(file, "The file has no bytes.", "Copy or download it again.")
    # Readers allow some bytes of a mail or web server before the header.
    if b"%PDF-" not in data[:1024]:
        raise DamagedFileError(file, "It is called a PDF but is not one.", "Give it the ending of what it is, or save it as PDF.")
    end = data.rfind(b"%%EOF")
    # A file cut short has objects after its last end mark (of an earlier revision), or no end mark and no table of objects.
    if (end < 0 and b"startxref" not in data[-2048:]) or (end >= 0 and b" obj" in data[end:]):
        raise DamagedFileError(file, "The PDF is cut short: its end is missing.", "Copy or download it again.")


def _layers(data: bytes, file: str, numbers: Sequence[int]) -> list[_Layer]:
    with open_pdf(data, file) as document:
        layers = []
        for number in numbers:
            with open_page(document, number, file) as page:
                text = page_glyphs(page, file)
                way = direction(text.glyphs)
                glyphs = turn(text.glyphs, way, page.width, page.height)
                few = text.visible < FEW_CHARACTERS
                picture = largest_picture(page)
                stamped = picture.share > _STAMPED_SHARE and text.visible < _STAMP
                pictured = stamped or (few and (picture.share > _IMAGE_SHARE or drawn_paths(page) > _MANY_PATHS))
                # Scans are read at the resolution they were made in: enlarged to 300 dpi, Japanese went from 1 to 28 % error.
                dpi = round(min(max(picture.dpi, _DPI[0]), _DPI[1])) if picture.share > _IMAGE_SHARE else _DRAWN_DPI
                sheet = Sheet(tuple(lines(glyphs)), page.width, page.height, way)
                said = "\n".join(line.text for line in sheet.lines)
                judged = trust(said, text.visible, text.unmapped, text.fonts, picture.share)
                layers.append(_Layer(sheet, text.visible, judged, pictured, dpi))
    return layers


def _reading(data: bytes, number: int, layer: _Layer, engine: _Lazy) -> PageReading:
    blank = "" if layer.sheet.lines else "The page is blank or shows only drawings."
    trusted = PageReading(layer.sheet, RawPage(number, str(number), (), "text_layer", round(layer.trust.quality, 3), blank), layer.is_shown)
    if layer.is_sound and not layer.trust.doubt:
        return trusted
    picture = _Picture(data, number, layer.dpi)
    problem = layer.problem
    try:
        script = engine.script(picture.png, layer.dpi) if layer.is_sound else None
        if script is not None and not (script := layer.script_to_read(script)):
            return replace(trusted, page=replace(trusted.page, quality=round(layer.trust.mapped, 3)))
        text = engine.read(picture.png, layer.dpi, script)
    except OcrUnavailableError as error:
        return _without_ocr(trusted, layer, f"{problem} {error}")
    if not text.lines:
        return _without_ocr(trusted, layer, f"{problem} {_NOTHING}")
    if layer.is_better_than(text):
        return replace(trusted, page=replace(trusted.page, note=layer.trust.reason))
    sheet = Sheet(text.lines, layer.sheet.width, layer.sheet.height, "down" if text.vertical else "across", scanned=True)
    boxes = pack(text.words)
    note = _hard(text) if text.quality < _USABLE else ""
    return PageReading(sheet, RawPage(number, str(number), (), "ocr", round(text.quality, 3), note, boxes), layer.is_shown)


def _hard(text: OcrText) -> str:
    """Why a page is badly read, as far as it can be told, and what helps."""
    if text.shown and not family(text.shown):
        # Of scripts that it was not made for, Tesseract tells only that they are strange: Gujarati it calls Thai or Bengali.
        return f"The page seems to be in {text.shown} script or one like it: much of its text is wrong. {_STRANGE}"
    return f"{_HARD_TO_READ} {_STRANGE}"


def _without_ocr(trusted: PageReading, layer: _Layer, note: str) -> PageReading:
    """The text layer with a note where most of its words are right; else a page that nobody has read."""
    if layer.visible >= FEW_CHARACTERS and layer.trust.quality >= _USABLE:
        said = note if not layer.is_sound or layer.trust.quality < _DOUBTFUL else ""
        return replace(trusted, page=replace(trusted.page, note=said))
    unread = RawPage(trusted.page.number, trusted.page.label, (), "none", 0.0, note)
    return PageReading(replace(layer.sheet, lines=()), unread, layer.is_shown)


def _page(reading: PageReading, kept: Sequence[Line], typography: Typography) -> RawPage:
    return replace(reading.page, blocks=tuple(blocks(kept, typography)))
