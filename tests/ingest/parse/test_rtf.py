"""Rich text of mails: unpacked as the standard says, and read in the code pages of our languages."""

from __future__ import annotations

import pytest

from ingest.parse.rtf import rtf_text, unpack_rtf

# The two examples of [MS-OXRTFCP], 4.1.1 and 4.1.2.
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277"
    "05b06c647d0a800fa0"
)  # fmt: skip
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_the_examples_of_the_standard_unpack() -> None:
    assert unpack_rtf(SIMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(CROSSING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@pytest.mark.parametrize("data", [b"", SIMPLE[:12], SIMPLE[:-4], SIMPLE[:20] + b"\x00" + SIMPLE[21:], b"x" * 40])
def test_what_is_cut_or_changed_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut|checksum|MB"):
        unpack_rtf(data)


def test_html_inside_rich_text_is_given_back() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl\red0;}"
        rb"{\*\htmltag18 <html>}{\*\htmltag64 <p>}\htmlrtf {\b \htmlrtf0 Costs: 5 {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0  6"
        rb"{\*\htmltag84 <b>}\'e9t\u233\'e9{\*\htmltag92 </b>}{\*\mhtmltag0 <img>}\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}\par}"
    )
    assert rtf_text(rtf) == ("html", "<html><p>Costs: 5 &lt; 6<b>été</b></p>\n")


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset128 \'82l\'82r;}}\f1 \'90\'85\'88\'ca\'8cv\f0  x}", "水位計 x"),
        (rb"{\rtf1\ansi\ansicpg932 \'83A\'83C}", "アイ"),
        (rb"{\rtf1\ansi\uc1 \u2346?\u2370?\u2352?\uc0\u2350 }", "पूरम"),
        (rb"{\rtf1\ansi {\uc2 \u27700\'90\'85}x}", "水x"),
        (rb"{\rtf1 \u-10179?\u-9138?}", "\U0001f44e"),
        (rb"{\rtf1 {\info{\title no}}{\stylesheet no;}{\*\unknown no}{\pict 00ff}{\v hidden}One", "One"),
        (rb"{\rtf1 One\line two\tab three\par\{four\}}", "One\ntwo\tthree\n{four}"),
        (rb"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt link}}\emdash\~end", "link—\xa0end"),
        (rb"}}}{\rtf1 words", "words"),
    ],
)  # fmt: skip
def test_rich_text_is_read_as_text(rtf: bytes, text: str) -> None:
    assert rtf_text(rtf) == ("plain", text)
