"""The labels and numbers by which articles, annexes, clauses and items are known."""

from __future__ import annotations

import pytest

from ingest.document.clause_numbering import clause_starts
from lang.labels import is_article_entry, is_item_entry, number, read_item, read_label


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Annex A", "annex"),
        ("Schedule A. Retention periods", "annex"),
        ("परिशिष्ट १", "annex"),
        ("अनुसूची ‘अ’ : जतन कालावधी", "annex"),
        ("附属書 I", "annex"),
        ("別添", "annex"),
        ("別表（第5条関係）", "annex"),
        ("第一章　総則", "chapter"),
        ("Chapter 2", "chapter"),
        ("प्रकरण २", "chapter"),
        ("अध्याय 3", "chapter"),
        ("PART I", "part"),
        ("Clause 2.1", "clause"),
        ("परिच्छेद २", "clause"),
    ],
)
def test_annexes_chapters_and_clauses_have_labels(text: str, family: str) -> None:
    label = read_label(text)
    assert label is not None
    assert label.family == family


@pytest.mark.parametrize(
    ("digits", "value"),
    [("12", 12), ("१२", 12), ("１２", 12), ("十二", 12), ("二十三", 23), ("百一", 101), ("XIV", 14), ("iv", 4), ("क", 0)],
)
def test_numbers_are_read_in_every_script(digits: str, value: int) -> None:
    assert number(digits) == value


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(2) The Parties", "(2)"),
        ("२. मंत्रालय दरवर्षी", "२."),
        ("(क) “प्राधिकारी” से अभिप्रेत", "(क)"),
        ("(b) training", "(b)"),
        ("3.2 Data shall", "3.2"),
        ("① 目的", "①"),
        ("2 前項の利用目的", "2"),
        ("（3） 事業者", "（3）"),
    ],
)
def test_an_items_numbering_is_kept_as_printed(text: str, printed: str) -> None:
    item = read_item(text)
    assert item is not None
    assert item.printed == printed
    assert is_item_entry(printed)


def test_clauses_that_run_together_are_found_only_when_they_count_up() -> None:
    text = "३.१ माहिती संकलन स्पष्ट असेल. ३.२ माहिती जतन केली जाणार नाही. ३.३ संमती मागे घेता येईल."
    assert [text[i : i + 3] for i in clause_starts(text)] == ["३.१", "३.२", "३.३"]
    assert clause_starts("3.1 It grew. 3.5 million came. 3.2 It fell.") == [0, 31]
    assert clause_starts("It grew. 3.2 million came.") == [0]
    japanese = "目的を特定しなければならない。2 前項の範囲を超えてはならない。3 思想に関する情報は収集しない。"
    assert [japanese[i] for i in clause_starts(japanese)] == ["目", "2", "3"]
    assert clause_starts("導入した。5 年後に見直す。") == [0]


def test_entries_of_a_path_are_told_apart() -> None:
    assert is_article_entry("Article 4 Areas of Cooperation")
    assert is_article_entry("別表")
    assert not is_article_entry("3. Platform")
    assert not is_item_entry("3. Platform")


@pytest.mark.parametrize(
    ("text", "family", "value"),
    [
        ("ARTICLE ONE", "article", 1),
        ("Art. 5 Costs", "article", 5),
        ("§ 4 Fees", "article", 4),
        ("Article 4 bis Costs", "article", 4),
        ("Paragraph 2", "clause", 2),
        ("परिच्छेद ५ : व्याप्ती", "clause", 5),
        ("खण्ड २ : निधि", "clause", 2),
        ("पोटकलम (३)", "", 0),
        ("附属書Ａ", "annex", 0),
        ("別添1　様式", "annex", 1),
        ("परिशिष्ट अ", "annex", 0),
    ],
)
def test_labels_are_known_in_their_other_forms(text: str, family: str, value: int) -> None:
    label = read_label(text)
    assert (label.family, label.value) == (family, value) if label else family == ""
