"""Several machines, each with a home of its own, use one base: what one does the others see, and who dies leaves nothing in half."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.records import Document
from kb import Filters, KnowledgeBase, KnowledgeBaseError
from kb.auth.account_store import AccountStore
from kb.auth.api_keys import ApiKeys
from kb.auth.passwords import Cost
from kb.auth.sign_in import Refused, SignIn
from kb.user_records import Exchange
from tests.kb.make import base, document, papers
from tests.postgresql import Server
from tests.support import PROJECT

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "harbour lights at nine"


@pytest.fixture
def nodes(database_url: str, tmp_path: Path) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    with base(tmp_path / "one", database_url=database_url) as one, base(tmp_path / "two", database_url=database_url) as two:
        yield one, two


def test_what_one_publishes_corrects_restricts_or_deletes_the_other_finds_at_its_next_search(
    nodes: tuple[KnowledgeBase, KnowledgeBase],
) -> None:
    one, two = nodes
    assert not two.search("memorandum").hits
    one.ingest_documents(papers())
    assert two.search("When was the memorandum signed?", k=1).hits[0].text.startswith("This Memorandum was signed")
    moc = next(info.id for info in two.documents() if info.title == "moc")
    two.correct(moc, "title", "Harbour Charter")
    assert one.search("When was the memorandum signed?", k=1).hits[0].document == "Harbour Charter"
    two.ingest_documents([document("moc", "en", "agreement", ("The pact was signed in Portside on 1 May 2026.",))])
    assert one.search("When was it signed?", k=1, filters=Filters(documents=(moc,))).hits[0].text.startswith("The pact was signed")
    one.delete(moc)
    assert moc not in {hit.document_id for hit in two.search("signed", k=50).hits}
    two.reindex()
    assert one.verify() == two.verify() == ()
    assert one.search("पूर इशारा").hits == two.search("पूर इशारा").hits


def test_a_conversation_is_begun_on_one_and_goes_on_at_the_other(nodes: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    one, two = nodes
    said = one.conversations.new().with_new(Exchange("When was it signed?", Filters()))
    one.conversations.save(said)
    again = two.conversations.load(said.id)
    assert again is not None
    two.conversations.save(again.with_new(Exchange("And where?", Filters())))
    whole = one.conversations.load(said.id)
    assert whole is not None
    assert [exchange.question for exchange in whole.exchanges] == ["When was it signed?", "And where?"]


def test_who_signs_in_at_one_is_signed_in_at_the_other_and_failures_count_for_both(
    nodes: tuple[KnowledgeBase, KnowledgeBase],
) -> None:
    stores = [AccountStore.of(node.settings) for node in nodes]
    one, two = (SignIn(store, 12, cost=CHEAP) for store in stores)
    with closing(stores[0]), closing(stores[1]):
        one.accounts.add("asha", "admin", None, PASSWORD)
        token = one.enter("asha", PASSWORD, "10.0.0.1")
        assert isinstance(token, str)
        assert two.sessions.find(token) is not None
        two.sessions.end(token)
        assert one.sessions.find(token) is None
        tries = [door.enter("asha", "wrong", "10.0.0.2") for door in (one, two, one, two, one)]
        assert all(isinstance(one, Refused) and not one.wait for one in tries)
        assert isinstance(refused := two.enter("asha", PASSWORD, "10.0.0.2"), Refused)
        assert refused.wait > 0
        _, key = ApiKeys(stores[0]).create("reports")
        assert ApiKeys(stores[1]).find(key) is not None
        ApiKeys(stores[1]).revoke("reports")
        assert ApiKeys(stores[0]).find(key) is None
        assert not (nodes[0].settings.home / "accounts.sqlite3").exists()


def test_many_that_begin_at_once_make_the_tables_once(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.database()
    code = "import sys; from kb import KnowledgeBase, Settings\nwith KnowledgeBase.open(Settings.load()) as kb: print(kb.verify())"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            env={**os.environ, "SETU_HOME": str(tmp_path / str(number)), "SETU_DATABASE_URL": url},
            stdout=subprocess.PIPE,
        )
        for number in range(4)
    ]
    assert [(one.communicate()[0].strip(), one.returncode) for one in started] == [(b"()", 0)] * 4


def test_many_writers_at_once_lose_nothing(nodes: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        node = nodes[number % 2]
        try:
            for at in range(4):
                node.conversations.save(node.conversations.new().with_new(Exchange(f"Question {number} {at}?", Filters())))
                node.ingest_documents([document(f"paper {number} {at}", "en", "news", (f"Tram {number} stops at pier {at}.",))])
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for node in nodes:
        assert len(node.documents()) == len(node.conversations.list()) == 24
        assert node.verify() == ()


@pytest.mark.slow
def test_a_server_that_crashes_at_random_moments_of_an_ingest_loses_and_doubles_nothing(
    postgresql: Server, nodes: tuple[KnowledgeBase, KnowledgeBase]
) -> None:
    one, two = nodes

    def edition(n: int, number: int) -> Document:
        return document(f"paper {n}", "en", "news", tuple(f"Tram {n} stops at pier {at} by plan {number}." for at in range(30)))

    wanted = [edition(n, 0) for n in range(30)]
    one.ingest_documents(wanted[:1])
    chance, told = random.Random(5), list[str]()
    for _ in range(4):

        def crash() -> None:
            time.sleep(0.2 + 1.5 * chance.random())
            postgresql.stop()
            time.sleep(0.3)
            postgresql.start()

        crasher = threading.Thread(target=crash)
        crasher.start()
        while crasher.is_alive():
            try:
                one.ingest_documents([edition(chance.randrange(30), chance.randrange(1000))])
            except KnowledgeBaseError as error:
                told.append(str(error))
        crasher.join()
        two._publisher.heal()
        assert two.verify() == ()
        assert {info.chunks for info in two.documents()} == {30}
    assert all("Nothing is kept in half" in one for one in told)
    two.ingest_documents(wanted)
    assert [info.chunks for info in one.documents()] == [30] * 30
    assert one.verify() == ()


@pytest.mark.slow
def test_writers_that_are_killed_lose_nothing_double_nothing_and_show_no_reader_half(postgresql: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "tools/kill_test.py", "--kills", "6", "--documents", "12", "--minutes", "5", "--json", str(report)]
    away = {**os.environ, "SETU_DATABASE_URL": postgresql.database()}
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, env=away)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["kills"] >= 6
    assert told["passages_seen"] > 100
    for wrong in ("inconsistent", "lost", "doubled", "half_seen", "failed"):
        assert told[wrong] == []
