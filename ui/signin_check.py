"""What `setu doctor` says of signing in: which of the three ways is set up, and whether it would work."""

from __future__ import annotations

import importlib.util
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kb.errors import AccountsError
from ui.doctor import Check

if TYPE_CHECKING:
    from kb.settings import Settings

NEEDED: Final = ("redirect_uri", "cookie_secret")
OF_PROVIDER: Final = ("client_id", "client_secret", "server_metadata_url")
SHORTEST_SECRET: Final = 32


def check_signin(settings: Settings, files: tuple[Path, ...] | None = None) -> Check:
    """How people come in, and what is wrong with it. ``files`` are where Streamlit looks for its secrets; None: where it does."""
    from kb.accounts import Accounts

    people = Accounts(settings.home)
    try:
        everybody = [one for one in people.all() if not one.disabled]
    except AccountsError as error:
        return Check("sign-in", "failed", str(error), "Until then nobody can sign in.")
    except OSError as error:
        return Check("sign-in", "failed", f"{error.filename}: {error.strerror}", "Give it to the user Setu runs as.")
    for file in secrets_files() if files is None else files:
        if file.is_file():
            found = _provider(file, len(everybody))
            if found is not None:
                return found
    if not people.exist():
        return Check("sign-in", "ok", "nobody signs in: the chat is open on this machine, and nowhere else")
    if not any(one.role == "admin" for one in everybody):
        return Check("sign-in", "warning", "with a password, but nobody may manage people", "Run: setu users add NAME --role admin")
    return Check("sign-in", "ok", f"with a password, {len(everybody)} accounts")


def secrets_files() -> tuple[Path, ...]:
    """Where Streamlit looks for its secrets when the chat is started in the folder of the program."""
    named = os.environ.get("STREAMLIT_SECRETS_FILES")
    if named:
        return (Path(named),)
    return Path.home() / ".streamlit" / "secrets.toml", Path(__file__).parents[1] / ".streamlit" / "secrets.toml"


def _provider(file: Path, accounts: int) -> Check | None:
    """The check of a provider; None when the file names none."""
    try:
        auth = tomllib.loads(file.read_text(encoding="utf-8")).get("auth")
    except OSError as error:
        return Check("sign-in", "failed", f"{file} cannot be read: {error.strerror}", "Give it to the user Setu runs as.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # the parser's own words could quote the secret
        return Check("sign-in", "failed", f"{file} is not valid TOML", "Correct it; deploy/secrets.toml shows its form.")
    if auth is None:
        return None
    if not isinstance(auth, Mapping):
        return Check("sign-in", "failed", f"[auth] in {file} is no table", "Correct it; deploy/secrets.toml shows its form.")
    missing = _missing(auth)
    if missing:
        return Check("sign-in", "failed", f"[auth] in {file} lacks {', '.join(missing)}", "Add it; deploy/secrets.toml shows its form.")
    if importlib.util.find_spec("authlib") is None:
        return Check("sign-in", "failed", "an OpenID provider is set up, but Authlib is not installed", "pip install 'setu-qa[oidc]'")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Check("sign-in", "warning", f"{file} may be read by others, and holds the client's secret", f"Run: chmod 600 {file}")
    if len(str(auth["cookie_secret"])) < SHORTEST_SECRET:
        return Check("sign-in", "warning", f"cookie_secret in {file} is short", "Make one: openssl rand -hex 32")
    hosts = sorted({urlsplit(str(one["server_metadata_url"])).hostname or "?" for one in _providers(auth)})
    return Check("sign-in", "ok", f"by OpenID at {', '.join(hosts)}, {accounts} accounts")


def _providers(auth: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    named = [held for held in auth.values() if isinstance(held, Mapping) and "client_id" in held]
    return [auth, *named] if "client_id" in auth or not named else named


def _missing(auth: Mapping[str, Any]) -> list[str]:
    lacking = [key for key in NEEDED if not auth.get(key)]
    return list(dict.fromkeys([*lacking, *(key for one in _providers(auth) for key in OF_PROVIDER if not one.get(key))]))
