"""What the server of a language model may do: limits of its replies, as hooks of the HTTP client.

They are hooks of httpx, or httpx2, which newer packages of providers use, so that they hold for every provider:
- No redirect is followed: it would take the papers in the prompt, and the key, to a host that nobody named.
- Nothing packed is taken: a few bytes may unpack to gigabytes before anybody can count them.
- Bytes of a reply and of a line are counted as they come. A client reads on until it has a whole line, or past comments to the next event.
- Each part that comes is held against the time of the answer. A read timeout alone begins anew with every byte.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

MOST_BYTES: Final = 8_000_000
"""Of one reply: more than ten times what an answer's tokens take."""
MOST_LINE_BYTES: Final = 1_000_000
"""Of one line of it."""

_LEAST_S: Final = 1e-3
_call = threading.local()


class HttpLimitError(Exception):
    """The server did what is not allowed, or the time is over."""


def limit(seconds_left: Callable[[], float]) -> None:
    """From now on requests of this thread, and their replies, have so many seconds; 0 ends a reply that is being read."""
    _call.seconds_left = seconds_left


def hooks() -> dict[str, list[Callable[[Any], None]]]:
    """The ``event_hooks`` of a client."""
    return {"request": [_asked], "response": [_answered]}


def _asked(request: Any) -> None:
    request.headers["Accept-Encoding"] = "identity"
    seconds = max(_seconds_left()(), _LEAST_S)
    request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), seconds)


def _answered(response: Any) -> None:
    if response.has_redirect_location:
        raise HttpLimitError(
            f"The server {response.request.url.host} leads on to another address, and prompts go only where SETU_LLM says. "
            "Name that address there, if it is to be trusted."
        )
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise HttpLimitError(f"The server packs its reply ({packed[:20]}) though it was asked not to. Switch compression off there.")
    response.stream = _counted(type(response).__module__.partition(".")[0])(response.stream, _seconds_left())


def _seconds_left() -> Callable[[], float]:
    found: Callable[[], float] | None = getattr(_call, "seconds_left", None)
    if found is None:
        raise HttpLimitError("A language model is asked without a limit of time.")
    return found


@cache
def _counted(package: str) -> Callable[[Any, Callable[[], float]], Any]:
    """The class of counting streams for a client's package, which takes none that is not made from its own."""
    base: Any = importlib.import_module(package).SyncByteStream

    class Counted(base):  # type: ignore[misc]
        def __init__(self, stream: Any, seconds_left: Callable[[], float]) -> None:
            self._stream = stream
            self._seconds_left = seconds_left

        def __iter__(self) -> Iterator[bytes]:
            whole = line = 0
            for part in self._stream:
                whole += len(part)
                ends = part.rfind(b"\n")
                line = len(part) - ends - 1 if ends >= 0 else line + len(part)
                if whole > MOST_BYTES or line > MOST_LINE_BYTES:
                    raise HttpLimitError(
                        f"The server sends more than {MOST_BYTES // 10**6} MB, or {MOST_LINE_BYTES // 10**6} MB in a line."
                    )
                if not self._seconds_left():
                    raise HttpLimitError("The time of the answer is over.")
                yield part

        def close(self) -> None:
            self._stream.close()

    return Counted
