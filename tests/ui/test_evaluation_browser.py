"""The evaluation page in a real browser: a run that is watched, found again after a reload and stopped; plots; narrow and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.samples import DOCUMENTS
from tests.ui.test_evaluation import answers, put
from ui.evaluation import runs
from ui.screenshots import ANSWER_MS, browsed, chromium, served

pytest.importorskip("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the sample papers are not here")
def test_the_small_set_is_watched_survives_a_reload_and_can_be_stopped(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with served(home) as address, browsed(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}/evaluation?lang=mr")
        page.get_by_role("button", name="छोटा संच चालवा").click()
        page.locator('[data-testid="stProgress"]').wait_for(timeout=ANSWER_MS)
        page.get_by_text("101 पैकी").wait_for(timeout=2 * ANSWER_MS)
        page.reload()
        page.get_by_text("101 पैकी").wait_for(timeout=ANSWER_MS)
        page.get_by_role("button", name="थांबवा").click()
        page.get_by_text("चाचणी थांबवली").wait_for(timeout=ANSWER_MS)
        page.get_by_role("button", name="छोटा संच चालवा").wait_for(timeout=ANSWER_MS)
    assert runs.saved(home) == ()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_that_is_sent_in_is_shown_with_plots_that_fit_a_narrow_screen(tmp_path: Path, scheme: Any) -> None:
    home = tmp_path / "home"
    put(home, "old", answers(5))
    sent = tmp_path / "sent.json"
    sent.write_text(json.dumps(answers(9)), encoding="utf-8")
    with served(home) as address, browsed(viewport={"width": 390, "height": 900}, color_scheme=scheme) as page:
        page.goto(f"{address}/evaluation?lang=ja&against=old")
        page.get_by_text("評価結果を取り込む").click()
        page.locator('input[type="file"]').set_input_files(sent)
        page.locator("[data-testid=stFileChipName]").wait_for(timeout=ANSWER_MS)
        page.get_by_role("button", name="評価を保存").click()
        page.get_by_text("評価「sent」を保存しました").wait_for(timeout=ANSWER_MS)
        page.get_by_role("img", name="答えは引用の中にあるか").wait_for(timeout=ANSWER_MS)
        assert page.get_by_role("img").count() == 5  # four of the run, one of the comparison
        page.get_by_text("結果が良くなった質問 4件").wait_for(timeout=ANSWER_MS)
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
        marks = page.evaluate(
            """() => {
                const shapes = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
                    .flatMap(one => [...(one.shadowRoot?.querySelectorAll("circle") ?? [])]);
                return shapes.map(shape => getComputedStyle(shape).fill);
            }"""
        )
        assert set(marks) == {"rgb(130, 177, 255)" if scheme == "dark" else "rgb(29, 92, 184)"}
