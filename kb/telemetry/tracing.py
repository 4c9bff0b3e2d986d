"""Traces for OpenTelemetry: a span for each request, search, answer and ingest, with numbers and words of ours and no text.

Spans are sent over HTTP (OTLP) to the collector that is named, in a thread of their own, and to nobody else. A collector that does not
answer costs spans and no answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from kb.event_log import Value, places
from kb.telemetry import spans
from kb.telemetry.spans import Name

_PATH: Final = "/v1/traces"


class _Traced:
    def __init__(self, tracer: Tracer, name: Name) -> None:
        self._span: Span = tracer.start_span(name)

    def within(self) -> AbstractContextManager[object]:
        return trace.use_span(self._span, end_on_exit=False, record_exception=False, set_status_on_exception=False)

    def end(self, fields: dict[str, Value], error: BaseException | None) -> None:
        self._span.set_attributes({f"setu.{name}": value for name, value in fields.items() if value is not None})
        if error is not None:  # its message may quote a paper
            self._span.set_attributes({"setu.code": type(error).__name__, "setu.at": places(error)})
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def start(collector: str) -> Callable[[], None]:
    """Send traces from now on, to the address of a collector or, of "", to the one in the environment; ends with what is returned."""
    exporter = OTLPSpanExporter(f"{collector.rstrip('/')}{_PATH}") if collector else OTLPSpanExporter()
    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "setu"), "service.version": version("setu-qa")}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("setu")
    end = spans.watch(lambda name: _Traced(tracer, name))

    def stop() -> None:
        end()
        provider.shutdown()

    return stop
