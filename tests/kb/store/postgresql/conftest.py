"""In this folder every home has its base in a database of its own, made when the home is first opened.

A module here takes its tests from one that knows nothing of it: what they say holds of a base in files, holds of one on a server.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb import Settings
from kb.auth.account_store import AccountStore
from kb.settings import Settings as Loaded
from tests.kb.make import DATABASES, base
from tests.postgresql import Server


@pytest.fixture(scope="session")
def blank(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with empty tables, of which others are copied."""
    url = postgresql.database()
    with base(tmp_path_factory.mktemp("blank"), database_url=url) as opened:
        opened._catalogue.accounts.exist()
    return url


@pytest.fixture(scope="module", autouse=True)
def there(postgresql: Server, blank: str) -> Iterator[dict[Path, str]]:
    """The databases by their homes."""
    made: dict[Path, str] = {}
    load, begin = Loaded.load, AccountStore.__init__

    def url_of(home: Path) -> str:
        if home not in made:
            made[home] = postgresql.database(blank)
            os.environ[DATABASES] = json.dumps({str(one): url for one, url in made.items()})
        return made[home]

    def loaded(**overrides: Any) -> Settings:
        found = load(**overrides)
        return found if found.database_url else found.model_copy(update={"database_url": url_of(found.home)})

    def begun(self: AccountStore, home: Path, url: str | None = None) -> None:
        begin(self, home, url or url_of(home))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATABASES, "{}")
        patch.setattr(Loaded, "load", loaded)
        patch.setattr(AccountStore, "__init__", begun)
        yield made
