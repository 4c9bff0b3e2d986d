"""Whether the text layer of a page says what the page shows.

Some signs condemn a layer: characters that the file maps to no letter, Devanagari that no one can have written (a vowel sign that begins
a word, two in a row), Devanagari words that no word of Marathi or Hindi resembles, Latin words with digits inside where ligatures were.
Others only raise a doubt, which the script of the page's picture settles: a legacy font, Latin words of no language, a layer that lies
over a picture of the page, signs instead of letters.
Legacy fonts draw Devanagari at the codes of Latin letters, as Indian offices used before Unicode; their text copies as gibberish
("egkuxjikfydk" for महानगरपालिका). A file may name the font, or hide the name behind a subset tag; then the words of that font tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from ingest.ocr.word_confidence import Script, Vocabulary, vocabulary

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


MAX_UNMAPPED = 0.02
"""Share of characters without a letter above which a layer is not trusted."""
MAX_UNMAPPED_DEVANAGARI = 0.005
"""The same where the page is in Devanagari: a redistilled file loses whole conjuncts and maps the rest; sound pages lose nothing."""
MAX_ILL_FORMED = 0.01
"""Share of ill-formed places among Devanagari characters above which a layer is not trusted; sound pages have none."""
MIN_POSSIBLE_DEVANAGARI = 0.75
"""Share of possible words below which a Devanagari layer is not trusted: sound pages have 0.93 to 1, name lists 0.8 or more."""
MIN_POSSIBLE = 0.85
"""Share of possible words below which a Latin layer, or one over a picture, is doubted: sound English has 0.95 or more, German 0.83."""
MAX_BROKEN = 0.01
"""Share of words with a digit or sign inside above which a Latin layer is not trusted."""
_MIN_DEVANAGARI = 40
_ENOUGH_LETTERS = 100
_ENOUGH_VISIBLE = 100
_FEW_LETTERS = 0.15
_PICTURED_SHARE = 0.6
_LETTERS_PER_WORD = 5
_SPOILT_DEVANAGARI = 25
"""Where one Devanagari glyph has no letter, others have a wrong one: files redistilled by Ghostscript with 0.7 to 1.4 % unmapped have a
quarter of their words wrong."""
_DEVANAGARI = regex.compile(r"[\u0900-\u097f]")
_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{M}\p{N}]")
_ILL_FORMED = regex.compile(
    r"(?<![\u0900-\u0963\u0971-\u097f\u200c\u200d])[\u0900-\u0903\u093a-\u094f\u0962\u0963]"
    r"|[\u093e-\u094c\u0962\u0963]{2}"
    r"|\u094d[\u093e-\u094c]"
    r"|[\u0904-\u0914](?!\u0945)[\u093e-\u094d]"
    r"|\u25cc"
)
_NO_WORDS = Vocabulary("", 0, 1.0)


@dataclass(frozen=True, slots=True)
class Trust:
    """What speaks against a layer.

    ``unmapped`` is the share of visible characters without a letter, ``ill_formed`` that of impossible places in Devanagari; ``words`` is
    what its words look like, ``legacy`` the font that writes Devanagari at Latin codes. ``overlaid``: it lies over a picture of the page.
    ``signs``: it has hardly any letters or digits.
    """

    unmapped: float
    ill_formed: float
    devanagari: bool = False
    words: Vocabulary = _NO_WORDS
    legacy: Legacy | None = None
    overlaid: bool = False
    signs: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether nothing condemns the layer; there may still be a doubt."""
        return not self.reason

    @property
    def script(self) -> Script:
        """The script of most of its letters."""
        return self.words.script

    @property
    def is_gibberish(self) -> bool:
        """Whether its Latin letters, or those of one font, are of no language."""
        return self.script == "Latin" and (self._are_words_below(MOST_POSSIBLE) or (self.legacy is not None and not self.legacy.named))

    @property
    def doubt(self) -> str:
        """Why the picture of the page has to be looked at before the layer is trusted; "" where nothing is doubtful."""
        if self.legacy:
            named = f"It is set in a legacy font ({self.legacy.font})." if self.legacy.named else ""
            return named or "Its text layer is in the code of a legacy font, or in no language."
        if self.script == "Latin" and self._are_words_below(MIN_POSSIBLE):
            return f"Only {self.words.possible:.0%} of its text layer are words of a language."
        if self.signs:
            return "Its text layer has hardly any letters."
        return "Its text layer lies over a picture of the page." if self.overlaid else ""

    @property
    def quality(self) -> float:
        """Estimated share of words that are right; where there is a doubt, possible words count as right and others as wrong."""
        spoilt = _SPOILT_DEVANAGARI if self.devanagari else _LETTERS_PER_WORD
        mapped = max(0.0, 1.0 - spoilt * (self.unmapped + self.ill_formed) - _LETTERS_PER_WORD * self._too_broken)
        in_doubt = bool(self.reason or self.doubt) and self.words.letters > 0
        return (mapped * self.words.possible if in_doubt else mapped) * (0.5 if self.signs else 1.0)

    @property
    def mapped(self) -> float:
        """``quality`` once the picture of the page has settled every doubt."""
        return self.quality if self.overlaid or not self.is_sound else 1.0 - _LETTERS_PER_WORD * self.unmapped

    @property
    def reason(self) -> str:
        """What condemns it, for a note; "" for a sound layer."""
        if self.unmapped > (MAX_UNMAPPED_DEVANAGARI if self.devanagari else MAX_UNMAPPED):
            return f"{self.unmapped:.1%} of the characters in its text layer stand for no letter."
        if self.ill_formed > MAX_ILL_FORMED:
            return f"The Devanagari of its text layer is garbled ({self.ill_formed:.0%} ill-formed)."
        if self.script == "Devanagari" and self._are_words_below(MIN_POSSIBLE if self.overlaid else MIN_POSSIBLE_DEVANAGARI):
            return f"Only {self.words.possible:.0%} of the Devanagari in its text layer are possible words."
        if self._too_broken:
            return f"{self.words.broken:.1%} of the words in its text layer have signs instead of letters."
        return ""

    @property
    def _too_broken(self) -> float:
        return self.words.broken if self.words.broken > MAX_BROKEN and self.words.letters >= _ENOUGH_LETTERS else 0.0

    def _are_words_below(self, share: float) -> bool:
        return self.words.letters >= _ENOUGH_LETTERS and self.words.possible < share


def trust(text: str, visible: int, unmapped: int, fonts: Sequence[tuple[str, str]] = (), picture: float = 0.0) -> Trust:
    """Judge a layer.

    Args:
        text: Its text, lines parted by line feeds.
        visible: How many characters it has, white space left out.
        unmapped: How many of them have no usable Unicode value.
        fonts: Name and text of each font.
        picture: Share of the page that its largest picture covers.
    """
    devanagari = len(_DEVANAGARI.findall(text))
    enough = devanagari >= _MIN_DEVANAGARI
    ill_formed = len(_ILL_FORMED.findall(text)) / devanagari if enough else 0.0
    signs = visible >= _ENOUGH_VISIBLE and len(_LETTER_OR_DIGIT.findall(text)) < _FEW_LETTERS * visible
    return Trust(
        unmapped / visible if visible else 0.0,
        ill_formed,
        enough and devanagari > 0.2 * visible,
        vocabulary(text),
        legacy_text(fonts, visible),
        picture > _PICTURED_SHARE and visible > 0,
        signs,
    )
