"""Accounts, sessions and signing in of a home, for tests: passwords cost next to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb import Settings
from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.auth.sessions import Sessions
from kb.auth.sign_in import SignIn
from kb.files import private_folder
from kb.store.catalogue import Catalogue

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"


def catalogue_of(home: Path) -> Catalogue:
    """The catalogue of a home, opened once more."""
    private_folder(home)
    return Catalogue(Settings.load(home=home))


def accounts_of(home: Path, cost: Cost = CHEAP) -> Accounts:
    """The accounts of a home, as another process sees them."""
    return Accounts(catalogue_of(home), cost)


def sessions_of(home: Path, hours: float = 12) -> Sessions:
    """The sessions of a home, as another process sees them."""
    return Sessions(catalogue_of(home), hours)


def sign_in_of(home: Path, *told: Any, hours: float = 12, **clocks: Any) -> SignIn:
    """Signing in to a home, as another process lets people in."""
    return SignIn(catalogue_of(home), hours, *told, cost=CHEAP, **clocks)
