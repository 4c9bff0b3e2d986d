"""A language model tried out against servers that are good, dead, locked, leading elsewhere, endless, garbled, or speak one language."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from kb.generate import streaming
from kb.generate.chat_model import MOST_LISTED, ChatError, LangChainChat, model_name
from kb.generate.model_trial import Length, Offer, Sentence, Trial, offer, try_out
from kb.generate.streaming import tokens
from tests.kb.llm_server import KEY, SENTENCES, Reply, Script, polyglot, serving

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script(answer=polyglot, models=("scripted", "other"))
    with serving(script):
        yield script


def tried(url: str, key: str | None = KEY, seconds: float = 20.0) -> tuple[list[object], Trial]:
    trial = Trial(12_000, seconds)
    chat = LangChainChat(model_name(url), SecretStr(key) if key else None)
    return list(try_out(chat, trial)), trial


def test_a_good_model_is_found_to_write_four_languages_fast_enough(script: Script) -> None:
    steps, trial = tried(script.url)
    assert steps[0] == Offer(("scripted", "other"))
    assert [one.text for one in trial.sentences] == list(SENTENCES.values())
    assert trial.languages == ("mr", "hi", "en", "ja")
    assert all(one.first_s > 0 and one.whole_s >= one.first_s and one.rate > 0 for one in trial.sentences)
    assert trial.pace == "fast"
    assert script.listed[0][0] == "/v1/models"
    assert script.listed[0][1]["authorization"] == f"Bearer {KEY}"
    assert script.listed[0][1]["accept-encoding"] == "identity"


def test_the_last_prompt_is_as_long_as_the_passages_of_an_answer(script: Script) -> None:
    tried(script.url)
    lengths = [tokens(request["messages"][-1]["content"]) for request in script.requests]
    assert all(length < 200 for length in lengths[:4])
    assert lengths[4] == pytest.approx(12_000 // 3, rel=0.03)
    assert len(lengths) == 5


def test_a_model_that_always_answers_in_english_writes_english_alone(script: Script) -> None:
    script.answer = lambda _request: Reply([SENTENCES["English"]])
    _, trial = tried(script.url)
    assert trial.languages == ("en",)
    assert [one.written_in for one in trial.sentences] == ["en"] * 4


def test_what_a_model_thinks_aloud_is_not_its_sentence(script: Script) -> None:
    script.answer = lambda request: replace(polyglot(request), pieces=["<think>In English I weigh it.</think>", *polyglot(request).pieces])
    _, trial = tried(script.url)
    assert trial.languages == ("mr", "hi", "en", "ja")


def test_a_dead_server_is_told_once_and_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "FIRST_WAIT_S", 0.01)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    steps, trial = tried(f"http://127.0.0.1:{port}/v1#m")
    assert isinstance(steps[0], Offer)
    assert steps[0].fault
    assert len(steps) == 2
    assert trial.broke_off is not None
    assert trial.broke_off.fault
    assert trial.pace is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_told_as_that_and_not_repeated(script: Script, status: int) -> None:
    refused = Reply(status=status, body=f'{{"error": {{"message": "Incorrect key {KEY}"}}}}')
    script.answer, script.models = lambda _request: refused, refused
    steps, trial = tried(script.url)
    assert trial.broke_off is not None
    assert trial.broke_off.refused_key
    assert len(script.requests) == 1
    assert KEY not in repr(steps)


def test_a_server_that_redirects_gets_neither_the_key_nor_a_second_try(script: Script) -> None:
    elsewhere = Script(answer=polyglot, models=("stolen",))
    with serving(elsewhere):
        leads = Reply(status=307, headers={"Location": elsewhere.url.partition("#")[0] + "/models"}, body="{}")
        script.answer, script.models = lambda _request: leads, leads
        steps, trial = tried(script.url)
    assert isinstance(steps[0], Offer)
    assert "leads on to another address" in steps[0].fault
    assert trial.broke_off is not None
    assert "leads on to another address" in trial.broke_off.fault
    assert elsewhere.requests == []
    assert elsewhere.listed == []


def forever(part: bytes) -> Iterator[bytes]:
    for _ in range(600):
        time.sleep(0.05)
        yield part


def test_an_endless_list_and_an_endless_reply_are_left_when_the_time_is_over(script: Script) -> None:
    script.models = Reply(raw=forever(b" "))
    script.answer = lambda _request: Reply(raw=forever(b": still here\n\n"))
    started = time.monotonic()
    steps, trial = tried(script.url, seconds=1.0)
    assert time.monotonic() - started < 15
    assert isinstance(steps[0], Offer)
    assert steps[0].fault
    assert trial.broke_off is not None
    assert trial.broke_off.slow or trial.broke_off.fault
    assert script.hung_up.wait(10)


def test_a_list_without_end_is_left_early(script: Script) -> None:
    script.models = Reply(raw=(b"x" * 1_000_000 for _ in range(50)))
    steps, _ = tried(script.url)
    assert isinstance(steps[0], Offer)
    assert "MB" in steps[0].fault


def test_a_model_that_does_not_stop_is_told_as_that(script: Script) -> None:
    script.answer = lambda _request: Reply([SENTENCES["Marathi"] * 20] * 200)
    _, trial = tried(script.url)
    assert trial.broke_off is not None
    assert "went on past the 2000 tokens" in trial.broke_off.fault


@pytest.mark.parametrize(
    "body", ["<html>", "[]", '{"data": 3}', '{"data": [1, {"id": 7}, {"id": " "}]}', "null", '{"models": "x"}'], ids=range(6)
)
def test_a_garbled_list_is_none_and_a_garbled_reply_no_sentence(script: Script, body: str) -> None:
    script.models = Reply(body=body)
    script.answer = lambda _request: Reply(raw=[b"data: {]\n\n"])
    steps, trial = tried(script.url)
    assert isinstance(steps[0], Offer)
    assert steps[0].models == ()
    assert not trial.languages
    assert trial.broke_off is not None or not any(one.text for one in trial.sentences)


def test_a_server_that_says_nothing_of_its_models_has_no_list(script: Script) -> None:
    script.models = Reply(status=404, body="{}")
    steps, trial = tried(script.url)
    assert steps[0] == Offer()
    assert trial.languages == ("mr", "hi", "en", "ja")


def test_a_prompt_that_is_too_long_for_the_server_is_told_and_the_sentences_count(script: Script) -> None:
    def small(request: dict) -> Reply:
        too_long = len(request["messages"][-1]["content"]) > 2000
        return Reply(status=400, body='{"error": {"message": "exceeds the context"}}') if too_long else polyglot(request)

    script.answer = small
    _, trial = tried(script.url)
    assert len(trial.languages) == 4
    assert trial.length is not None
    assert "exceeds the context" in trial.length.fault
    assert trial.pace is None


def test_each_provider_is_asked_for_its_list_where_its_prompts_go(chat: LangChainChat, script: Script) -> None:
    assert chat.models(lambda: 5.0) == ("scripted", "other")
    assert script.url.partition("/v1")[0] in chat.address
    path, headers = script.listed[0]
    assert path.partition("?")[0] == ("/api/tags" if "ollama" in chat.name else "/v1/models")
    assert KEY in headers.get("authorization", "") + headers.get("x-api-key", "")


def test_no_provider_follows_a_redirect_or_tells_the_key_when_its_list_is_read(chat: LangChainChat, script: Script) -> None:
    elsewhere = Script(models=("stolen",))
    with serving(elsewhere):
        script.models = Reply(status=302, headers={"Location": elsewhere.url.partition("#")[0] + "/models"})
        with pytest.raises(ChatError, match="leads on to another address"):
            chat.models(lambda: 5.0)
        script.models = Reply(status=500, body=f'{{"error": "{KEY}"}}')
        with pytest.raises(ChatError) as caught:
            chat.models(lambda: 5.0)
    assert elsewhere.listed == []
    assert KEY not in str(caught.value)


def test_a_long_list_is_cut(script: Script) -> None:
    script.models = [f"model-{number}" for number in range(2 * MOST_LISTED)]
    chat = LangChainChat(model_name(script.url), None)
    assert len(offer(chat, 5.0).models) == MOST_LISTED


def measured(first_s: float, rate: float, seconds: float = 60.0) -> Trial:
    """A trial of 12,000 tokens for an answer, 2,000 of them for the longest reply."""
    sentence = Sentence("en", "Rain is good for the fields.", "en", 0.5, 2.0, rate)
    return Trial(12_000, seconds, [sentence], Length(first_s))


@pytest.mark.parametrize(
    ("first_s", "rate", "pace", "share", "answer_s"),
    [
        (1.0, 100.0, "fast", 1.0, 21.0),  # 1 + 2000 / 100
        (10.0, 40.0, "fast", 1.0, 60.0),  # 10 + 2000 / 40: just so
        (20.0, 20.0, "part", 0.4, 120.0),  # 40 s × 20 = 800 of 2000
        (50.0, 20.0, "part", 0.1, 150.0),  # 10 s × 20 = 200: one statement
        (50.0, 19.0, "slow", 0.095, 155.263),
        (70.0, 100.0, "slow", 0.0, 90.0),  # the first word comes when the time is over
    ],
)
def test_how_much_of_an_answer_fits_into_its_time(first_s: float, rate: float, pace: str, share: float, answer_s: float) -> None:
    trial = measured(first_s, rate)
    assert trial.pace == pace
    assert trial.share == pytest.approx(share)
    assert trial.answer_s == pytest.approx(answer_s, abs=0.001)


def test_a_long_prompt_without_a_word_in_time_is_slow_and_a_failed_one_says_nothing_of_speed() -> None:
    trial = measured(1.0, 100.0)
    trial.length = Length(slow=True)
    assert trial.pace == "slow"
    trial.length = Length(fault="exceeds the context")
    assert trial.pace is None
