"""How the chat stands many people asking at once: ``python -m tools.load`` prints the figures.

The visitors speak the protocol of Streamlit's page over web sockets, so that a machine with two cores can be twenty of them and the server.
Each asks a question of its own that the server has not met, all at once, and once more alone, and must get the same quotes both times.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import click
import regex
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tools.screenshots import PROJECT, SAMPLES, browsed, chromium, served

GOLD: Final = PROJECT / "eval" / "data" / "samples_gold.jsonl"
PATIENCE_S: Final = 60.0
FIRST_PAINTS: Final = 5
SINGLE: Final = 10
"""Questions that are asked one after the other, to say how long one person waits."""
_QUOTE: Final = regex.compile(r'<blockquote class="setu-quote"[^>]*>(.*?)</blockquote>', regex.DOTALL)
_QUESTION: Final = regex.compile(r'<div class="setu-question"[^>]*>.*?</span>(.*?)</div>', regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one visitor saw: the quotes, and after how many seconds the first statement or refusal, and the whole answer, were there."""

    question: str
    quotes: tuple[str, ...]
    questions: frozenset[str]
    first_s: float
    whole_s: float
    errors: tuple[str, ...]


class Visitor:
    """One session of the page. It is opened with `arrive`, and then asks."""

    def __init__(self, socket: ClientConnection, language: str) -> None:
        self._socket = socket
        self._query = urlencode({"lang": language})
        self._box = ""

    async def arrive(self) -> None:
        """Have the page drawn, and find the box for questions on it."""
        async for message in self._run(()):
            if message.delta.new_element.HasField("chat_input"):
                self._box = message.delta.new_element.chat_input.id
        if not self._box:
            raise RuntimeError("The page has no box for questions. Is it the chat, with documents in it?")

    async def ask(self, question: str) -> Asked:
        """Ask, and read until the page is drawn."""
        state = WidgetState(id=self._box)
        state.chat_input_value.data = question
        began = time.perf_counter()
        first, quotes, questions, errors = math.inf, list[str](), set[str](), list[str]()
        async for message in self._run([state]):
            if message.WhichOneof("type") == "new_session":
                quotes.clear()  # the page may be drawn once more, in the order it is read: what it shows in the end counts
            element = message.delta.new_element
            body = element.html.body
            questions.update(_QUESTION.findall(body))
            quotes += _QUOTE.findall(body)
            if _QUOTE.search(body) or 'class="setu-refusal"' in body:
                first = min(first, time.perf_counter() - began)
            if element.HasField("exception"):
                errors.append(element.exception.message)
            elif element.HasField("alert"):
                errors.append(element.alert.body)
        return Asked(question, tuple(dict.fromkeys(quotes)), frozenset(questions), first, time.perf_counter() - began, tuple(errors))

    async def _run(self, states: Iterable[WidgetState]) -> AsyncIterator[ForwardMsg]:
        sent = BackMsg()
        sent.rerun_script.query_string = self._query
        sent.rerun_script.widget_states.widgets.extend(states)
        await self._socket.send(sent.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = ForwardMsg.FromString(await self._socket.recv(decode=False))
                if message.WhichOneof("type") == "page_info_changed":
                    self._query = message.page_info_changed.query_string
                if message.WhichOneof("type") == "script_finished":
                    if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        continue  # the page is drawn once more, by itself
                    return
                yield message


async def visits(address: str, questions: Sequence[tuple[str, str]], *, together: bool) -> list[Asked]:
    """Have each question, with its language, asked by a visitor of its own; all at once or one after the other."""
    target = address.replace("http://", "ws://", 1) + "/_stcore/stream"
    connections = [connect(target, subprotocols=[Subprotocol("streamlit")], origin=address, max_size=None) for _ in questions]  # type: ignore[arg-type]
    sockets = [await one for one in connections]
    try:
        visitors = [Visitor(socket, language) for socket, (_, language) in zip(sockets, questions, strict=True)]
        for visitor in visitors:
            await visitor.arrive()
        asking = [visitor.ask(question) for visitor, (question, _) in zip(visitors, questions, strict=True)]
        return list(await asyncio.gather(*asking)) if together else [await one for one in asking]
    finally:
        for socket in sockets:
            await socket.close()


def questions_of(count: int, gold: Path = GOLD) -> list[tuple[str, str]]:
    """So many questions about the sample papers that can be answered, with their languages, from each language in turn."""
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    by_language: dict[str, list[str]] = {}
    for row in rows:
        if row["answerable"]:
            by_language.setdefault(row["lang"], []).append(row["text"])
    deepest = max(map(len, by_language.values()))
    turn = [(asked[n], language) for n in range(deepest) for language, asked in by_language.items() if n < len(asked)]
    if len(turn) < count:
        raise ValueError(f"{gold} has {len(turn)} questions that can be answered; {count} were wanted.")
    return turn[:count]


def crossed(alone: Sequence[Asked], together: Sequence[Asked]) -> list[str]:
    """What visitors saw that was not theirs: another answer than when asked alone, or the question of somebody else."""
    wrong: list[str] = []
    asked = {one.question for one in together}
    for before, now in zip(alone, together, strict=True):
        if before.quotes != now.quotes:
            wrong.append(f"{now.question}: {[one[:80] for one in now.quotes]} instead of {[one[:80] for one in before.quotes]}")
        others = {other for other in asked - {now.question} if any(other in seen for seen in now.questions)}
        wrong += [f"{now.question}: the question of another visitor was shown: {other}" for other in others]
    return wrong


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def processor_s(home: Path) -> float:
    """Seconds of processor time that the processes of a home have used; 0 where ``/proc`` does not tell."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"SETU_HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0"):
                ticks += sum(map(int, (process / "stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        except (OSError, IndexError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def first_paint_s(address: str) -> float:
    """Seconds from opening the chat in a browser with an empty cache until its welcome is seen; the median of a few."""
    taken = []
    for _ in range(FIRST_PAINTS):
        with browsed(viewport={"width": 1280, "height": 900}) as page:
            began = time.perf_counter()
            page.goto(f"{address}/?lang=en", wait_until="commit")
            page.locator(".setu-welcome").wait_for(timeout=PATIENCE_S * 1000)
            taken.append(time.perf_counter() - began)
    return percentile(taken, 0.5)


def measured(address: str, home: Path, count: int) -> Mapping[str, object]:
    """The figures, and what crossed or failed."""
    busy = os.getloadavg()[0]  # on a machine that has other work, only the processor time says something
    chosen = questions_of(count + SINGLE + 1)
    questions, single = chosen[:count], chosen[count:]
    asyncio.run(visits(address, single[-1:], together=False))  # the first question of a server reads its models
    paint = first_paint_s(address) if chromium() is not None else None
    began_cpu = processor_s(home)
    one = asyncio.run(visits(address, single[:-1], together=False))
    one_cpu = processor_s(home)
    together = asyncio.run(visits(address, questions, together=True))
    together_cpu = processor_s(home)
    alone = asyncio.run(visits(address, questions, together=False))  # afterwards: what was asked before is answered faster
    return {
        "visitors": count,
        "waiting_before": round(busy, 1),
        "first_paint_s": paint,
        "one_at_a_time": _figures(one) | {"processor_s_each": round((one_cpu - began_cpu) / SINGLE, 3)},
        "together": _figures(together) | {"processor_s_each": round((together_cpu - one_cpu) / count, 3)},
        "answered": sum(bool(asked.quotes) for asked in together),
        "errors": [error for asked in [*one, *alone, *together] for error in asked.errors],
        "crossed": crossed(alone, together),
    }


def _figures(asked: Sequence[Asked]) -> dict[str, float]:
    shares = {"median": 0.5, "p95": 0.95, "most": 1.0}
    first = {f"first_{name}_s": round(percentile([one.first_s for one in asked], share), 3) for name, share in shares.items()}
    return first | {f"whole_{name}_s": round(percentile([one.whole_s for one in asked], share), 3) for name, share in shares.items()}


@click.command()
@click.option("--visitors", default=20, show_default=True, help="How many ask at once.")
def main(visitors: int) -> None:
    """Index the sample papers into a scratch folder, have them asked about by many at once, and print the figures as JSON."""
    scratch = Path(tempfile.mkdtemp(prefix="setu-load-"))
    try:
        home = scratch / "home"
        os.environ |= {"SETU_HOME": str(home), "SETU_QUESTIONS_PER_MINUTE": "0"}
        subprocess.run([sys.executable, "-m", "ui.cli.main", "ingest", str(SAMPLES)], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
        with served(home) as address:
            click.echo(json.dumps(measured(address, home, visitors), indent=2, ensure_ascii=False))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
