"""Papers and passages as resources, and what completes the names of arguments; of those that the asker sees, and no others."""

from __future__ import annotations

from typing import Final

from mcp_types import (
    CompleteRequestParams,
    Completion,
    ListResourcesResult,
    PromptReference,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from kb.document_records import DocumentInfo
from lang.languages import LANGUAGES
from server.evidence.askers import Seen
from server.evidence.passage_texts import SCHEME, BadIdError, read_stretch
from server.mcp.tools import in_use, part_of

PAGE: Final = 100
MOST_VALUES: Final = 100
"""Of a completion, as the protocol allows."""

TEMPLATES: Final = (
    ResourceTemplate(
        name="passage",
        title="Passage of a paper",
        uri_template=f"{SCHEME}passage/{{id}}",
        description="The text of a passage by the id that search and citations give: document.version.start.end.",
        mime_type="text/plain",
    ),
    ResourceTemplate(
        name="document",
        title="Paper",
        uri_template=f"{SCHEME}document/{{id}}",
        description="The text of a paper by its number, from the beginning; a long one is cut, and fetch gives the rest.",
        mime_type="text/plain",
    ),
)


def list_papers(seen: Seen, cursor: str | None) -> ListResourcesResult:
    """A page of the papers, by number.

    Raises:
        BadIdError: the cursor is none that a page gave.
    """
    shown, following = part_of(in_use(seen), cursor, PAGE)
    return ListResourcesResult(resources=list(map(_resource, shown)), next_cursor=following)


def read_paper(seen: Seen, uri: str) -> ReadResourceResult:
    """The text behind a URI.

    Raises:
        KnowledgeBaseError: there is none.
    """
    if not uri.startswith((f"{SCHEME}passage/", f"{SCHEME}document/")):
        raise BadIdError(f"There is no resource {uri[:200]!r}. Those of Setu begin with {SCHEME}passage/ or {SCHEME}document/.")
    got = read_stretch(seen.kb, uri)
    meta = {"url": got.passage.url(seen.address), "title": got.title, "state": got.state, "next_id": got.next_id}
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type="text/plain", text=got.text, _meta=meta)])


def complete(seen: Seen, params: CompleteRequestParams) -> Completion:
    """Values that begin with, or of papers whose title holds, what was typed so far."""
    typed = params.argument.value.casefold().strip()
    if params.argument.name == "language" and isinstance(params.ref, PromptReference):
        values = [str(language) for language in LANGUAGES if language.startswith(typed)]
    elif params.argument.name in ("id", "first", "second"):
        values = [str(info.id) for info in in_use(seen) if str(info.id).startswith(typed) or typed in info.title.casefold()]
    else:
        values = []
    return Completion(values=values[:MOST_VALUES], total=len(values), has_more=len(values) > MOST_VALUES)


def _resource(info: DocumentInfo) -> Resource:
    said = " · ".join(part for part in (info.kind, info.language, info.publisher, info.date.isoformat() if info.date else None) if part)
    return Resource(
        uri=f"{SCHEME}document/{info.id}",
        name=f"document-{info.id}",
        title=info.title,
        description=said,
        mime_type="text/plain",
    )
