"""Sends what waits for webhooks: in the background, signed, with retries that come ever later."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Final

from kb import event_log
from kb.errors import KnowledgeBaseError
from kb.store.webhooks.webhook_queue import Delivery, Webhooks
from kb.webhooks.signing import signature

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

TIMEOUT_S: Final = 10.0
AT_ONCE: Final = 8
LOOK_S: Final = 2.0
"""How often it is looked whether something is to be sent."""
_DUE_EVERY_S: Final = 3600.0
_GONE: Final = 410


def send(delivery: Delivery, address: str) -> tuple[int, str]:
    """Send a delivery; returns the status, 0 where there was no answer, and what went wrong, "" where nothing did.

    Args:
        delivery: what is told.
        address: where the chat is reached, for the link.
    """
    import httpx  # not above: a command that sends nothing needs none

    now = int(time.time())
    body = message(delivery, address)
    headers = {
        "Content-Type": "application/json", "User-Agent": "Setu-Webhooks", "webhook-id": delivery.key, "webhook-timestamp": str(now),
        "webhook-signature": signature(delivery.secret, delivery.key, now, body),
    }  # fmt: skip
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", delivery.url, content=body, headers=headers) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return 0, f"There was no answer ({type(error).__name__})."
    return status, "" if 200 <= status < 300 else f"The receiver answered {status}."


def message(delivery: Delivery, address: str) -> bytes:
    """The body of a delivery, the same at each try: type, time and data, with the link to the paper."""
    data = dict(delivery.data)
    if "document" in data:
        data["url"] = f"{address.rstrip('/')}/library?document={data['document']}"
    told = {"type": delivery.type, "timestamp": delivery.first.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z"), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def deliver(hooks: Webhooks, address: str) -> int:
    """Send all that is to be sent now; returns how much was taken on."""
    done = 0
    with ThreadPoolExecutor(AT_ONCE, "setu-webhook") as pool:
        while taken := hooks.take(AT_ONCE):
            list(pool.map(lambda one: _one(hooks, one, address), taken))
            done += len(taken)
    return done


def _one(hooks: Webhooks, delivery: Delivery, address: str) -> None:
    status, wrong = send(delivery, address)
    if wrong:
        hooks.failed(delivery, wrong, gone=status == _GONE)
    else:
        hooks.sent(delivery)
    event_log.event("webhook", type=delivery.type, status=status, tries=delivery.tries)


def note_due(base: KnowledgeBase, today: date) -> int:
    """Note the obligations that fall due within `Settings.webhook_lead_days`, or fell due since a webhook asks for them; each once."""
    since = base.webhooks.wants_due()
    if since is None:
        return 0
    from kb.agreements.obligation_register import overview

    last = today + timedelta(days=base.settings.webhook_lead_days)
    due = [
        row
        for row in overview(base, today, "en").rows
        if row.day is not None and since.date() <= row.day <= last and row.due != "closed" and not row.counted
    ]
    return sum(base.webhooks.note_due(row.paper.id, row.one.key, row.day.isoformat()) for row in due if row.day is not None)


class WebhookSender:
    """Sends in a thread of its own for as long as it runs; what fails is in the log and tried again."""

    def __init__(self, base: KnowledgeBase, today: Callable[[], date] = date.today) -> None:
        self._base = base
        self._today = today
        self._ended = threading.Event()
        self._looked = -_DUE_EVERY_S
        self._thread = threading.Thread(target=self._run, name="setu-webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after what is being sent; the rest waits in the catalogue."""
        self._ended.set()
        self._thread.join(TIMEOUT_S + LOOK_S)

    def _run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                if time.monotonic() - self._looked >= _DUE_EVERY_S:
                    self._looked = time.monotonic()
                    note_due(self._base, self._today())
                deliver(self._base.webhooks, self._base.settings.address)
            except Exception as error:  # noqa: BLE001 - the next look comes in any case
                with suppress(KnowledgeBaseError, OSError):
                    event_log.failure("webhook", error)
