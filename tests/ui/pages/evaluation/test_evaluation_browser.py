"""The evaluation page in a real browser: a run that is watched, found again after a reload and stopped; plots; narrow and dark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.tasks.samples import DOCUMENTS
from tests.ui.browsing import Browse, becomes, fits
from tests.ui.pages.evaluation.test_evaluation import answers, put
from tools.screenshots import ANSWER_MS, chromium, served, settled
from ui.jobs import evaluation_runs

expect = pytest.importorskip("playwright.sync_api").expect
MARKED = """(colour) => {
  const shapes = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
    .flatMap((one) => [...(one.shadowRoot?.querySelectorAll("circle") ?? [])]);
  return shapes.length > 0 && shapes.every((shape) => getComputedStyle(shape).fill === colour);
}"""
"""Whether the plots have marks, all of one colour."""
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the sample papers are not here")
@pytest.mark.slow
def test_the_small_set_is_watched_survives_a_reload_and_can_be_stopped(tmp_path: Path, browse: Browse) -> None:
    home = tmp_path / "home"
    with served(home) as address, browse(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}/evaluation?lang=mr")
        settled(page)
        page.get_by_role("button", name="छोटा संच चालवा").click()
        page.locator('[data-testid="stProgress"]').wait_for()
        page.get_by_text("101 पैकी").wait_for(timeout=2 * ANSWER_MS)  # the sample papers are read and embedded first
        page.reload()
        page.get_by_text("101 पैकी").wait_for()
        page.get_by_role("button", name="थांबवा").click()
        page.get_by_text("चाचणी थांबवली").wait_for()
        page.get_by_role("button", name="छोटा संच चालवा").wait_for()
    assert evaluation_runs.saved(home) == ()


def test_a_run_that_is_sent_in_is_shown_with_plots_that_fit_a_narrow_screen_by_day_and_by_night(tmp_path: Path, browse: Browse) -> None:
    home = tmp_path / "home"
    put(home, "old", answers(5))
    with served(home) as address:
        for scheme, colour in (("light", "rgb(29, 92, 184)"), ("dark", "rgb(130, 177, 255)")):
            sent = tmp_path / f"{scheme}.json"
            sent.write_text(json.dumps(answers(9)), encoding="utf-8")
            with browse(viewport={"width": 390, "height": 900}, color_scheme=scheme) as page:
                page.goto(f"{address}/evaluation?lang=ja&against=old")
                settled(page)
                page.get_by_text("評価結果を取り込む").click()
                page.locator('input[type="file"]').set_input_files(sent)
                page.locator("[data-testid=stFileChipName]").wait_for()
                settled(page)
                page.get_by_role("button", name="評価を保存").click()
                page.get_by_text(f"評価「{scheme}」を保存しました").wait_for()
                page.get_by_role("img", name="答えは引用の中にあるか").wait_for()
                expect(page.get_by_role("img")).to_have_count(5)  # four of the run, one of the comparison
                page.get_by_text("結果が良くなった質問 4件").wait_for()
                assert fits(page, 390), scheme
                assert becomes(page, MARKED, colour), scheme
