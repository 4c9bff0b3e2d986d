"""A page is read in the script and the way that read best."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eval.datasets.degraded_pages import WAYS
from eval.tasks.documents.ocr import TEXTS, f1, run, table, words
from ingest.ocr.reading_order import Word
from ingest.ocr.recognition import read_page, worth
from ingest.ocr.tesseract import INSTALL, Engine
from ingest.pdf.reader import read_pdf
from ingest.records import Limits
from tests.ingest.ocr.test_ocr import SCAN, program
from tests.ingest.ocr.test_ocr import words as table_of
from tests.ingest.pdfs import source

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason=f"Tesseract is not installed: {INSTALL}")

MARATHI = "महानगरपालिका आणि नागरिक यांच्या सहकार्याने"
GARBAGE = "HetrRaseha ATT TSaaelT srIfur aTTTReh"


def speaking(folder: Path, tables: dict[str, str], osd: str) -> Path:
    """A stand-in for Tesseract that reads a table for each set of languages."""
    cases = []
    for at, (languages, said) in enumerate(tables.items()):
        (folder / f"{at}.tsv").write_text(said, encoding="utf-8")
        cases.append(f'*"-l {languages} "*) cat {folder}/{at}.tsv;;')
    listed = "List\\neng\\nhin\\nmar\\njpn\\nosd\\n"
    return program(
        folder,
        f"""cat >/dev/null </dev/null
echo "$@" >> {folder}/calls
case "$*" in
  *--list-langs*) printf '{listed}';;
  *"--psm 0"*) printf '{osd}';;
  {" ".join(cases)}
esac""",
    )


def told(command: Path) -> list[str]:
    return (command.parent / "calls").read_text(encoding="utf-8").splitlines()


def line(text: str, confidence: float, number: int = 1) -> list[tuple[int, int, str, float]]:
    return [(number, 200 + 130 * at, word, confidence) for at, word in enumerate(text.split())]


def test_a_page_whose_script_is_told_wrong_is_read_in_the_one_that_makes_sense(tmp_path: Path) -> None:
    tables = {
        "eng": table_of(*line(GARBAGE, 35.0)),
        "mar+hin+eng": table_of(*line(MARATHI, 92.0)),
        "jpn": table_of(*line("口一 丁目", 40.0)),
    }
    command = speaking(tmp_path, tables, "Script: Latin\\n")
    page = read_pdf(SCAN, source(SCAN), Limits(), which=lambda _: str(command)).pages[0]
    assert [block.text for block in page.blocks] == [MARATHI]
    assert page.quality == pytest.approx(0.92)


def test_a_page_that_reads_well_is_read_once(tmp_path: Path) -> None:
    command = speaking(tmp_path, {"eng": table_of(*line("A page that is a picture", 96.0))}, "Script: Latin\\n")
    read_page(Engine.find(lambda _: str(command)), _png(), 200)
    assert sum("tsv" in call for call in told(command)) == 1


def test_lines_in_another_script_are_read_in_it_and_keep_their_place(tmp_path: Path) -> None:
    good = line("The Corporation recognises that services depend on the trust of residents", 96.0)
    whole = table_of(*good, *line(GARBAGE, 30.0, 2), *line("of every ward of this city by the sea", 95.0, 3))
    command = speaking(tmp_path, {"eng": whole, "mar+hin+eng": table_of(*line(MARATHI, 93.0))}, "Script: Latin\\n")
    text = read_page(Engine.find(lambda _: str(command)), _png(), 200)
    assert [one.text for one in text.lines][1] == MARATHI
    assert GARBAGE.split(maxsplit=1)[0] not in "\n".join(one.text for one in text.lines)
    assert {box.text for box in text.words} >= set(MARATHI.split())


def test_what_was_read_stands_where_another_way_fails(tmp_path: Path) -> None:
    command = speaking(tmp_path, {"eng": table_of(*line("A page that is hard to read", 55.0))}, "Script: Latin\\n")
    body = command.read_text(encoding="utf-8").replace("esac", '*) echo "no such language" >&2; exit 1;;\nesac')
    command.write_text(body, encoding="utf-8")
    text = read_page(Engine.find(lambda _: str(command)), _png(), 200)
    assert [one.text for one in text.lines] == ["A page that is hard to read"]


def test_a_page_in_a_script_that_is_not_read_says_which(tmp_path: Path) -> None:
    tables = {name: table_of(*line(GARBAGE, 25.0)) for name in ("eng", "mar+hin+eng", "jpn")}
    command = speaking(tmp_path, tables, "Script: Gujarati\\n")
    page = read_pdf(SCAN, source(SCAN), Limits(), which=lambda _: str(command)).pages[0]
    assert "Gujarati" in page.note
    assert page.quality < 0.5


def test_what_is_likely_wrong_counts_against_a_reading() -> None:
    def word(text: str, confidence: float) -> Word:
        return Word(text, 0, 0, 10, 10, confidence)

    assert worth([word("agreement", 0.95)]) == pytest.approx(9 * 0.9)
    assert worth([word("xqzvkjq", 0.95)]) < 0
    assert worth([word("agreement", 0.3)]) < 0
    assert worth([word("協力", 1.0)]) == 4


def test_words_of_japanese_are_pairs_of_characters() -> None:
    assert words("A 12 給水\n車") == ["A", "12", "給水", "水車"]
    assert f1("給水車", "給水車") == 1.0
    assert f1("", "") == 1.0


def _png() -> bytes:
    import numpy as np

    from ingest.ocr.image_preprocessing import View

    return View(np.full((2339, 1654), 255, np.uint8), 200, np.eye(3), (1654, 2339)).png()


SOME = [
    ("mr", "skew"), ("ja", "skew"), ("en", "shadow"), ("hi", "upside down"), ("hi", "photo"), ("mr", "letterhead"), ("en", "stamp"),
    ("mr", "colour stamp"),
]  # fmt: skip


@needs_tesseract
@pytest.mark.parametrize(("language", "way"), SOME)
def test_a_bad_page_is_read(language: str, way: str) -> None:
    (row,) = run({language: (TEXTS / f"{language}.txt").read_text(encoding="utf-8")}, [way])
    assert row.word_f1 >= WAYS[way].floor
    assert row.word_f1 >= row.plain_f1 - 0.02
    assert f"| {way} |" in table([row])


REST = [(language, way) for language in ("mr", "hi", "en", "ja") for way in WAYS if (language, way) not in SOME]
SHORT = {("ja", "stamp"): 0.8}
"""What is not reached, and what is."""


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize(("language", "way"), REST)
def test_every_bad_page_is_read(language: str, way: str) -> None:
    (row,) = run({language: (TEXTS / f"{language}.txt").read_text(encoding="utf-8")}, [way])
    assert row.word_f1 >= SHORT.get((language, way), WAYS[way].floor)


@needs_tesseract
def test_a_page_that_stands_on_its_head_has_its_words_where_they_are() -> None:
    import io

    from PIL import Image

    from eval.datasets.degraded_pages import make

    made = make((TEXTS / "en.txt").read_text(encoding="utf-8"), "en", "upside down")
    held = io.BytesIO()
    Image.fromarray(made.picture).save(held, "PNG")
    text = read_page(Engine.find(), held.getvalue(), made.dpi)
    first = next(box for box in text.words if box.text == "Notice")
    assert first.top > 0.85
    assert first.left > 0.5
