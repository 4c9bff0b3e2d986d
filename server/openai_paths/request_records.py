"""What clients of the OpenAI API send, as far as Setu reads it; what it does not know is left alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.records import Kind
from kb.records import Engine
from lang.languages import Language

Number = Annotated[int, Field(ge=1, lt=10**11)]


class Sent(BaseModel):
    """Part of a body."""

    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True)


class Limits(BaseModel):
    """The extension ``setu`` of a request: which papers are asked, and how."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    kinds: tuple[Kind, ...] = ()
    languages: tuple[Language, ...] = ()
    documents: tuple[Number, ...] = ()
    """Only these papers, by number."""
    collections: tuple[str, ...] = ()
    """Only papers of these collections, by name."""
    date_from: date | None = None
    date_to: date | None = None
    engine: Engine | None = None
    """extractive: quotes; generative: the office's language model writes, and is checked."""
    sources: bool = True
    """Whether the sources stand as a list below the text, too; they are in the annotations in any case."""


class Part(Sent):
    """A piece of a message."""

    type: str
    text: str | None = None


class Message(Sent):
    """A message of a conversation."""

    role: str
    content: str | list[Part] | None = None


class StreamOptions(Sent):
    """How a stream ends."""

    include_usage: bool = False


class Completion(Sent):
    """The body of ``/v1/chat/completions``."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=2000)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    tool_choice: Any = None
    function_call: Any = None
    modalities: list[str] | None = None
    audio: Any = None
    logprobs: bool | None = None
    response_format: dict[str, Any] | None = None
    setu: Limits = Limits()


class Item(Sent):
    """An item of the input of a response: a message, or something else that is refused."""

    type: str = "message"
    role: str = "user"
    content: str | list[Part] | None = None


class ResponseBody(Sent):
    """The body of ``/v1/responses``."""

    model: str
    input: str | Annotated[list[Item], Field(min_length=1, max_length=2000)]
    stream: bool = False
    instructions: str | None = None
    metadata: dict[str, Any] | None = None
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = None
    tool_choice: Any = None
    text: dict[str, Any] | None = None
    setu: Limits = Limits()


class EmbeddingBody(Sent):
    """The body of ``/v1/embeddings``."""

    model: str
    input: str | list[str] | list[int] | list[list[int]]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    input_type: Literal["passage", "query"] = "passage"
    """What the texts are: the model embeds a question otherwise than a passage."""


class SearchBody(Sent):
    """The body of ``/v1/vector_stores/{id}/search``."""

    query: str | Annotated[list[str], Field(min_length=1, max_length=10)]
    max_num_results: Annotated[int, Field(ge=1, le=50)] = 10
    filters: dict[str, Any] | None = None
    ranking_options: dict[str, Any] | None = None
    rewrite_query: bool = False
