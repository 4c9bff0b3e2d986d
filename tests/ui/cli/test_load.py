"""Many people ask at once: each gets an answer of their own, and nobody sees anybody else's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.load import Asked, crossed, percentile, questions_of, visits
from tools.screenshots import SAMPLES, served
from ui.cli.main import cli

SEEN = Asked("Who pays?", ("The Ministry pays.",), frozenset({"Who pays?"}), 0.1, 0.2, ())
OTHER = Asked("When?", ("In March.",), frozenset({"When?"}), 0.1, 0.2, ())


def test_the_percentile_is_a_value_that_occurred() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 21)], 0.95) == 19.0
    assert percentile([7.0], 0.95) == 7.0


def test_questions_come_from_each_language_in_turn() -> None:
    chosen = questions_of(8)
    assert [language for _, language in chosen[:4]] == [language for _, language in chosen[4:]]
    assert len({language for _, language in chosen}) == 4
    with pytest.raises(ValueError, match="were wanted"):
        questions_of(10_000)


def test_what_belongs_to_another_visitor_is_noticed() -> None:
    assert crossed([SEEN, OTHER], [SEEN, OTHER]) == []
    assert len(crossed([SEEN, OTHER], [replace(SEEN, quotes=OTHER.quotes), OTHER])) == 1
    assert len(crossed([SEEN, OTHER], [replace(SEEN, questions=frozenset({"Who pays?", "When?"})), OTHER])) == 1


@pytest.mark.slow
def test_eight_visitors_at_once_each_get_the_answer_to_their_own_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    result = CliRunner().invoke(cli, ["ingest", str(SAMPLES)], env={"SETU_HOME": str(home)})
    assert result.exit_code == 0, result.output
    monkeypatch.setenv("SETU_QUESTIONS_PER_MINUTE", "0")
    questions = questions_of(8)
    with served(home) as address:
        together = asyncio.run(visits(address, questions, together=True))
        alone = asyncio.run(visits(address, questions, together=False))
    assert crossed(alone, together) == []
    assert [error for asked in [*alone, *together] for error in asked.errors] == []
    assert sum(bool(asked.quotes) for asked in together) >= 7  # one may rightly be refused
    assert all(asked.questions == {asked.question} for asked in together), [asked.questions for asked in together]
