"""The chat in a frame of another site's page, at ``/embed``: whose pages may frame it, and what a frame shows before anybody signed in.

The form to sign in is framed by nobody, so that no page can lay something over it: a frame has a link that opens it in a window.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from kb.errors import KnowledgeBaseError
from lang.languages import Language
from ui.auth.authentication import base_path, door
from ui.auth.sign_in import policy, refusal_page
from ui.components.i18n import LANGUAGE_COOKIE, first_of, from_locale, strings

EMBED: Final = "embed"
"""The address of the chat without sidebar."""


def is_embedded(path: str) -> bool:
    """Whether a path is that of the chat for frames."""
    return path.removeprefix(base_path()).rstrip("/") == f"/{EMBED}"


def framers() -> tuple[str, ...]:
    """The origins of pages that may frame the chat, beside our own; none where the settings cannot be read."""
    try:
        return door().settings.embedding_origins
    except (KnowledgeBaseError, OSError):
        return ()


def framed(policy: str) -> str:
    """A content security policy that lets these pages frame what is sent."""
    rest = [part for part in policy.split("; ") if not part.startswith("frame-ancestors")]
    return "; ".join([*rest, " ".join(["frame-ancestors 'self'", *framers()])])


def signed_out_page(asked: HTTPConnection) -> HTMLResponse:
    """What a frame shows to somebody who is not let in: the way to sign in, in a window of its own, and back."""
    language = _language(asked)
    words, here = strings(language), f"{base_path()}/{EMBED}"
    back = f"{here}?{urlencode({'lang': language})}"
    ways = [
        (words("signin.again"), f"{base_path()}/signin?{urlencode({'next': back, 'lang': language})}"),
        (words("signin.embed_back"), back),
    ]
    page = refusal_page(words, here, back, words("signin.embed"), ways, window=True)
    return HTMLResponse(page, 401, {"Content-Security-Policy": framed(policy()), "Cache-Control": "no-store"})


def _language(asked: HTTPConnection) -> Language:
    accepted = asked.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return first_of([asked.query_params.get("lang"), asked.cookies.get(LANGUAGE_COOKIE)]) or from_locale(accepted)
