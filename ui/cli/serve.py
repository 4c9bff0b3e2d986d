"""``setu serve``: the knowledge base for programs, over HTTP."""

from __future__ import annotations

import os
import tomllib
from contextlib import closing
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
    with knowledge_base() as kb:
        import uvicorn

        from kb.webhooks.webhook_delivery import WebhookSender
        from server.app import create_app

        app = create_app(kb, kb.settings, listens=host, providers=providers)
        sender = WebhookSender(kb)
        click.echo(f"Setu serves programs at http://{host}:{port}; /docs says how.", err=True)
        sender.start()
        with closing(sender):
            uvicorn.run(
                app, host=host, port=port, log_level="warning", server_header=False, proxy_headers=False, timeout_graceful_shutdown=10
            )


def providers() -> bool:
    """Whether the chat is told of an OpenID provider, so that people sign in although there are no accounts; a file in doubt says so."""
    return any(said is None or "auth" in said for said in map(_read, _files()))


def _files() -> list[Path]:
    """The files of secrets that the chat reads."""
    places = (folder / ".streamlit" / "secrets.toml" for folder in (Path.home(), Path.cwd()))
    return [file for file in places if file.exists()]


def _read(file: Path) -> dict[str, object] | None:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
