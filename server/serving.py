"""What one server has: the knowledge base, who may ask, how often, and the work that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request

from ingest.processes.page_images import PageImages
from kb import KnowledgeBase
from kb.auth.accounts import Accounts
from kb.auth.api_keys import ApiKeys
from kb.auth.openid.bearer_tokens import BearerTokens
from kb.auth.throttle import HOUR_S, Limiter
from kb.settings import Settings
from server.problems import ProblemError
from server.replays import Replays
from server.streams import done_in, new_pool
from ui.jobs.ingest_jobs import LibraryJobs

T = TypeVar("T")


@dataclass(frozen=True)
class Serving:
    """The parts that all paths share.

    ``listens`` is the address that the server listens on, ``providers``: whether OpenID is set up, ``tokens``: who its tokens stand for.
    """

    base: KnowledgeBase
    settings: Settings
    accounts: Accounts
    keys: ApiKeys
    jobs: LibraryJobs
    replays: Replays
    listens: str = "127.0.0.1"
    providers: Callable[[], bool] = lambda: False
    seconds: float = 120.0
    heartbeat: float = 15.0
    tokens: BearerTokens | None = None
    questions: Limiter = field(default_factory=Limiter)
    uploads: Limiter = field(default_factory=lambda: Limiter(window=HOUR_S))
    images: PageImages = field(default_factory=PageImages)
    pool: ThreadPoolExecutor = field(default_factory=new_pool)


def serving(request: Request) -> Serving:
    """What the server of a request has."""
    found: Serving = request.app.state.setu
    return found


async def worked(request: Request, work: Callable[..., T], *arguments: object, **named: object) -> T:
    """What work on the knowledge base gives, done beside the loop that serves everybody.

    Raises:
        ProblemError: it takes longer than a request may; what it does then goes on unheard.
    """
    have = serving(request)
    try:
        return await asyncio.wait_for(done_in(have.pool, work, *arguments, **named), have.seconds)
    except TimeoutError as error:
        raise ProblemError(504, f"This took longer than the {have.seconds:g} seconds that a request may take. Ask for less.") from error
