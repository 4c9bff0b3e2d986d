"""``setu serve``: the knowledge base for programs, over HTTP."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import click

from ui.cli.output import Failure, knowledge_base


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True, help="The port.")
def serve(host: str, port: int) -> None:
    r"""Serve programs: questions, search, verification, documents and more, under /v1; /docs says how.

    Programs send a key (setu keys create). Without one this machine alone is served, and only where nobody signs in to the chat.

    \b
    Example:
      setu serve --port 8600
    """
    os.umask(0o077)  # what is sent is the home's, and its owner's alone
    for file in _files():
        if _read(file) is None:
            raise Failure(f"{file} cannot be read or is not valid TOML. Correct it, or remove it, and start again.")
    with knowledge_base() as kb, ExitStack() as beside:
        import uvicorn

        from kb.auth.account_store import AccountStore
        from kb.auth.openid.bearer_tokens import BearerTokens, providers_of
        from kb.auth.sign_in import SignIn
        from kb.sync.sync_schedule import Schedule
        from kb.telemetry import watching
        from kb.webhooks.webhook_delivery import WebhookSender
        from server.app import create_app

        beside.callback(watching.start(kb.settings))  # before the application is made, which looks whether anybody watches
        settings, signin = kb.settings, SignIn(AccountStore.of(kb.settings), kb.settings.session_hours)
        address = settings.api_address.rstrip("/") or f"http://{host}:{port}"
        vouching = [one for file in _files() for one in providers_of(_auth(_read(file) or {}))]
        tokens = BearerTokens(vouching, settings, signin, (address, f"{address}/mcp")) if vouching else None
        app = create_app(kb, settings, listens=host, providers=providers, tokens=tokens, address=address)
        click.echo(f"Setu serves programs at http://{host}:{port}; /docs says how.", err=True)
        if settings.sync_schedule:
            beside.callback(Schedule(kb).start().stop)
        sender = WebhookSender(kb)
        sender.start()
        beside.enter_context(closing(sender))
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, proxy_headers=False, timeout_graceful_shutdown=10)


def providers() -> bool:
    """Whether the chat is told of an OpenID provider, so that people sign in although there are no accounts; a file in doubt says so."""
    return any(said is None or "auth" in said for said in map(_read, _files()))


def _files() -> list[Path]:
    """The files of secrets that the chat reads."""
    named = os.environ.get("STREAMLIT_SECRETS_FILES")
    places = [Path(named)] if named else [folder / ".streamlit" / "secrets.toml" for folder in (Path.home(), Path.cwd())]
    return [file for file in places if file.exists()]


def _auth(said: Mapping[str, object]) -> Mapping[str, object]:
    found = said.get("auth")
    return found if isinstance(found, Mapping) else {}


def _read(file: Path) -> dict[str, object] | None:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
