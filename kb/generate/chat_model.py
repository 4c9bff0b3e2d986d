"""Which language model ``SETU_LLM`` names, reached through LangChain (the only module that imports it) within `kb.generate.http_limits`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from pydantic import SecretStr

from kb.errors import MissingExtraError, SettingsError
from kb.generate.destinations import Destination, destination
from kb.generate.http_limits import HttpLimitError, hooks, limit
from kb.settings import scrub

Message: TypeAlias = tuple[Literal["system", "human", "ai"], str]

PROVIDERS = ("openai", "anthropic", "ollama")
"""Those whose HTTP clients take `hooks`."""
_NO_KEY = "none"
"""Sent to a server that asks for no key: LangChain would else send it the key for OpenAI from ``OPENAI_API_KEY``."""
_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REFUSED_KEY = frozenset({401, 403})
_NO_ANSWER = ("APIConnectionError", "APITimeoutError", "TransportError")
"""Errors of the providers' packages and of httpx where no answer came; by name, so that the packages need not be here."""
_LISTS_NONE = frozenset({404, 405, 501})
"""What servers say that have no list of their models."""
MOST_LISTED: Final = 500
"""Models of a server's list; one that names more is not read further."""
_FIXED_TEMPERATURE = ("gpt-5", "o1", "o3", "o4")
"""OpenAI's reasoning models refuse any temperature but their own."""
_EXAMPLES = (
    "openai:gpt-4.1-mini, anthropic:claude-sonnet-4-5, ollama:gemma3, or http://127.0.0.1:8080/v1#NAME for any OpenAI-compatible server"
)


@dataclass(frozen=True, slots=True)
class ModelName:
    """A provider that LangChain knows, the model's name there, and the address of the server where it is not the provider's own."""

    provider: str
    model: str
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.url}#{self.model}" if self.url else f"{self.provider}:{self.model}"


def model_name(setting: str) -> ModelName:
    """Read the setting.

    Raises:
        SettingsError: it names no model, or the address carries a password or key, which would stand in every answer's record.
    """
    text = setting.strip()
    if text.startswith(("http://", "https://")):
        parts = urlsplit(text)
        if parts.username or parts.password or parts.query:
            raise SettingsError(
                "The address in SETU_LLM carries a password or a query. Put the key into SETU_LLM_KEY and leave it out there."
            )
        if not parts.hostname or not parts.fragment:
            raise SettingsError(f"SETU_LLM must name the model after a #. Examples: {_EXAMPLES}.")
        return ModelName("openai", parts.fragment, parts._replace(fragment="").geturl().rstrip("/"))
    provider, colon, model = text.partition(":")
    if not colon or not provider or not model or "/" in provider:
        raise SettingsError(f"SETU_LLM does not name a model: a provider and a name are wanted. Examples: {_EXAMPLES}.")
    return ModelName(provider, model)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the output; ``tokens`` is what prompt and output cost where the server says so (once, mostly at the end), else None.

    ``output`` is how many of these the output took.
    """

    text: str
    tokens: int | None = None
    output: int | None = None


class ChatError(Exception):
    """The model gave no answer. ``passing``: worth another try, after ``wait`` seconds if the server named them. It holds no secret."""

    def __init__(self, message: str, *, passing: bool = False, refused_key: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.passing = passing
        self.refused_key = refused_key
        self.wait = wait


class Chat(Protocol):
    """A model that writes."""

    @property
    def name(self) -> str:
        """What an answer records as its model."""

    def stream(self, messages: Sequence[Message], most_tokens: int, seconds_left: Callable[[], float]) -> Iterator[Piece]:
        """The output as it comes, at most so many tokens.

        ``seconds_left`` is asked whenever something came; no single wait is longer than it was at first. 0 ends the reply.

        Raises:
            ChatError: no answer, or it broke off.
        """


class LangChainChat:
    """Any chat model that LangChain reaches. Nothing is sent before `stream` is called.

    Raises:
        MissingExtraError: LangChain or the provider's package is not installed.
        SettingsError: LangChain does not know the provider, or a key is missing.
    """

    def __init__(self, named: ModelName, key: SecretStr | None) -> None:
        self.name = str(named)
        self._named = named
        self._key = key
        self._model = _open(named, key)

    @property
    def address(self) -> str:
        """Where prompts go: the address of the server, also where a variable of the provider's own package has set it."""
        if self._named.provider == "ollama":
            return str(self._model._client._client.base_url)
        return str((self._model.root_client if self._named.provider == "openai" else self._model._client).base_url)

    def destination(self, hosts: Collection[str] = ()) -> Destination:
        """The host that is written to, and whether it is in the house, where ``hosts`` are, too."""
        service = self._named.url is None and self._named.provider != "ollama"
        return destination(self.address, hosts, service=service)

    def stream(self, messages: Sequence[Message], most_tokens: int, seconds_left: Callable[[], float]) -> Iterator[Piece]:
        """See `Chat.stream`."""
        from langsmith import tracing_context

        limit(seconds_left)
        # Papers of an office go to the configured model and nowhere else, whatever the machine's LANGSMITH_TRACING says.
        with tracing_context(enabled=False):
            pieces = self._model.stream(list(messages), **self._limits(most_tokens))
            try:
                for chunk in pieces:
                    yield _piece(chunk, self._key)
            except Exception as error:  # noqa: BLE001  each provider has its own errors
                # Not chained: the provider's error holds the request with its key.
                raise _chat_error(error, self._key) from None
            finally:
                pieces.close()

    def models(self, seconds_left: Callable[[], float]) -> tuple[str, ...]:
        """The models that the server says it has, in its order; none where it has no such list. Limits are those of `stream`.

        Raises:
            ChatError: no answer.
        """
        limit(seconds_left)
        try:
            offered = list(_offered(self._model, self._named.provider))
        except Exception as error:  # noqa: BLE001  each provider has its own errors
            if getattr(error, "status_code", None) in _LISTS_NONE:
                return ()
            raise _chat_error(error, self._key) from None
        return tuple(scrub(name, [self._key]) for name in offered[:MOST_LISTED])

    def _limits(self, most_tokens: int) -> dict[str, Any]:
        if self._named.url:
            # Servers other than OpenAI's may know only the older name of the limit.
            return {"extra_body": {"max_tokens": most_tokens}}
        if self._named.provider == "ollama":
            return {"options": {"num_predict": most_tokens, "temperature": 0}}
        return {"max_tokens": most_tokens}


def _open(named: ModelName, key: SecretStr | None) -> Any:
    if named.provider not in PROVIDERS:
        raise SettingsError(
            f"SETU_LLM={named} names a provider whose connections Setu cannot limit. Use {', '.join(PROVIDERS)}; most others have an "
            "address that speaks OpenAI's protocol: https://HOST/v1#MODEL."
        )
    try:
        chat_models = importlib.import_module("langchain.chat_models")
    except ImportError as error:
        raise MissingExtraError(
            f"SETU_LLM={named} needs LangChain, which is not installed. Run `make llm` (or pip install 'setu-qa[llm]')."
        ) from error
    options: dict[str, Any] = {"max_retries": 0} if named.provider != "ollama" else {}
    if not named.model.startswith(_FIXED_TEMPERATURE):
        options["temperature"] = 0
    if named.provider == "openai":
        options |= {"use_responses_api": False, "stream_usage": True}
    if named.provider == "ollama":
        options["client_kwargs"] = {"event_hooks": hooks(), "follow_redirects": False}
    if named.url:
        options["base_url"] = named.url
    if named.url or key is not None:
        options["api_key"] = key if key is not None else SecretStr(_NO_KEY)
    if named.provider == "ollama" and key is not None:
        del options["api_key"]
        # A function, not a header: LangChain's model shows its options when it is printed.
        options["client_kwargs"]["auth"] = _bearer(key)
    try:
        if named.provider == "openai":
            options["http_client"] = _client("openai")
        model = chat_models.init_chat_model(named.model, model_provider=named.provider, **options)
        if named.provider == "anthropic":
            # LangChain 1.7 has no option for it, and would share one client among all models.
            model._client = model._client.with_options(http_client=_client("anthropic"))
        return model
    except ImportError as error:
        raise MissingExtraError(
            f"The provider {named.provider!r} of SETU_LLM needs a package that is not installed: {scrub(str(error), [key])} "
            "`make llm` installs it."
        ) from None
    except Exception as error:  # noqa: BLE001  each provider has its own errors
        raise SettingsError(
            f"The language model {named} could not be set up: {scrub(_first_line(error), [key])} "
            "Check SETU_LLM, and SETU_LLM_KEY where the provider wants a key."
        ) from None


def _client(package: str) -> Any:
    """An HTTP client of the kind that a provider's package wants."""
    return importlib.import_module(package).DefaultHttpxClient(event_hooks=hooks(), follow_redirects=False)


def _offered(model: Any, provider: str) -> Iterator[str]:
    """The names in a server's list of models: ``/v1/models``, of Ollama ``/api/tags``."""
    if provider == "ollama":
        listed = {"data": [{"id": one.model} for one in model._client.list().models]}
    elif provider == "openai":
        listed = model.root_client.get("/models", cast_to=object)
    else:
        listed = model._client.get("/v1/models", cast_to=object)
    found = listed.get("data") if isinstance(listed, dict) else None
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"].strip():
            yield one["id"].strip()


def _bearer(key: SecretStr) -> Callable[[Any], Any]:
    def sign(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        return request

    return sign


def _piece(chunk: Any, key: SecretStr | None) -> Piece:
    content = chunk.content
    if not isinstance(content, str):
        content = "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)
    usage: Mapping[str, Any] | None = chunk.usage_metadata
    told = (int(usage["total_tokens"]), int(usage["output_tokens"])) if usage else (None, None)
    return Piece(scrub(content, [key]), *told)


def _chat_error(error: Exception, key: SecretStr | None) -> ChatError:
    if (limited := _limited(error)) is not None:
        return ChatError(scrub(str(limited), [key]))
    status = getattr(error, "status_code", None)
    message = scrub(_first_line(error), [key])
    if isinstance(status, int):
        return ChatError(message, passing=status in _TRANSIENT, refused_key=status in _REFUSED_KEY, wait=_wait(error))
    names = {kind.__name__ for kind in type(error).__mro__}
    return ChatError(message, passing=bool(names.intersection(_NO_ANSWER)) or isinstance(error, ConnectionError | TimeoutError))


def _limited(error: BaseException | None) -> HttpLimitError | None:
    """The limit that an error comes of: providers' packages put errors of their own in front of those of the connection."""
    while error is not None and not isinstance(error, HttpLimitError):
        error = error.__cause__ or error.__context__
    return error


def _wait(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _first_line(error: Exception) -> str:
    """An error's first line, not too long: a server's page of HTML helps nobody."""
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return line if len(line) <= 300 else f"{line[:300]}…"
