"""Which language model ``SETU_LLM`` names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from kb.errors import SettingsError

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
