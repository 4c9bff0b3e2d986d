"""The picture of a page made ready to be read, and the way back to where a word stands."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ingest.ocr.image_preprocessing import (
    View,
    cut,
    enlarged,
    evenly_lit,
    level,
    only_darkest,
    sheet_of,
    slope_of,
    turned,
    uncovered,
    view_of,
    without_colour,
)

Box = tuple[float, float, float, float]
WORD: Box = (200, 300, 350, 330)


def page(height: int = 1100, width: int = 800) -> View:
    """A sheet with lines of bars for words; the first stands at `WORD`."""
    picture = np.full((height, width), 255, np.uint8)
    for top in range(300, height - 200, 60):
        picture[top : top + 30, 200:350] = 0
        picture[top : top + 30, 370:430] = 0
    return View(picture, 100, np.eye(3), (width, height))


def spoiled(view: View, picture: np.ndarray) -> View:  # type: ignore[type-arg]
    """A picture of which nothing is known but itself."""
    return View(np.ascontiguousarray(picture, dtype=np.uint8), view.dpi, np.eye(3), (picture.shape[1], picture.shape[0]))


def tilted(view: View, degrees: float) -> tuple[View, np.ndarray]:  # type: ignore[type-arg]
    turn = cv2.getRotationMatrix2D((view.width / 2, view.height / 2), degrees, 1.0)
    return spoiled(view, cv2.warpAffine(view.picture, turn, (view.width, view.height), borderValue=255.0)), turn


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        view_of(b"no picture", 200)


@pytest.mark.parametrize("ink", [(60, 50, 200), (170, 70, 60)], ids=["red", "blue"])
def test_a_stamp_in_colour_goes_pale_and_the_letters_under_it_stay_black(ink: tuple[int, int, int]) -> None:
    sheet = np.repeat(page().picture[..., None], 3, axis=2)
    stamped = sheet.copy()
    cv2.circle(stamped, (275, 315), 120, ink, 12)
    cv2.line(stamped, (100, 290), (500, 340), ink, 20)
    stamped = np.minimum(sheet, stamped)
    found = without_colour(bytes(cv2.imencode(".png", stamped)[1]), 100)
    assert found is not None
    assert (found.dpi, found.page) == (100, (800, 1100))
    assert np.array_equal(found.picture > 128, page().picture > 128)


def test_a_page_without_colour_and_one_on_yellowed_paper_are_left_as_they_are() -> None:
    yellow = np.repeat(page().picture[..., None], 3, axis=2) // np.array([[[255]]]) * np.array([185, 215, 230])
    for picture in (page().picture, yellow.astype(np.uint8)):
        assert without_colour(bytes(cv2.imencode(".png", picture)[1]), 100) is None
    with pytest.raises(ValueError, match="cannot be read"):
        without_colour(b"no picture", 100)


@pytest.mark.parametrize("degrees", [-5.0, -1.2, 0.9, 4.0])
def test_a_page_that_lies_askew_is_made_level_and_knows_where_its_words_were(degrees: float) -> None:
    askew, turn = tilted(page(), degrees)
    straight = level(askew)
    assert abs(slope_of(straight)) < 0.3
    middle = turn @ np.array([275, 315, 1.0])
    left, top, right, bottom = straight.place(WORD)
    assert (left + right) / 2 == pytest.approx(middle[0], abs=6)
    assert (top + bottom) / 2 == pytest.approx(middle[1], abs=6)


def test_a_level_page_is_left_as_it_is() -> None:
    view = page()
    assert level(view) is view
    assert evenly_lit(view) is view
    assert sheet_of(view) is view


def test_the_dark_half_of_a_page_becomes_as_bright_as_the_other() -> None:
    view = page()
    shade = np.where(np.arange(view.width) < 400, 0.45, 1.0)
    lit = evenly_lit(spoiled(view, view.picture * shade))
    assert np.median(lit.picture[:200, :380]) > 240
    assert np.median(lit.picture[305:325, 220:380]) < 60


def test_a_sheet_on_a_table_is_cut_out_and_seen_from_above() -> None:
    view = page()
    corners = np.array([(0, 0), (800, 0), (800, 1100), (0, 1100)], np.float32)
    there = cv2.getPerspectiveTransform(corners, np.array([(120, 90), (900, 140), (860, 1230), (80, 1190)], np.float32))
    photo = cv2.warpPerspective(view.picture, there, (1000, 1300), np.full((1300, 1000), 80, np.uint8), borderMode=cv2.BORDER_TRANSPARENT)
    sheet = sheet_of(spoiled(view, photo))
    assert sheet.width == pytest.approx(785, abs=25)
    assert np.median(sheet.picture[:, 5]) > 240
    x, y, scale = there @ np.array([275, 315, 1.0])
    stretched = sheet.width / 800, sheet.height / 1100
    left, top, right, bottom = sheet.place((200 * stretched[0], 300 * stretched[1], 350 * stretched[0], 330 * stretched[1]))
    assert (left + right) / 2 == pytest.approx(x / scale, abs=8)
    assert (top + bottom) / 2 == pytest.approx(y / scale, abs=8)


def test_a_picture_in_a_white_page_is_no_sheet_on_a_table() -> None:
    view = page()
    view.picture[100:250, 100:700] = 120
    assert sheet_of(view) is view


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_knows_where_its_words_were(quarters: int) -> None:
    view = page()
    straight = turned(spoiled(view, np.rot90(view.picture, -quarters)), quarters)
    assert np.array_equal(straight.picture, view.picture)
    left, top, right, bottom = straight.place(WORD)
    there = np.zeros(view.picture.shape, np.uint8)
    there[300:330, 200:350] = 1
    rows, columns = np.nonzero(np.rot90(there, -quarters))
    assert (left, top, right, bottom) == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_a_part_and_an_enlarged_page_know_where_their_words_were() -> None:
    view = page()
    assert cut(view, (150, 250, 700, 400)).place((50, 50, 200, 80)) == WORD
    large = enlarged(view, 1.5)
    assert large.dpi == 150
    assert large.place((300, 450, 525, 495)) == pytest.approx(WORD)


def test_a_grey_stamp_goes_and_black_letters_stay() -> None:
    view = page()
    stamped = view.picture.copy()
    stamped[320:420, 250:400] = np.minimum(stamped[320:420, 250:400], 130)
    found = only_darkest(spoiled(view, stamped))
    assert np.all(found.picture[view.picture == 0] < 40)
    assert np.all(found.picture[335:355, 355:365] > 240)


def test_ink_beside_the_words_that_were_read_is_seen() -> None:
    view = page()
    lines = [
        (float(left), float(top), float(right), float(top + 30)) for top in range(300, 900, 60) for left, right in ((200, 350), (370, 430))
    ]
    assert uncovered(view, lines) == pytest.approx(0.0, abs=0.02)
    assert uncovered(view, lines[::2]) == pytest.approx(60 / 210, abs=0.03)
    assert uncovered(spoiled(view, np.full((100, 100), 255)), []) == 0.0
