"""The MCP server over stdin and stdout, for an assistant on the same machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from mcp.server.stdio import stdio_server

from server.evidence.askers import Seen
from server.mcp.mcp_server import mcp_server, quiet

if TYPE_CHECKING:
    from kb import KnowledgeBase


def serve_stdio(kb: KnowledgeBase) -> None:
    """Serve until stdin ends, as whoever runs the process; nothing but the protocol goes to stdout."""
    quiet()
    server = mcp_server(lambda _request: Seen(kb))

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(run)
