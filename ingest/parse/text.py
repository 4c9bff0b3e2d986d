"""Plain text: which encoding its bytes are in, its paragraphs, and what it shares with Markdown and web pages."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import regex

from ingest.errors import EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.parse.lines import columns, ends_sentence, join, without_bullet
from ingest.parse.tables import table_rows
from ingest.records import Hints, Limits, RawBlock, RawDocument, RawPage, Source
from ingest.web import news

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALIASES = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932"}
_ALIASES |= {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "x-euc-jp": "euc_jp"}
# What our four languages are written with; a wrong decoding is full of characters from elsewhere.
_EXPECTED = regex.compile(r"[\t\n\r\x20-\x7e\p{Devanagari}\p{Hiragana}\p{Katakana}\p{Han}\p{Latin}\p{P}\p{Sc}\p{Zs}\p{N}\u200b-\u200f]")
_JAPANESE = regex.compile(r"[\p{Hiragana}\u30a1-\u30fc、。「」]")
_HALFWIDTH = regex.compile(r"[\uff61-\uff9f]")
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x80-\x9f]")
_SAMPLE = 65_536
_KANA = 0.15
_RUN = regex.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read in and how many characters were lost; ``guessed`` when nothing in the bytes confirms the choice."""

    text: str
    encoding: str
    lost: int = 0
    guessed: bool = False


def decode(data: bytes, declared: str | None = None) -> Decoded | None:
    """Decode ``data``; None when it is not text in any encoding that we know.

    The order is: byte-order mark, UTF-8, the declared encoding, UTF-16 without a mark, Shift_JIS (cp932) and EUC-JP where kana show
    them, Windows-1252. UTF-8 goes before the declaration because long text that is not UTF-8 is never valid UTF-8 by chance,
    while a page that declares ``iso-8859-1`` and holds UTF-8 is common. A few damaged bytes in UTF-8 become U+FFFD and are counted.

    Args:
        data: The whole file, or its beginning.
        declared: A label such as a ``<meta charset>``, in any case; unknown labels are ignored.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, errors="replace")
            return Decoded(text, name, text.count("\ufffd"))
    if b"\x1b$" in data[:_SAMPLE] and (seven_bit := _strict(data, "iso2022_jp")) is not None:
        return Decoded(seven_bit, "iso2022_jp")
    # A stray zero byte or two is damage; more are UTF-16 (a line break every hundred bytes is already enough) or no text at all.
    if data.count(0, 0, _SAMPLE) * 100 >= min(len(data), _SAMPLE):
        return _utf16(data)
    if (unicode := _strict(data, "utf-8")) is not None:
        return None if _binary(unicode) else Decoded(unicode, "utf-8")
    return _utf16(data) or _legacy(data, declared)


def _legacy(data: bytes, declared: str | None) -> Decoded | None:
    if (repaired := _damaged_utf8(data)) is not None:
        return repaired
    if declared:
        label = declared.strip().lower()
        text = _strict(data, _ALIASES.get(label, label))
        if text is not None and not _binary(text):
            return Decoded(text, label)
    if (japanese := _japanese(data)) is not None:
        return japanese
    text = data.decode("cp1252", errors="replace")
    lost = text.count("\ufffd")
    high = sum(byte >= 0x80 for byte in data[:_SAMPLE])
    if lost > len(text) // 200 or _binary(text) or high > 0.3 * min(len(data), _SAMPLE):
        return None
    return Decoded(text, "cp1252", lost, guessed=True)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) > max(3, len(sample) // 200)


def _damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes (a cut transfer), told from other encodings by its many sound multi-byte characters."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    sound = sum(ord(character) > 0x7F for character in text) - lost
    return Decoded(text, "utf-8", lost) if sound >= 2 * lost and not _binary(text) else None


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: all expected characters, and an ASCII space, line break or Japanese full stop in the right byte order."""
    for name in ("utf-16-le", "utf-16-be"):
        text = _strict(data[: len(data) // 2 * 2], name)
        if not text:
            continue
        sample = text[:_SAMPLE]
        if len(_EXPECTED.findall(sample)) >= 0.98 * len(sample) and regex.search(r"[ \n。]", sample) and 0 in data[:_SAMPLE]:
            return Decoded(text, name)
    return None


def _japanese(data: bytes) -> Decoded | None:
    """Shift_JIS or EUC-JP: the reading with kana and without the half-width katakana that the wrong one produces."""
    best: tuple[float, Decoded] | None = None
    for name in ("cp932", "euc_jp"):
        text = _strict(data, name)
        if text is None:
            continue
        sample = regex.sub(r"[\x00-\x7f]", "", text[:_SAMPLE])
        score = (len(_JAPANESE.findall(sample)) - 2 * len(_HALFWIDTH.findall(sample))) / max(1, len(sample))
        if score <= _KANA and _common_kanji(text[:_SAMPLE], sample):
            score = _KANA + 0.01  # A table has hardly any kana.
        if score > _KANA and (best is None or score > best[0]):
            best = (score, Decoded(text, name))
    return best[1] if best else None


def _common_kanji(text: str, high: str) -> bool:
    """Whether the characters beyond ASCII are kanji in common use (JIS level 1), in runs as words are.

    Windows-1252 text gives lone ones here, a curly quotation mark with the letter after it.
    """
    runs = _RUN.findall(text)
    if len(high) < 2 * max(1, len(runs)) or _HALFWIDTH.search(high):
        return False
    encoded = [character.encode("cp932", "ignore") for character in high]
    return sum(0x81 <= code[0] <= 0x98 for code in encoded if len(code) == 2) >= 0.95 * len(high)


_BLANK = regex.compile(r"\n[^\S\n]*\n\s*")
_MARKER = regex.compile(
    r"^\s*(?:[-–*+•●○◦▪■□◆·・]\s|[(（〔\[]?\p{N}{1,3}[)）〕\].:、．]|[(（][\p{L}\p{M}]{1,4}[)）]|第[\p{N}一二三四五六七八九十百]+[条章節項]"
    r"|(?:article|section|chapter|clause|annex|अनुच्छेद|कलम|धारा|अध्याय|परिशिष्ट)\s+[\p{L}\p{N}]+)",
    regex.I,
)
_WRAP_COLUMNS = 110
_RULE = regex.compile(r"[\s\-=_+|─━═―—]*[\-=_─━═―—]{3}[\s\-=_+|─━═―—]*")
_ALIGNED = regex.compile(r"(?:[^\S\n]{2,}|\u3000+)")
_FEWEST_ALIGNED, _FEWEST_COLUMNS = 3, 3
"""Lines of as many columns that make a table: fewer may be a letterhead, or signatures side by side."""
_ISO_DAY = regex.compile(r"(\d{4})-(\d{2})-(\d{2})")


def read_text(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read plain text: blank lines part paragraphs, form feeds part pages, lines that an editor wrapped are joined again.

    A page that someone copied from a news site, told by its furniture, is cleaned like one (see ``ingest.web.news``).

    Raises:
        EmptyFileError: nothing but white space.
        UnsupportedFormatError: the bytes are not text in a known encoding.
        TooLargeError: more pages than ``limits.max_pages``.
    """
    decoded = decoded_or_reject(data, source)
    text = regex.sub(r"\r\n?|\u2028|\u0085", "\n", decoded.text).replace("\x00", "").replace("\u2029", "\n\n")
    parts = text.split("\f")
    while len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    if len(parts) > limits.max_pages:
        raise TooLargeError(
            source.uri, f"It has {len(parts)} pages, over the limit of {limits.max_pages}.", "Split it, or raise the limit."
        )
    width = _wrap_width(text)
    pages = [_plain_blocks(part, width) for part in parts]
    hints = Hints()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if news.signals(lines) >= 2:
        pages = [news.clean(page, marked=False) if at == 0 else page for at, page in enumerate(pages)]
        title = next((block.text for block in pages[0] if block.role == "title"), None)
        hints = Hints(title=title, publisher=news.publisher(lines), kind="news")
    return document(source, pages, hints, decoded)


def decoded_or_reject(data: bytes, source: Source, declared: str | None = None) -> Decoded:
    """The text of a file.

    Raises:
        UnsupportedFormatError: not text in a known encoding.
    """
    decoded = decode(data, declared)
    if decoded is None:
        raise UnsupportedFormatError(source.uri, "Its bytes are not text in a known encoding.", "Save it as UTF-8 text.")
    return decoded


def document(source: Source, pages: Sequence[Sequence[RawBlock]], hints: Hints, decoded: Decoded | None = None) -> RawDocument:
    """Pages numbered from 1, with a note where characters were lost or the encoding is a guess.

    Raises:
        EmptyFileError: no block has text.
    """
    if not any(block.text.strip() for page in pages for block in page):
        raise EmptyFileError(source.uri, "There is no text in it.", "Check that it is the file you meant.")
    note, quality = "", 1.0
    if decoded is not None and decoded.lost:
        quality = max(0.0, 1.0 - decoded.lost / max(1, len(decoded.text)))
        note = f"{decoded.lost} characters are damaged ({decoded.encoding}). Get a sound copy of the file."
    elif decoded is not None and decoded.guessed:
        note = f"The encoding is not declared and was taken to be {decoded.encoding}. If letters look wrong, save the file as UTF-8."
    return RawDocument(
        source,
        tuple(RawPage(at, str(at), tuple(page), "markup", quality, note) for at, page in enumerate(pages, start=1)),
        hints,
    )


def plain_blocks(text: str) -> list[RawBlock]:
    """Blocks of plain text without pages, such as the text of a mail: paragraphs joined where an editor wrapped them."""
    text = regex.sub(r"\r\n?|[\u2028\u0085\f]", "\n", text).replace("\x00", "").replace("\u2029", "\n\n")
    return _plain_blocks(text, _wrap_width(text))


def _wrap_width(text: str) -> int:
    """The column at which an editor wrapped the lines of ``text``; 0 when each line is a paragraph of its own."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    width = max((columns(line) for line in lines), default=0)
    if len(lines) < 4 or not 40 <= width <= _WRAP_COLUMNS:
        return 0
    full = [line for line in lines if columns(line) >= 0.85 * width]
    # Where most of the full lines end a sentence, each line was meant as a paragraph.
    sentences = sum(ends_sentence(line) for line in full)
    return width if len(full) >= max(3, len(lines) // 4) and 2 * sentences <= len(full) else 0


def _plain_blocks(text: str, width: int) -> list[RawBlock]:
    blocks: list[RawBlock] = []
    for part in _BLANK.split(text):
        lines = [line.rstrip() for line in part.split("\n") if line.strip()]
        at = 0
        while at < len(lines):
            aligned, ruled, end = _aligned(lines, at)
            if aligned:
                blocks.extend(table_rows(aligned, header=True if ruled else None))
                at = end
                continue
            tabs = lines[at].strip().count("\t")
            while tabs and end < len(lines) and lines[end].strip().count("\t") == tabs:
                end += 1
            if end - at >= 2:
                blocks.extend(table_rows([line.strip().split("\t") for line in lines[at:end]]))
            else:
                while width and end < len(lines) and _wrapped(lines[end - 1], lines[end], width):
                    end += 1
                blocks.append(_line_block(join(lines[at:end])))
            at = end
    return [block for block in blocks if block.text]


def _aligned(lines: Sequence[str], at: int) -> tuple[list[list[str]], bool, int]:
    """The rows of a table whose columns are parted by blanks, from a line on; whether a line is drawn below the first; where it ends."""
    rows: list[list[str]] = []
    ruled = False
    end = at
    while end < len(lines):
        if rows and _RULE.fullmatch(lines[end]):
            ruled |= len(rows) == 1
            end += 1
            continue
        cells = _ALIGNED.split(lines[end].strip())
        if len(cells) < _FEWEST_COLUMNS or "\t" in lines[end] or (rows and len(cells) != len(rows[0])):
            break
        rows.append(cells)
        end += 1
    return (rows, ruled, end) if len(rows) >= _FEWEST_ALIGNED else ([], False, at + 1)


def _wrapped(line: str, following: str, width: int) -> bool:
    """Whether ``following`` continues ``line``: its first word would not have fitted any more."""
    if _MARKER.match(following):
        return False
    word = regex.match(r"\s*([^\p{Han}\p{Hiragana}\p{Katakana}\s]+|.)", following)
    return columns(line) + 1 + columns(word[1] if word else "") > 0.9 * width or (not ends_sentence(line) and columns(line) > 0.75 * width)


def _line_block(text: str) -> RawBlock:
    stripped, bullet = without_bullet(text)
    return RawBlock(stripped.strip(), "list_item" if bullet else "paragraph")


def iso_day(text: str) -> date | None:
    """The date at the start of an ISO 8601 timestamp, as its own clock shows it; None when there is none."""
    found = _ISO_DAY.match(text.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
