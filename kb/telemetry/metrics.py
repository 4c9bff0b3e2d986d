"""Figures for Prometheus, counted from what the log is told and from stretches of work; shown on a port of their own.

A label is a word of ours: the template of a path, never the path; an outcome, a kind of error, the model of the settings. Nothing tells
who asked, or what.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kb import event_log
from kb.errors import SettingsError
from kb.event_log import Value
from kb.telemetry import spans
from kb.telemetry.queues import lengths
from kb.telemetry.spans import Name

_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_PAPERS: Final = ("added", "updated", "unchanged", "rejected", "withdrawn")


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_Queues())
        self._requests = Counter("setu_requests", "Requests by template of path.", ("method", "path", "status"), registry=registry)
        self._request_s = _seconds("request", "How long requests take.", registry, "method", "path")
        self._at_work = Gauge("setu_at_work", "What goes on just now.", ("what",), registry=registry)
        self._spans = {
            "search": _seconds("search", "How long searches take, those of answers among them.", registry),
            "answer": _seconds("answer", "How long answers take, from the first step to the last.", registry),
            "ingest": _seconds("ingest", "How long taking papers in takes.", registry),
        }
        self._answers = Counter("setu_answers", "Questions by what came of them.", ("outcome", "reason", "engine"), registry=registry)
        self._papers = Counter("setu_papers", "Papers by what an ingest did with them.", ("outcome",), registry=registry)
        self._ingests = Counter("setu_ingests", "Ingests by how they ended.", ("outcome",), registry=registry)
        self._tokens = Counter("setu_model_tokens", "What language models cost.", ("model", "direction"), registry=registry)
        self._model_s = Counter("setu_model_seconds", "How long language models wrote.", ("model",), registry=registry)
        self._faults = Counter("setu_model_faults", "Why language models broke off.", ("model", "fault"), registry=registry)
        self._sign_ins = Counter("setu_sign_ins", "Tries to sign in.", ("outcome",), registry=registry)
        self._errors = Counter("setu_errors", "What failed, by its kind.", ("event", "code"), registry=registry)

    def begun(self, name: Name) -> _Timed:
        """A stretch of work begins; see `kb.telemetry.spans.Watcher`."""
        return _Timed(self, name)

    def ended(self, name: Name, seconds: float, fields: Mapping[str, Value]) -> None:
        """A stretch of work is over."""
        if name == "request":
            method, path = str(fields.get("method", "")), str(fields.get("path", ""))
            self._requests.labels(method, path, str(fields.get("status", ""))).inc()
            self._request_s.labels(method, path).observe(seconds)
        else:
            self._spans[name].observe(seconds)

    def at_work(self, name: Name, change: int) -> None:
        """So many more stretches go on."""
        self._at_work.labels(name).inc(change)

    def heard(self, name: str, fields: Mapping[str, Value]) -> None:
        """Count an event of the log."""
        if "code" in fields:
            self._errors.labels(name, str(fields["code"])).inc()
        outcome = str(fields.get("outcome", ""))
        if name == "question":
            self._answers.labels(outcome, str(fields.get("reason") or ""), str(fields.get("engine") or "")).inc()
        elif name == "ingest":
            self._ingests.labels(outcome).inc()
            for what in _PAPERS:
                self._papers.labels(what).inc(_number(fields.get(what)))
        elif name in ("written", "worded"):
            model = str(fields.get("model", ""))
            self._tokens.labels(model, "in").inc(_number(fields.get("tokens_in")))
            self._tokens.labels(model, "out").inc(_number(fields.get("tokens_out")))
            self._model_s.labels(model).inc(_number(fields.get("ms")) / 1000)
            if fields.get("fault"):
                self._faults.labels(model, str(fields["fault"])).inc()
        elif name == "sign_in":
            self._sign_ins.labels(outcome).inc()


class _Timed:
    def __init__(self, metrics: Metrics, name: Name) -> None:
        self._metrics, self._name, self._began = metrics, name, time.perf_counter()
        metrics.at_work(name, 1)

    def within(self) -> AbstractContextManager[object]:
        return nullcontext()

    def end(self, fields: dict[str, Value], error: BaseException | None) -> None:
        self._metrics.at_work(self._name, -1)
        self._metrics.ended(self._name, time.perf_counter() - self._began, fields)


class _Queues(Collector):
    """The lengths of the queues of this process at the moment they are asked for."""

    def collect(self) -> Iterator[Metric]:
        found = GaugeMetricFamily("setu_waiting", "What waits for its turn.", labels=("queue",))
        for name, length in lengths().items():
            found.add_metric((name,), length)
        yield found


def _seconds(what: str, about: str, registry: CollectorRegistry, *labels: str) -> Histogram:
    return Histogram(f"setu_{what}_seconds", about, labels, registry=registry, buckets=_SECONDS)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def place(setting: str) -> tuple[str, int]:
    """Host and port of the setting ``metrics``, which was checked when it was read."""
    host, _, port = setting.rpartition(":")
    return host.strip("[]"), int(port)


def serve(setting: str) -> Callable[[], None]:
    """Count from now on, and show the figures at ``/metrics`` of a host and port; the function that is returned ends both.

    Raises:
        SettingsError: nothing can listen there.
    """
    host, port = place(setting)
    metrics = Metrics()
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"SETU_METRICS names {setting}, where nothing can listen: {error}. Name a free port of this machine; two processes need two."
        ) from error
    ends = (spans.watch(metrics.begun), event_log.listen(metrics.heard))
    once = threading.Lock()

    def stop() -> None:
        if once.acquire(blocking=False):
            for end in ends:
                end()
            server.shutdown()
            server.server_close()
            thread.join()

    return stop
