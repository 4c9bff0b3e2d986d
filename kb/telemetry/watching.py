"""What the settings have a process watched by: figures for Prometheus, traces for OpenTelemetry, both or neither."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from kb.errors import MissingExtraError
from kb.settings import Settings

log = logging.getLogger(__name__)
_INSTALL: Final = "is not installed. Run: pip install -c constraints.txt -e"
COLLECTORS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Where OpenTelemetry itself has a collector named."""


def start(settings: Settings) -> Callable[[], None]:
    """Have this process watched as the settings say, until the function that is returned is called.

    Raises:
        MissingExtraError: a setting asks for what is not installed.
        SettingsError: the figures cannot be shown where the setting says.
    """
    with ExitStack() as begun:
        if settings.metrics:
            try:
                from kb.telemetry import metrics
            except ModuleNotFoundError as missing:
                raise MissingExtraError(f"SETU_METRICS asks for prometheus-client, which {_INSTALL} '.[metrics]'") from missing
            begun.callback(metrics.serve(settings.metrics))
        if settings.traces or any(os.environ.get(name) for name in COLLECTORS):
            try:
                from kb.telemetry import tracing
            except ModuleNotFoundError as missing:
                if settings.traces:
                    raise MissingExtraError(f"SETU_TRACES asks for OpenTelemetry, which {_INSTALL} '.[traces]'") from missing
                log.warning("The environment names a collector of traces, and OpenTelemetry is not installed: none are sent.")
            else:
                begun.callback(tracing.start(settings.traces))
        return begun.pop_all().close
