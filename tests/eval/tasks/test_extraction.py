from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.tasks.documents.extraction import (
    ExtractionRow,
    SpeedRow,
    character_error,
    decisions,
    measure,
    run,
    speed_table,
    summary,
    summary_table,
    table,
    word_f1,
)
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
    assert " ".join(table([row]).split("\n")[-1].split()) == "| a.pdf | 2 | 1.23 | 98.7 | 4.0 | ocr 1, text_layer 1 |"


def test_a_page_read_otherwise_than_it_is_due_is_a_wrong_decision_and_either_may_be_right() -> None:
    row = ExtractionRow("a_b.pdf", 4, 0.02, 0.9, 1.0, due="koek", done="ookk")
    # The first page is read by OCR without need; the third may be read either way.
    assert (row.wrong_decisions, row.judged) == (1, 3)
    assert ExtractionRow("a_b.pdf", 0, 1.0, 0.0, 1.0, error="cut short", due="kk").wrong_decisions == 2
    assert "1 decided wrong" in table([row])
    (*_, figures) = summary([row, ExtractionRow("c.pdf", 1, None, None, 1.0)])
    assert figures["decided_right"] == pytest.approx(2 / 3, abs=1e-4)
    assert "66.7 % of 3" in summary_table([figures])


def test_what_has_to_be_done_with_a_page_is_one_of_three_letters(tmp_path: Path) -> None:
    assert {"mixed_native_scan_native.pdf", "neg_pages.pdf"} <= decisions().keys()
    gold = tmp_path / "gold.tsv"
    gold.write_text("# file\na.pdf\tkx\t0.1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.pdf has 'kx'"):
        decisions(gold)


def test_speeds_are_told_as_times_ours() -> None:
    shown = speed_table([SpeedRow("setu", 10, 2.0, 5.0), SpeedRow("other", 10, 1.0, 10.0)])
    assert " ".join(shown.split("\n")[-1].split()) == "| other | 10 | 1.00 | 10.0 | 2.00 |"


@pytest.mark.shared
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
@pytest.mark.parametrize("maker", ["chr", "lo"])
@pytest.mark.parametrize("name", ["mr_twocol", "en_twocol", "ja_twocol", "ja_tate"])
def test_columns_and_vertical_text_come_out_in_reading_order(name: str, maker: str) -> None:
    path = shared("corpus", "extraction", f"{name}.{maker}.pdf")
    assert measure(path, path.with_name(f"{name}.txt").read_text(encoding="utf-8")).character_error <= 0.005


@pytest.mark.shared
def test_interleaved_columns_come_out_one_after_the_other() -> None:
    path = shared("corpus", "extraction", "adv_interleaved_twocol.pdf")
    assert measure(path, path.with_suffix(".txt").read_text(encoding="utf-8")).character_error <= 0.005
