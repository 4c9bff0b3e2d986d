"""A language model as judge of citations, at a server that says what the test tells it to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.datasets.claims import Claim
from eval.datasets.written_sentences import verified_citation
from eval.metrics.llm_judge import JudgeError, LlmJudge, against_people, open_judge
from kb import Settings
from kb.errors import SettingsError
from kb.generate import streaming
from tests.kb.llm_server import KEY, Reply, Script, serving

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    with serving(script):
        yield script


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "FIRST_WAIT_S", 0.01)


def judge(script: Script, tmp_path: Path, **more: str) -> LlmJudge:
    found = open_judge(Settings.load(home=tmp_path, judge=script.url, **more))
    assert found is not None
    return found


def says(support: str) -> Reply:
    return Reply(['{"sup', f'port": "{support}"}}\n'])


def test_only_full_support_is_support_and_the_model_sees_statement_quotes_and_rules(script, tmp_path):
    script.replies = [says("full"), says("partial"), says("none")]
    asking = judge(script, tmp_path)
    quotes = [verified_citation("The fee is nine yen."), verified_citation("शुल्क नऊ येन आहे.")]
    assert [asking.supports(text, quotes) for text in ("The fee is nine.", "The fee is low.", "There is none.")] == [True, False, False]
    system, human = (message["content"] for message in script.requests[0]["messages"])
    assert '{"support": "full"}' in system
    assert human.index("The fee is nine yen.") < human.index("शुल्क नऊ येन आहे.") < human.index(json.dumps("The fee is nine."))


def test_the_same_is_asked_once_and_the_last_word_of_one_who_thinks_aloud_counts(script, tmp_path):
    script.replies = [Reply(['Not {"support": "none"}, rather {"support": "full"}.'])]
    asking = judge(script, tmp_path)
    assert [asking.supports("a", [verified_citation("a")]) for _ in range(2)] == [True, True]
    assert len(script.requests) == 1
    report = asking.report()
    assert (report["asked"], report["unread"], report["model"]) == (1, 0, script.url)
    assert report["prompt"].startswith("judge 1.1.")


def test_a_model_that_goes_on_after_its_judgement_is_left(script, tmp_path):
    script.replies = [Reply(['{"support": "none"}\n', *(f'{{"support": "full"}} {i}\n' for i in range(400))], pause=0.005)]
    assert judge(script, tmp_path).supports("a", [verified_citation("a")]) is False
    assert script.hung_up.wait(30)


def test_a_reply_that_is_no_judgement_is_counted_and_supports_nothing(script, tmp_path):
    script.replies = [Reply(["Yes, certainly."])]
    asking = judge(script, tmp_path)
    assert asking.supports("a", [verified_citation("a")]) is False
    assert asking.unread == 1


def test_a_judge_that_is_down_ends_the_evaluation_and_says_which_setting_to_look_at(script, tmp_path):
    script.replies = [Reply(status=401, body=json.dumps({"error": {"message": f"wrong key {KEY}"}}))]
    with pytest.raises(JudgeError, match="SETU_JUDGE") as caught:
        judge(script, tmp_path, llm_key=KEY).supports("a", [verified_citation("a")])
    assert KEY not in str(caught.value)


def test_the_key_of_the_writer_goes_to_a_judge_at_the_same_address_only(script, tmp_path):
    script.replies = [says("full")]
    host = script.url.partition("#")[0]
    for writer in (None, f"{host}#writer", "http://127.0.0.1:9/v1#writer", "anthropic:writer"):
        more = {"llm": writer} if writer else {}
        judge(script, tmp_path, llm_key=KEY, **more).supports("a", [verified_citation("a")])
    assert [KEY in headers["authorization"] for headers in script.headers] == [True, True, False, False]


def test_without_the_setting_there_is_no_judge_and_a_wrong_one_is_named(tmp_path):
    assert open_judge(Settings.load(home=tmp_path)) is None
    with pytest.raises(SettingsError, match="SETU_JUDGE=nonsense"):
        open_judge(Settings.load(home=tmp_path, judge="nonsense"))


def test_a_judge_is_tried_on_claims_taken_evenly_over_the_labelled_ones(script, tmp_path):
    script.answer = lambda request: says("full" if "claim 0" in request["messages"][1]["content"] else "none")
    claims = [Claim(f"claim {i}", ("x",), supported=i in (0, 4)) for i in range(6)]
    # Of six at most three: 0, 2 and 4; right about 0 and 2.
    assert against_people(judge(script, tmp_path), claims, most=3).report() == {
        "judged": 3, "agreement": 0.6667, "kappa": 0.4, "sensitivity": 0.5, "specificity": 1.0,
    }  # fmt: skip
