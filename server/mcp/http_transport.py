"""The MCP server over streamable HTTP: an ASGI app for one path, which asks of every request who it is from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import anyio.to_thread
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.routes import build_resource_metadata_url, create_protected_resource_routes
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.evidence.askers import NotLetInError, Seen
from server.mcp.mcp_server import mcp_server, quiet

Ask = Callable[[Request], Seen]
"""Who a request is from, with their view; raises `NotLetInError` where nobody is let in. Called in a worker thread."""
PATH: Final = "/mcp"
CHALLENGE: Final = 'Bearer realm="setu"'
INVALID: Final = ', error="invalid_token"'
_SEEN: Final = "setu.seen"


class McpApp:
    """An ASGI app. While `running`, it serves every request that ``ask`` lets in; a session serves only who opened it.

    Sessions are kept in the process. With several processes behind one address, ``stateless`` does without them: then only closing the
    connection cancels a request. Requests to other ``hosts``, or from a page of another, are refused; without any, whoever mounts it
    sees to that.
    """

    def __init__(
        self, ask: Ask, *, hosts: Sequence[str] = (), stateless: bool = False, challenge: str = CHALLENGE, pool: Executor | None = None
    ) -> None:
        self._ask, self._challenge = ask, challenge
        server, security = mcp_server(_seen_of, pool), _only(hosts) if hosts else None
        self._make = partial(StreamableHTTPSessionManager, app=server, stateless=stateless, security_settings=security)
        self._manager: StreamableHTTPSessionManager | None = None
        quiet()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve; for the lifespan of the app that this one is mounted in."""
        self._manager = self._make()
        try:
            async with self._manager.run():
                yield
        finally:
            self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        # uvicorn leaves the space behind the value of a header, which is none of it (RFC 9110, 5.5); the protocol compares values.
        scope = {**scope, "headers": [(name, value.strip(b" \t")) for name, value in scope["headers"]]}
        await (await self._answer(scope, receive))(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Any:
        request = Request(scope, receive)
        if self._manager is None:
            return _refused(503, "The MCP server is not running.")
        try:
            seen = await anyio.to_thread.run_sync(self._ask, request)
        except NotLetInError as error:
            told = {"WWW-Authenticate": self._challenge + INVALID} if "invalid_token" in str(error.headers) else {}
            first = {"WWW-Authenticate": self._challenge} if error.status == 401 else {}
            return _refused(error.status, str(error), error.headers | first | told)
        scope[_SEEN] = seen
        scope["user"] = AuthenticatedUser(AccessToken(token="-", client_id=seen.identity or "anybody", scopes=[]))
        return self._manager.handle_request


@dataclass(frozen=True, slots=True)
class SignIn:
    """By which OpenID providers (``issuers``) tokens are given for the server that is reached at ``address``."""

    address: str
    issuers: tuple[str, ...]


def mount_mcp(
    app: Starlette,
    ask: Ask,
    *,
    hosts: Sequence[str] = (),
    stateless: bool = False,
    sign_in: SignIn | None = None,
    pool: Executor | None = None,
) -> McpApp:
    """Serve MCP at ``/mcp`` of an app, from its start to its end.

    With ``sign_in`` a client that is refused is told where to get a token (RFC 9728). The work is done in ``pool``.
    """
    challenge = CHALLENGE
    if sign_in is not None:
        resource = AnyHttpUrl(f"{sign_in.address.rstrip('/')}{PATH}")
        app.router.routes += create_protected_resource_routes(resource, [AnyHttpUrl(one) for one in sign_in.issuers], resource_name="Setu")
        challenge = f'{CHALLENGE}, resource_metadata="{build_resource_metadata_url(resource)}"'
    mcp, before = McpApp(ask, hosts=hosts, stateless=stateless, challenge=challenge, pool=pool), app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(within: Any) -> AsyncIterator[Any]:
        async with mcp.running(), before(within) as state:
            yield state

    app.router.lifespan_context = lifespan
    app.router.routes.append(Route(PATH, endpoint=mcp))
    return mcp


def _only(hosts: Sequence[str]) -> TransportSecuritySettings:
    named = [name for host in hosts for name in (host, f"{host}:*")]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=named,
        allowed_origins=[f"{scheme}://{name}" for scheme in ("http", "https") for name in named],
    )


def _seen_of(request: Request) -> Seen:
    seen: Seen = request.scope[_SEEN]
    return seen


def _refused(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": message}}
    return JSONResponse(error, status_code=status, headers=headers)
