"""Fonts that draw Devanagari at the codes of Latin letters, as Indian offices used before Unicode.

Their text copies as gibberish ("egkuxjikfydk" for महानगरपालिका). A file may name the font, or hide the name behind a subset tag; then
the words of that one font give it away, also where the rest of the page is sound English.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from ingest.read.vocabulary import vocabulary

_NAMES = regex.compile(
    r"""kruti(?:\s|-|_)*(?:dev|pad)|kruti\d|k010|devlys|dev\s?lys|walkman|chanakya|shree[-_\s]?(?:dev|lipi|mar|hin|pu|guj)|shreelipi|shree\d{3}
    |shivaji|shusha|susha|dvb?[-_]?tt|dvbw|dvw-|aps[-_]?(?:dv|c-dv|prakash|nagari)|aps-c|akruti|aakriti|a?kr[-_]?dev|4c\s?gandhi|4cgandhi
    |millennium\s?varun|yogesh|surekh|natraj|^(?:.{6}\+)?(?:ism|gist)[-_\s]|-?isfoc|subak|preeti|kantipur|kundli|bhaskar(?!an)|richa
    |amar\s?ujala|naidunia|agra(?!ham)|krishna(?!\s?sans)|hemant|kalimati-ttf|marathi[-_]?(?:kanak|lekhani|saras|tirkas|sharada|roupya|vakra)
    |xdvng|jagran|webdunia|himalb|ganess|nutan|samyak|sulekha|vakil|priyanka\b""",
    regex.I | regex.X,
)
_LEAST_LETTERS = 60
MOST_POSSIBLE = 0.3
"""Share of possible words up to which a text is in no language: legacy text has at most 0.11, romanised Marathi 0.5, German 0.8."""
_FEW_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Legacy:
    """Text in a legacy font: the ``font``, whether it is known by ``name``, and its ``share`` of the visible characters of the page."""

    font: str
    named: bool
    share: float


def is_legacy_name(font: str) -> bool:
    """Whether a font is a legacy font by name: Kruti Dev, DevLys, Shree-Lipi, DVB-TT, APS, Walkman-Chanakya, ISM and others."""
    return bool(_NAMES.search(font))


def legacy_text(fonts: Sequence[tuple[str, str]], visible: int) -> Legacy | None:
    """The legacy font that writes most of a page, if any writes a tenth.

    Args:
        fonts: Name and text of each font of the page.
        visible: Visible characters of the page.
    """
    found = []
    for font, text in fonts:
        words = vocabulary(text)
        share = sum(not char.isspace() for char in text) / max(1, visible)
        if words.script in {"Devanagari", "Japanese"} or share < _FEW_SHARE:
            continue
        named = is_legacy_name(font)
        if named or (words.letters >= _LEAST_LETTERS and words.possible < MOST_POSSIBLE):
            found.append(Legacy(font, named, share))
    return max(found, key=lambda legacy: legacy.share, default=None)
