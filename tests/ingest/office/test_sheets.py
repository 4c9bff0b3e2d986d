"""Workbooks and delimited text: every row says what its columns are called, and what is left out is said."""

from __future__ import annotations

import contextlib
import io
import time as clock
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFileError, EmptyFileError, IngestError, TooLargeError, UnsupportedFormatError
from ingest.office import spreadsheets
from ingest.office.spreadsheets import read_csv, read_xlsx
from ingest.parse.tables import grid_blocks
from ingest.records import Limits, RawDocument, Source


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(*rows: tuple[Any, ...], title: str = "Budget") -> Any:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def read(data: bytes, limits: Limits = Limits()) -> RawDocument:
    return read_xlsx(data, Source("/papers/table.xlsx", "0" * 64, "xlsx", len(data)), limits)


def csv_texts(data: bytes) -> list[str]:
    return [block.text for block in read_csv(data, Source("/papers/table.csv", "0" * 64, "csv", len(data)), Limits()).pages[0].blocks]


def texts(document: RawDocument, page: int = 1) -> list[str]:
    return [block.text for block in document.pages[page - 1].blocks]


def test_a_sheet_is_a_page_named_after_it_and_a_row_carries_its_headings() -> None:
    book = workbook(("विभाग", "वर्ष", "रक्कम"), ("पाणी", 2024, 12.5), ("रस्ते", 2025, 40), title="अर्थसंकल्प")
    book.create_sheet("Notes").append(("Amounts are in crore.",))
    document = read(saved(book))
    assert [page.label for page in document.pages] == ["अर्थसंकल्प", "Notes"]
    assert [(b.role, b.text) for b in document.pages[0].blocks] == [
        ("heading", "अर्थसंकल्प"),
        ("table_row", "विभाग: पाणी · वर्ष: 2024 · रक्कम: 12.5"),
        ("table_row", "विभाग: रस्ते · वर्ष: 2025 · रक्कम: 40"),
    ]
    assert texts(document, 2) == ["Notes", "Amounts are in crore."]


def test_dates_are_iso_percentages_as_shown_and_numbers_as_typed() -> None:
    book = workbook(("Day", "Hour", "Seen", "Share", "Open", "Sum"))
    book.active.append((date(2025, 3, 12), time(9, 30), datetime(2025, 3, 12, 9, 30), 0.125, True, 0.1 + 0.2))
    book.active["D2"].number_format = "0.0%"
    assert texts(read(saved(book)))[1] == "Day: 2025-03-12 · Hour: 09:30:00 · Seen: 2025-03-12 09:30 · Share: 12.5% · Open: TRUE · Sum: 0.3"


def test_a_title_above_and_a_second_table_below_are_kept_apart() -> None:
    rows = (("Water budget 2025",), ("Ward", "Litres"), ("North", 40), (), ("Ward", "Leaks"), ("North", 3))
    found = read(saved(workbook(*rows))).pages[0].blocks
    assert [(b.role, b.text) for b in found[1:]] == [
        ("heading", "Water budget 2025"),
        ("table_row", "Ward: North · Litres: 40"),
        ("table_row", "Ward: North · Leaks: 3"),
    ]


def test_headings_over_two_rows_are_put_together_and_merged_cells_go_down() -> None:
    book = workbook(("Ward", "2025", None), (None, "Plan", "Actual"), ("North", 4, 5), (None, 6, 7))
    for area in ("A1:A2", "B1:C1", "A3:A4"):
        book.active.merge_cells(area)
    book.active["A1"], book.active["A3"] = "Ward", "North"
    assert texts(read(saved(book)))[1:] == ["Ward: North · 2025 Plan: 4 · 2025 Actual: 5", "Ward: North · 2025 Plan: 6 · 2025 Actual: 7"]


def test_a_formula_gives_its_stored_value_and_one_that_was_never_computed_is_said() -> None:
    book = workbook(("Item", "Cost"), ("Pump", 4), ("Sum", "=SUM(B2:B2)"))
    data = saved(book)
    assert texts(read(data))[1:] == ["Item: Pump · Cost: 4", "Item: Sum"]
    assert "1 formulas have no computed value" in read(data).pages[0].note
    computed = with_part(
        data,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<v></v>", b"<v>4</v>").replace(b"<v />", b"<v>4</v>").replace(b"<v/>", b"<v>4</v>"),
    )
    assert texts(read(computed))[2] == "Item: Sum · Cost: 4"
    assert read(computed).pages[0].note == ""


def test_a_hidden_sheet_is_left_out_and_named() -> None:
    book = workbook(("A", "B"), ("x", 1))
    hidden = book.create_sheet("Salaries")
    hidden.append(("Clerk", 100))
    hidden.sheet_state = "hidden"
    document = read(saved(book))
    assert document.pages[1].blocks == ()
    assert "Salaries" in document.pages[1].note
    assert "hidden" in document.pages[1].note


def test_rows_and_columns_beyond_the_limit_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_COLUMNS", 2)
    document = read(saved(workbook(("Ward", "Litres", "Secret"), ("N", 1, 9), ("S", 2, 9), ("E", 3, 9))), Limits(max_rows=3))
    assert texts(document)[1:] == ["Ward: N · Litres: 1", "Ward: S · Litres: 2"]
    assert "rows from 4 on" in document.pages[0].note
    assert "columns from 3 on" in document.pages[0].note
    assert "SETU_MAX_ROWS" in document.pages[0].note


def test_the_rows_of_all_sheets_count_together() -> None:
    book = workbook(("Ward", "Litres"), ("N", 1))
    for name in ("Second", "Third"):
        book.create_sheet(name).append(("Ward", "Litres"))
        book[name].append((name, 2))
    document = read(saved(book), Limits(max_rows=3))
    assert [page.note.partition(" were")[0] for page in document.pages] == [
        "", "Of the sheet “Second”, the rows from 2 on", "Of the sheet “Third”, the rows from 1 on",
    ]  # fmt: skip


@pytest.mark.parametrize("gap", [30_000, 1_048_576])
def test_the_last_row_of_a_sheet_is_read_however_far_down_it_is(gap: int) -> None:
    book = workbook(("Ward", "Litres"), ("N", 1))
    book.active.cell(gap, 1).value = "Read by the last clerk."
    document = read(saved(book))
    assert texts(document)[1:] == ["Ward: N · Litres: 1", "Read by the last clerk."]
    assert document.pages[0].note == ""


def test_a_sheet_that_is_merged_into_one_cell_costs_nothing() -> None:
    data, stream = saved(workbook(("Ward", "Litres"), ("N", 1))), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(stream, "w") as forged:
        for name in archive.namelist():
            merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            forged.writestr(name, archive.read(name).replace(b"</sheetData>", merged))
    assert texts(read(stream.getvalue()))[1:] == ["Ward: N · Litres: 1"]


def test_a_row_that_no_sheet_can_have_is_said_and_not_counted_up_to() -> None:
    book = workbook(("Ward", "Litres"), ("N", 1))
    book.active.cell(30_000, 1).value = "Words."
    data, stream = saved(book), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(stream, "w") as forged:
        for name in archive.namelist():
            forged.writestr(name, archive.read(name).replace(b'r="30000"', b'r="900000000"').replace(b'r="A30000"', b'r="A900000000"'))
    begun = clock.process_time()
    page = read(stream.getvalue()).pages[0]
    assert clock.process_time() - begun < 20
    assert "rows from 1,048,577 on" in page.note


def test_a_stray_cell_in_the_last_row_costs_nothing() -> None:
    book = workbook(("Ward", "Litres"), ("N", 1))
    book.active.cell(1_048_576, 16_000).value = " "
    document = read(saved(book))
    assert texts(document)[1:] == ["Ward: N · Litres: 1"]


def test_a_workbook_without_values_is_empty() -> None:
    with pytest.raises(EmptyFileError):
        read(saved(openpyxl.Workbook()))


def test_too_many_sheets_are_too_large() -> None:
    book = workbook(("a", 1))
    book.create_sheet("two")
    with pytest.raises(TooLargeError):
        read(saved(book), Limits(max_pages=1))


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(old.read(entry)) if entry.filename == name else old.read(entry))
    return stream.getvalue()


@pytest.mark.parametrize("share", [0.02, 0.4, 0.98])
def test_a_truncated_workbook_is_rejected(share: float) -> None:
    data = saved(workbook(("a", 1)))
    with pytest.raises(IngestError):
        read(data[: int(len(data) * share)])


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/styles.xml"])
@pytest.mark.parametrize("junk", [b"", b"<a", b"<a/>", b"\x00\xff" * 40])
def test_a_damaged_part_is_an_error_of_ours_or_does_no_harm(name: str, junk: bytes) -> None:
    data = with_part(saved(workbook(("a", 1), ("b", 2))), name, lambda part: junk)
    with contextlib.suppress(IngestError):
        assert texts(read(data))


def test_entities_are_refused_also_in_utf_16() -> None:
    evil = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(DamagedFileError, match="entities"):
            read(with_part(saved(workbook(("a", 1))), "xl/styles.xml", lambda part, e=encoding: evil.encode(e)))  # type: ignore[misc]


def test_a_bomb_is_refused_before_it_expands() -> None:
    bomb = with_part(saved(workbook(("a", 1))), "xl/worksheets/sheet1.xml", lambda part: part + b" " * 60_000_000)
    with pytest.raises(TooLargeError):
        read(bomb, Limits(max_expanded_bytes=50_000_000))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_delimiter_and_the_encoding_of_a_csv_are_told_from_it(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (("वर्ष", "विभाग", "रक्कम"), ("२०२५", "पाणी", "४०")))
    assert csv_texts(text.encode(encoding)) == ["वर्ष: २०२५ · विभाग: पाणी · रक्कम: ४०"]


def test_a_japanese_csv_from_windows_is_read() -> None:
    assert csv_texts("年度,部署名,予算額\n令和7年,みず管理,40\n".encode("cp932")) == ["年度: 令和7年 · 部署名: みず管理 · 予算額: 40"]


def test_decimal_commas_do_not_part_cells_where_semicolons_do() -> None:
    assert csv_texts(b"Ward;Litres\nNorth;4,5\nSouth;6,25\n") == ["Ward: North · Litres: 4,5", "Ward: South · Litres: 6,25"]


def test_quoted_cells_hold_delimiters_and_line_breaks() -> None:
    assert csv_texts(b'Ward,Note,Litres\nNorth,"wet, very\nwet",4\n') == ["Ward: North · Note: wet, very wet · Litres: 4"]


def test_an_open_quotation_mark_does_not_swallow_the_rest() -> None:
    lines = ["Ward,Note,Litres", 'North,"wet,4', *(f"W{at},dry,{at}" for at in range(80))]
    assert "Ward: W79 · Note: dry · Litres: 79" in csv_texts("\n".join(lines).encode())


def test_a_cell_that_a_spreadsheet_would_run_is_text() -> None:
    assert csv_texts(b"Name,Link,Sum\n=cmd|' /C calc'!A0,@SUM(1),-3\n") == ["Name: =cmd|' /C calc'!A0 · Link: @SUM(1) · Sum: -3"]
    book = workbook(("Name", "Link", "Sum"), ("x", "y", 1))
    book.active["A2"].value = "=HYPERLINK(1)"
    book.active["A2"].data_type = "s"
    assert "=HYPERLINK(1)" in texts(read(saved(book)))[1]


def test_rows_beyond_the_limit_of_a_csv_are_said() -> None:
    data = b"Ward,Litres\nN,1\n\nS,2\nE,3\nW,4\n"
    page = read_csv(data, Source("/a.csv", "0" * 64, "csv", len(data)), Limits(max_rows=3)).pages[0]
    assert [block.text for block in page.blocks] == ["Ward: N · Litres: 1", "S: 2"]
    assert "the rows from 5 on were left out" in page.note
    assert "SETU_MAX_ROWS" in page.note


def test_columns_beyond_the_limit_of_a_csv_are_said() -> None:
    for ending, said in ((",Secret", "Of the table, the columns from 201 on were left out"), (", ", "")):
        data = "\n".join(",".join(f"{name}{at}" for at in range(200)) + ending for name in ("Ward", "N")).encode()
        page = read_csv(data, Source("/a.csv", "0" * 64, "csv", len(data)), Limits()).pages[0]
        assert said in page.note
        assert bool(said) == bool(page.note)
        assert "N199" in page.blocks[-1].text


@pytest.mark.parametrize(("data", "error"), [(b" , ,\n,,\n", EmptyFileError), (bytes(range(256)) * 40, UnsupportedFormatError)])
def test_a_csv_without_words_or_without_text_is_rejected(data: bytes, error: type[IngestError]) -> None:
    with pytest.raises(error):
        csv_texts(data)


@given(st.lists(st.lists(st.sampled_from(["", "a", "b c", "7", "x:y"]), min_size=1, max_size=5).filter(any), max_size=8))
def test_no_cell_of_a_table_is_lost_where_every_column_has_a_value(rows: list[list[str]]) -> None:
    joined = " ".join(block.text for block in grid_blocks([*rows, ["v1", "v2", "v3", "v4", "v5"]]))
    assert all(cell in joined for row in rows for cell in row)


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
def test_a_table_without_kana_is_japanese_by_its_kanji(encoding: str) -> None:
    assert csv_texts("年度,部署,予算\n二〇二五,水道課,40\n".encode(encoding)) == ["年度: 二〇二五 · 部署: 水道課 · 予算: 40"]


def test_curly_quotation_marks_do_not_make_english_japanese() -> None:
    assert csv_texts("Ward,Note,Litres\nNorth,the city’s well,4\nSouth,“dry”,5\n".encode("cp1252"))[0] == (
        "Ward: North · Note: the city’s well · Litres: 4"
    )


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (
            (("Lamps of the quay, yearly return 2023",), ("Lamp", "Hours"), ("North", 40), ("South", 41)),
            "Lamps of the quay, yearly return 2023",
        ),
        ((("Lamp", "Hours"), ("North", 40), ("South", 41)), None),
    ],
)
def test_the_line_above_the_first_table_is_what_a_workbook_is_called(rows: tuple[tuple[Any, ...], ...], title: str | None) -> None:
    assert read(saved(workbook(*rows, title="Sheet1"))).hints.title == title
    declared = workbook(*rows, title="Sheet1")
    declared.properties.title = "Lamp register"
    hints = read(saved(declared)).hints
    assert (hints.title, hints.sure_title) == ("Lamp register", False)
