"""A base on a server that an older Setu wrote is brought to today's layout once, whoever opens it first, with what is in it."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import inspect, make_url

from kb import Settings
from kb.store.catalogue import Catalogue
from kb.store.schema import SCHEMA_VERSION
from tests.kb.make import base, papers
from tests.kb.store.test_migrate import OLDER
from tests.postgresql import Server


def columns(home: Path, url: str) -> dict[str, set[tuple[str, str, bool]]]:
    catalogue = Catalogue(Settings.load(home=home, database_url=url))
    with catalogue.read() as conn:
        seen = inspect(conn)
        found = {t: {(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(t)} for t in seen.get_table_names()}
    catalogue.close()
    return found


def test_a_base_of_layout_8_or_7_opens_with_its_papers_and_the_tables_of_a_new_one(
    postgresql: Server, database_url: str, tmp_path: Path
) -> None:
    with base(tmp_path / "home", database_url=database_url) as opened:
        opened.ingest_documents(papers())
    new = columns(tmp_path / "home", database_url)
    database = make_url(database_url).database or ""
    for layout in ("8", "7"):
        for older in range(int(SCHEMA_VERSION) - 1, int(layout) - 1, -1):
            for statement in OLDER.get(str(older), ()):
                postgresql.run(statement, database)
        postgresql.run(f"UPDATE meta SET value = '{layout}' WHERE key = 'schema'", database)
        threads = [threading.Thread(target=columns, args=(tmp_path / str(number), database_url)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert columns(tmp_path / "home", database_url) == new
        assert postgresql.run("SELECT value FROM meta WHERE key = 'schema'", database) == [(SCHEMA_VERSION,)]
        with base(tmp_path / "home", database_url=database_url) as opened:
            assert {d.title for d in opened.documents()} == {"moc", "batmi", "houkoku"}
            assert opened.verify() == ()
