"""Who sent a request, as the OpenAI paths and MCP see them: by the key, the limits and the rules of all paths."""

from __future__ import annotations

from starlette.requests import Request

from kb.errors import AccountsError
from server.access import asker
from server.evidence.askers import NotLetInError, Seen
from server.problems import ProblemError, problem_of
from server.serving import serving


def seen(request: Request) -> Seen:
    """The asker of a request.

    Raises:
        NotLetInError: nobody who is served (`server.access.asker`).
    """
    try:
        who = asker(request)
    except (ProblemError, AccountsError) as error:
        problem = problem_of(error)
        raise NotLetInError(problem.detail, problem.status, problem.headers) from error
    have = serving(request)
    return Seen(who.base, who.key_id or who.reader.id, lambda: have.questions.wait(who.visitor, have.settings.questions_per_minute))
