from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.extraction import ExtractionRow, character_error, measure, run, table, word_f1
from tests.ingest.pdfs import drawn, text_page
from tests.support import shared


def test_character_error_counts_edits_per_character_of_the_truth_without_white_space() -> None:
    assert character_error("कलम १", "कलम १") == 0
    assert character_error("ab\tc d", "abcd\n") == 0
    # One letter of four replaced, one added: two edits on four characters.
    assert character_error("abxde", "abcd") == 0.5
    assert character_error("", "abcd") == 1
    assert character_error("a\u200bb", "ab") == 0
    assert character_error("x", "") == 1


def test_word_f1_counts_words_as_bags() -> None:
    # Two of three found words are right (precision 2/3), two of four expected were found (recall 1/2): F1 = 4/7.
    assert word_f1("one two six", "one two three four") == pytest.approx(4 / 7)
    assert word_f1("ठाणे महानगरपालिका", "महानगरपालिका, ठाणे.") == 1
    assert word_f1("ठा णे", "ठाणे") == 0
    assert word_f1("", "") == 1


@given(st.text(), st.text())
def test_the_rates_are_perfect_on_equal_texts_and_stay_in_range(left: str, right: str) -> None:
    assert character_error(left, left) == 0
    assert word_f1(left, left) == 1
    assert 0 <= word_f1(left, right) <= 1
    assert word_f1(left, right) == word_f1(right, left)


def test_a_folder_is_measured_against_the_truth_named_before_the_first_dot(tmp_path: Path) -> None:
    (tmp_path / "act.office.pdf").write_bytes(drawn(text_page(["One two three four."])))
    (tmp_path / "act.txt").write_text("One two three five.\n", encoding="utf-8")
    (tmp_path / "other.pdf").write_bytes(drawn(text_page(["No truth."])))
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 cut")
    (tmp_path / "bad.txt").write_text("Something", encoding="utf-8")
    good, bad = sorted(run(tmp_path), key=lambda row: row.error)
    # "four" and "five" share f only: three edits on the sixteen characters of the truth; three words of four are right.
    assert (good.file, good.pages, good.character_error, good.word_f1, good.methods) == (
        "act.office.pdf",
        1,
        3 / 16,
        0.75,
        (("text_layer", 1),),
    )
    assert (bad.file, bad.character_error, bad.word_f1) == ("bad.pdf", 1.0, 0.0)
    assert "cut short" in bad.error
    assert bad.error in table([good, bad])


def test_the_table_shows_percentages() -> None:
    row = ExtractionRow("a.pdf", 2, 0.0123, 0.987, 0.5, (("ocr", 1), ("text_layer", 1)))
    assert table([row]).splitlines()[-1] == "| a.pdf | 2 | 1.23 | 98.7 | 4.0 | ocr 1, text_layer 1 |"


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("maker", ["chr", "lo"])
@pytest.mark.parametrize("language", ["mr", "hi", "ja", "en"])
def test_policies_with_a_text_layer_come_out_right(language: str, maker: str) -> None:
    path = shared("corpus", "extraction", f"{language}_policy.{maker}.pdf")
    row = measure(path, path.with_name(f"{language}_policy.txt").read_text(encoding="utf-8"))
    assert row.methods == (("text_layer", 2),)
    assert row.character_error <= 0.002
    if language != "ja":
        assert row.word_f1 >= 0.998


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("maker", ["chr", "lo"])
@pytest.mark.parametrize("name", ["mr_twocol", "en_twocol", "ja_twocol", "ja_tate"])
def test_columns_and_vertical_text_come_out_in_reading_order(name: str, maker: str) -> None:
    path = shared("corpus", "extraction", f"{name}.{maker}.pdf")
    assert measure(path, path.with_name(f"{name}.txt").read_text(encoding="utf-8")).character_error <= 0.005


@pytest.mark.shared
def test_interleaved_columns_come_out_one_after_the_other() -> None:
    path = shared("corpus", "extraction", "adv_interleaved_twocol.pdf")
    assert measure(path, path.with_suffix(".txt").read_text(encoding="utf-8")).character_error <= 0.005
