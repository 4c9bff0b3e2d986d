"""Webhooks: who may make them, what is noted, told, tried again and never told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import AccessError
from kb.store.webhooks import webhook_queue
from kb.store.webhooks.webhook_queue import RETRIES, WebhookError
from kb.store.webhooks.webhook_tables import deliveries, webhooks
from kb.webhooks.signing import signature
from kb.webhooks.webhook_delivery import WebhookSender, deliver, note_due
from tests.kb.make import base, document
from tests.kb.webhooks.conftest import Receiver

ADDRESS = "https://setu.example.org"
TEXT = "The harbour master shall inspect the lantern tower before each spring tide."


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home", address=ADDRESS) as opened:
        yield opened


def paper(kb: KnowledgeBase, name: str = "Lantern rules", text: str = TEXT, **more: object) -> int:
    kb.ingest_documents([document(name, "en", "agreement", [text])], **more)  # type: ignore[arg-type]
    return next(info.id for info in kb.documents() if info.title == name)


def hurry(kb: KnowledgeBase) -> None:
    """Have what waits be tried now."""
    with kb._catalogue.write() as conn:
        conn.execute(update(deliveries).values(due=webhook_queue._now() - timedelta(seconds=1)))


def test_the_signature_is_that_of_the_example_of_standard_webhooks() -> None:
    given = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature(*given) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_new_paper_and_its_next_version_are_told_once_each_with_id_title_date_and_link_and_no_text(kb, receiver: Receiver) -> None:
    hook, secret = kb.webhooks.add(receiver.url)
    number = paper(kb)
    paper(kb, text=TEXT.replace("spring", "neap"))
    assert deliver(kb.webhooks, ADDRESS) == 2
    assert deliver(kb.webhooks, ADDRESS) == 0
    first, second = sorted(receiver.told(), key=lambda one: one["data"]["version"])
    assert first["type"] == "document.version"
    assert first["data"] == {
        "document": number, "title": "Lantern rules", "kind": "agreement", "language": "en", "date": first["data"]["date"], "version": 1,
        "url": f"{ADDRESS}/library?document={number}",
    }  # fmt: skip
    assert second["data"]["version"] == 2
    for headers, body in receiver.got:
        assert b"lantern tower" not in body
        assert headers["webhook-signature"] == signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 2
    assert kb.webhooks.get(hook.id).waiting == 0


def test_a_rejected_file_is_told_once_and_again_for_another_reason(kb, receiver: Receiver, tmp_path: Path) -> None:
    kb.webhooks.add(receiver.url, ["document.rejected"])
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"%PDF-1.7 nothing of the kind")
    for _ in range(2):
        kb.ingest([file])
    deliver(kb.webhooks, ADDRESS)
    (told,) = receiver.told()
    assert (told["type"], told["data"]["file"], told["data"]["title"]) == ("document.rejected", "broken.pdf", None)
    assert told["data"]["reason"].endswith("Error")
    file.write_bytes(b"")
    kb.ingest([file])
    deliver(kb.webhooks, ADDRESS)
    assert len(receiver.got) == 2


def test_of_a_paper_that_is_not_to_leave_the_house_no_title_is_told(kb, receiver: Receiver) -> None:
    kb.webhooks.add(receiver.url)
    kb.keep_in_house(paper(kb), kept=True)
    deliver(kb.webhooks, ADDRESS)
    (told,) = receiver.told()
    assert told["data"]["title"] is None
    assert b"Lantern" not in receiver.got[0][1]


def test_a_paper_of_an_access_group_is_told_to_webhooks_of_that_group_alone(kb, receiver: Receiver) -> None:
    for groups in ((), ("ports",), ("roads",), None):
        kb.webhooks.add(receiver.url, groups=groups)
    paper(kb, groups=("ports",))
    deliver(kb.webhooks, ADDRESS)
    assert sorted(headers["webhook-id"].split("_")[1] for headers, _ in receiver.got) == ["2", "4"]


def test_what_fails_is_tried_again_under_its_id_ever_later_and_given_up_after_the_last_try(kb, receiver: Receiver) -> None:
    hook, _ = kb.webhooks.add(receiver.url)
    paper(kb)
    receiver.answers = [500, 302, *[503] * 20]
    for _ in range(len(RETRIES) + 3):
        deliver(kb.webhooks, ADDRESS)
        assert deliver(kb.webhooks, ADDRESS) == 0  # it waits
        hurry(kb)
    assert len(receiver.got) == len(RETRIES)
    assert len({(headers["webhook-id"], body) for headers, body in receiver.got}) == 1
    now = kb.webhooks.get(hook.id)
    assert (now.waiting, now.failed, now.error) == (0, 1, "The receiver answered 503.")
    receiver.answers = []
    assert kb.webhooks.retry(hook.id) == 1
    assert deliver(kb.webhooks, ADDRESS) == 1
    assert kb.webhooks.get(hook.id).failed == 0


def test_a_receiver_that_is_gone_is_not_tried_again_and_one_that_is_down_is(kb, receiver: Receiver) -> None:
    gone, _ = kb.webhooks.add(receiver.url)
    down, _ = kb.webhooks.add("http://127.0.0.1:9/")
    receiver.answers = [410]
    paper(kb)
    deliver(kb.webhooks, ADDRESS)
    assert kb.webhooks.get(gone.id).failed == 1
    assert kb.webhooks.get(down.id).waiting == 1
    assert kb.webhooks.get(down.id).error == "There was no answer (ConnectError)."


def test_who_is_killed_while_sending_leaves_it_to_be_sent_again_under_the_same_id(kb, receiver: Receiver) -> None:
    kb.webhooks.add(receiver.url)
    paper(kb)
    (taken,) = kb.webhooks.take(10)
    assert kb.webhooks.take(10) == ()  # nobody else sends it meanwhile
    hurry(kb)
    deliver(kb.webhooks, ADDRESS)
    assert receiver.got[0][0]["webhook-id"] == taken.key


def test_an_obligation_that_falls_due_is_told_once_within_the_lead_days(tmp_path: Path, receiver: Receiver) -> None:
    today = date.today()
    soon, later = today + timedelta(days=5), today + timedelta(days=40)
    text = (
        "MEMORANDUM OF UNDERSTANDING\n\nArticle 1\n"
        f"1. The Port shall repair the lantern by {soon:%d %B %Y}.\n2. The Port shall paint the tower by {later:%d %B %Y}.\n"
    )
    with base(tmp_path / "home") as kb:
        file = tmp_path / "lantern.txt"
        file.write_text(text, encoding="utf-8")
        kb.webhooks.add(receiver.url, ["obligation.due"])
        kb.ingest([file], kind="agreement")
        for _ in range(2):
            note_due(kb, today)
            deliver(kb.webhooks, ADDRESS)
        (told,) = receiver.told()
        assert (told["type"], told["data"]["due"]) == ("obligation.due", soon.isoformat())
        assert told["data"]["obligation"].startswith(f"{told['data']['document']}.obligation-")
        assert b"repair" not in receiver.got[0][1]
        note_due(kb, later)  # also what fell due while nobody looked
        deliver(kb.webhooks, ADDRESS)
        assert [one["data"]["due"] for one in receiver.told()] == [soon.isoformat(), later.isoformat()]


def test_the_sender_sends_in_the_background(kb, receiver: Receiver) -> None:
    kb.webhooks.add(receiver.url)
    sender = WebhookSender(kb)
    sender.start()
    paper(kb)
    for _ in range(100):
        if receiver.got:
            break
        sender._ended.wait(0.1)
    sender.close()
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "reader",
    [Reader("v", "viewer"), Reader("e", "editor"), Reader("a", "admin", frozenset({"ports"})), Reader("a", "admin", frozenset())],
)
def test_webhooks_take_an_admin_of_all_groups(kb, reader: Reader) -> None:
    hooks = kb.seen_by(reader).webhooks
    kb.webhooks.add("https://a.example/")
    for call in (
        hooks.all,
        lambda: hooks.add("https://b.example/"),
        lambda: hooks.remove(1),
        lambda: hooks.trial(1),
        lambda: hooks.retry(1),
    ):
        with pytest.raises(AccessError):
            call()


@pytest.mark.parametrize(
    "url", ["http://portal.example.org/", "ftp://127.0.0.1/", "https://", "https://me:key@a.example/", "https://a b/", "file:///etc", "x"]
)
def test_only_https_or_this_machine_is_told_unless_the_admin_allows_it(kb, url: str) -> None:
    with pytest.raises(WebhookError):
        kb.webhooks.add(url)
    assert kb.webhooks.all() == ()
    for good in ("https://portal.example.org/setu?a=1", "http://localhost:9000/", "http://[::1]:9000/"):
        kb.webhooks.add(good)
    kb.webhooks.add("http://portal.example.org/", without_tls=True)


def test_without_webhooks_nothing_is_noted_and_a_removed_one_is_told_nothing(kb, receiver: Receiver) -> None:
    paper(kb)
    hook, _ = kb.webhooks.add(receiver.url)
    assert deliver(kb.webhooks, ADDRESS) == 0
    paper(kb, "Tower rules")
    kb.webhooks.remove(hook.id)
    assert deliver(kb.webhooks, ADDRESS) == 0


def test_a_home_of_layout_9_opens_and_has_webhooks(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        paper(kb)
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as conn:
        conn.executescript("DROP TABLE webhook_deliveries; DROP TABLE webhooks; UPDATE meta SET value = '9' WHERE key = 'schema'")
    with base(tmp_path) as kb:
        assert kb.webhooks.all() == ()
        kb.webhooks.add("https://a.example/")
        paper(kb, "Tower rules")
        with kb._catalogue.read() as conn:
            assert [json.loads(row.about) for row in conn.execute(deliveries.select())] == [{"version": 1}]
            assert conn.execute(webhooks.select()).one().url == "https://a.example/"
