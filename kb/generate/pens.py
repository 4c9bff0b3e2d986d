"""The pen of a knowledge base, made when the first answer is to be written: until then nothing of a language model is loaded or read."""

from __future__ import annotations

import threading

from kb.errors import SettingsError
from kb.generate.chat import LangChainChat, model_name
from kb.generate.write import Pen
from kb.secrets import llm_key
from kb.settings import Settings
from kb.verify.verifier import Verifier


class Pens:
    """Makes the pen that the settings describe, once. Thread-safe."""

    def __init__(self, settings: Settings, verifier: Verifier) -> None:
        self._settings = settings
        self._verifier = verifier
        self._made: Pen | None = None
        self._lock = threading.Lock()

    def pen(self) -> Pen:
        """The pen.

        Raises:
            SettingsError: ``SETU_LLM`` names no model, or its key cannot be read.
            MissingExtraError: the package that reaches the model is not installed.
        """
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> Pen:
        settings = self._settings
        if not settings.llm:
            raise SettingsError("A generative answer was asked for, but no language model is set. Set SETU_LLM, e.g. openai:gpt-4.1-mini.")
        chat = LangChainChat(model_name(settings.llm), llm_key(settings))
        return Pen(chat, self._verifier, settings.llm_tokens, settings.llm_seconds, settings.llm_failing)
