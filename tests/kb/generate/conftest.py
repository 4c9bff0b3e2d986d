"""Language models at a scripted server."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from kb.generate.chat_model import PROVIDERS, LangChainChat, model_name
from tests.kb.llm_server import KEY, Script


@pytest.fixture(params=PROVIDERS)
def chat(request: pytest.FixtureRequest, script: Script, monkeypatch: pytest.MonkeyPatch) -> LangChainChat:
    """A model of each provider that is thought to be at the scripted server."""
    host = script.url.partition("/v1")[0]
    monkeypatch.setenv("ANTHROPIC_API_URL", host)
    monkeypatch.setenv("OLLAMA_HOST", host)
    setting = script.url if request.param == "openai" else f"{request.param}:scripted"
    return LangChainChat(model_name(setting), SecretStr(KEY))
