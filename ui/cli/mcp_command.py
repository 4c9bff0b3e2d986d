"""``setu mcp``: the papers in an assistant on this machine."""

from __future__ import annotations

import click

from ui.cli.output import collection_option, knowledge_base


@click.command()
@collection_option
def mcp(collections: tuple[str, ...]) -> None:
    r"""Serve search, answers, checks, cards and obligations to an assistant on this machine, over stdin and stdout (MCP).

    The assistant starts it by itself; it sees what the terminal sees. Over the network it is `/mcp` of `setu serve`, with keys.

    \b
    Example:
      setu mcp

    In the assistant's configuration: {"mcpServers": {"setu": {"command": "setu", "args": ["mcp"]}}}
    """
    with knowledge_base(collections) as kb:
        from server.mcp.desktop import serve_stdio

        serve_stdio(kb)
