"""The application: which paths there are, and what holds for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.routing import Route

from kb import KnowledgeBase
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts
from kb.auth.api_keys import ApiKeys
from kb.auth.background.idempotency import IdempotencyKeys
from kb.auth.background.job_records import JobRecords
from kb.auth.openid.bearer_tokens import BearerTokens
from kb.auth.throttle import HOUR_S, limiter_of
from kb.settings import Settings
from kb.telemetry.spans import watched
from server import description, limits, problems
from server.evidence.asker_views import seen
from server.mcp.http_transport import SignIn, mount_mcp
from server.openai_paths.openai_router import openai_router
from server.operations.health import mount_health
from server.operations.request_spans import RequestSpans
from server.replays import Replays
from server.serving import Serving
from server.v1 import agreements, ask, documents, exchange_map, modules, passages, search, talks, verify
from server.v1 import jobs as job_list
from ui.jobs.ingest_jobs import Items
from ui.jobs.ingest_tasks import clear_up
from ui.jobs.kept_jobs import LIBRARY, KeptJobs
from ui.jobs.queued_uploads import QueuedUploads
from ui.jobs.runner import Jobs

ROUTERS = (
    ask.router, search.router, verify.router, documents.router, passages.router, agreements.router, exchange_map.router, modules.router,
    talks.router, job_list.router,
)  # fmt: skip


def create_app(
    base: KnowledgeBase,
    settings: Settings,
    *,
    listens: str = "127.0.0.1",
    providers: Callable[[], bool] = lambda: False,
    seconds: float = 120.0,
    heartbeat: float = 15.0,
    tokens: BearerTokens | None = None,
    address: str = "",
) -> FastAPI:
    """The application over a knowledge base, which it does not close.

    Args:
        base: the whole of it; who asks sees their part (`server.access`).
        settings: those of the home.
        listens: the address that the server listens on.
        providers: whether an OpenID provider is set up, so that people sign in although there are no accounts.
        seconds: how long a request may take that is no stream.
        heartbeat: after so many seconds of silence a stream says that it is still there.
        tokens: who the tokens of the OpenID provider stand for; None where there is none.
        address: where the server is reached, for clients that are to be told where to get a token.
    """
    store = AccountStore.of(settings)
    here: Jobs[Items] = Jobs(LIBRARY, keeper=KeptJobs(JobRecords(store)))
    jobs = QueuedUploads(base.queue) if base.queue is not None else here
    replays = Replays(IdempotencyKeys(store))
    clear_up(base)
    have = Serving(
        base, settings, Accounts(store), ApiKeys(store), jobs, replays, listens, providers, seconds, heartbeat, tokens,
        limiter_of(store, "questions"), limiter_of(store, "uploads", HOUR_S),
    )  # fmt: skip

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        readiness.close()
        have.pool.shutdown(wait=False, cancel_futures=True)
        have.images.close()
        store.close()

    app = FastAPI(
        title="Setu",
        version=version("setu-qa"),
        summary="Answers with verified citations from papers in Marathi, Hindi, English and Japanese.",
        description=description.ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.setu = have
    problems.handle(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(openai_router(seen, have.pool), include_in_schema=False)  # OpenAI describes them
    issuers = tuple(one.issuer for one in tokens.providers) if tokens is not None else ()
    mount_mcp(app, seen, pool=have.pool, sign_in=SignIn(address, issuers) if issuers and address else None)
    readiness = mount_health(app, base.fault)
    description.describe(app)
    app.add_middleware(limits.Bodies, most_upload=settings.limits.max_bytes)
    app.add_middleware(limits.SafeHeaders)
    if watched():
        app.add_middleware(RequestSpans, fixed=frozenset(route.path for route in app.routes if isinstance(route, Route)))
    return app
