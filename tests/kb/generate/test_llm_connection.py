"""A model's server that does what it should not: it leads elsewhere, never ends, or sends more than anybody can hold."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from kb.errors import SettingsError
from kb.generate import http_limits, streaming
from kb.generate.chat_model import ChatError, LangChainChat, model_name
from kb.generate.streaming import Budget, OutOfTimeError, reply
from tests.kb.llm_server import KEY, Reply, Script, serving

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")

ASKED = [("human", "What does the paper say?")]
MB = 1_000_000


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    with serving(script):
        yield script


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "setu-llm"]


def none_left(seconds: float) -> bool:
    until = time.monotonic() + seconds
    while readers() and time.monotonic() < until:
        time.sleep(0.05)
    return not readers()


def drip(part: bytes, pause: float = 0.02) -> Iterator[bytes]:
    """Far longer than any answer has, so that whoever is left hanging is seen."""
    for _ in range(int(60 / pause)):
        time.sleep(pause)
        yield part


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_prompt_nor_key_to_another_host(script: Script, chat: LangChainChat, status: int) -> None:
    elsewhere = Script(replies=[Reply(["stolen"])])
    with serving(elsewhere):
        script.replies = [Reply(status=status, headers={"Location": elsewhere.url}, body="{}")]
        with pytest.raises(ChatError, match="leads on to another address") as caught:
            list(chat.stream(ASKED, 100, lambda: 10.0))
    assert elsewhere.requests == []
    assert len(script.requests) == 1
    assert not caught.value.passing
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("part", [b": still here\n\n", b"\n", b"event: ping\n\n"])
def test_a_server_that_only_comments_holds_no_thread_when_the_time_is_over(script: Script, chat: LangChainChat, part: bytes) -> None:
    script.replies = [Reply(raw=drip(part))]
    # Not every client passes over each of these: an Ollama that comments speaks no JSON.
    with pytest.raises((OutOfTimeError, ChatError)):
        list(reply(chat, ASKED, Budget(3000, 1.0)))
    assert none_left(10)
    assert script.hung_up.wait(10)


def test_a_server_that_only_comments_holds_no_thread_when_the_asker_leaves(script: Script) -> None:
    def body() -> Iterator[bytes]:
        yield b'data: {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", '
        yield b'"choices": [{"index": 0, "delta": {"role": "assistant", "content": "A"}, "finish_reason": null}]}\n\n'
        yield from drip(b": still here\n\n")

    script.replies = [Reply(raw=body())]
    pieces = reply(LangChainChat(model_name(script.url), None), ASKED, Budget(3000, 60.0))
    assert next(pieces) == "A"
    pieces.close()
    assert none_left(10)


def test_a_silent_server_holds_no_thread_when_the_time_is_over(script: Script, chat: LangChainChat) -> None:
    script.replies = [Reply(["A"], until=threading.Event())]
    with pytest.raises(OutOfTimeError):
        list(reply(chat, ASKED, Budget(3000, 1.0)))
    assert none_left(10)


@pytest.mark.parametrize("status", [200, 400])
def test_a_packed_reply_is_refused_before_it_is_unpacked(script: Script, chat: LangChainChat, status: int) -> None:
    script.replies = [Reply(status=status, headers={"Content-Encoding": "gzip"}, raw=[gzip.compress(bytes(50 * MB))])]
    with pytest.raises(ChatError, match="packs its reply"):
        list(chat.stream(ASKED, 100, lambda: 10.0))
    assert script.headers[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("part", [b"x" * MB, b": " + b"x" * 9_997 + b"\n"], ids=["one line", "comments"])
def test_a_reply_without_end_is_left_early(script: Script, chat: LangChainChat, part: bytes, status: int) -> None:
    script.replies = [Reply(status=status, raw=(part for _ in range(200 * MB // len(part))))]
    with pytest.raises(ChatError):
        list(chat.stream(ASKED, 100, lambda: 60.0))
    assert script.hung_up.wait(10)
    # What lies in the buffers of both sockets was sent, too.
    assert script.sent < http_limits.MOST_BYTES + 20 * MB


def test_a_fault_that_comes_of_the_time_is_told_as_that(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "TRIES", 1)

    class Late:
        name = "late"

        def stream(self, _messages: object, _most: int, seconds_left: Callable[[], float]) -> Iterator[stream.Piece]:
            yield streaming.Piece("A")
            while seconds_left():
                time.sleep(0.01)
            raise ChatError("read timeout", passing=True)

    with pytest.raises(OutOfTimeError):
        list(reply(Late(), ASKED, Budget(3000, 0.2)))


def test_a_provider_whose_connections_cannot_be_limited_is_refused_with_the_way_out() -> None:
    with pytest.raises(SettingsError, match=r"https://HOST/v1#MODEL"):
        LangChainChat(model_name("groq:llama"), SecretStr(KEY))
