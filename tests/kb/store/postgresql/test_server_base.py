"""The same Setu with its base on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from kb import Settings
from tests.kb.make import base, papers
from ui.cli.doctor import check_server


def test_papers_that_are_taken_in_are_found_again_and_nothing_of_them_lies_in_a_file(database_url: str, tmp_path: Path) -> None:
    with base(tmp_path / "home", database_url=database_url) as opened:
        opened.ingest_documents(papers())
        assert opened.verify() == ()
    with base(tmp_path / "other", database_url=database_url) as again:
        (hit, *_) = again.search("When was the memorandum signed?", k=3).hits
        assert hit.text == "This Memorandum was signed in Kalpanagar on 12 March 2025."
        assert again.verify() == ()
    assert not (tmp_path / "home" / "catalogue.sqlite").exists()


def test_the_doctor_names_the_server_or_says_that_it_is_gone(database_url: str, tmp_path: Path) -> None:
    found = check_server(Settings.load(home=tmp_path, database_url=database_url))
    assert found is not None
    assert found.outcome == "ok"
    assert found.detail.startswith("PostgreSQL 1")
    gone = check_server(Settings.load(home=tmp_path, database_url="postgresql+psycopg://setu@127.0.0.1:9/setu"))
    assert gone is not None
    assert gone.outcome == "failed"
    assert "cannot be reached" in gone.detail
