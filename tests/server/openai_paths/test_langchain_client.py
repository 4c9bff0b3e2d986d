"""Setu as the model, the embeddings and the retriever of a chain that is built elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from kb import KnowledgeBase
from tests.server.openai_paths.app_of import app_of
from tests.server.papers_with_hidden import served

QUESTION = "What does the flood-warning pilot cost?"


@pytest.fixture(scope="module")
def address(stocked: KnowledgeBase) -> Iterator[str]:
    with served(app_of(stocked)) as at:
        yield at


@pytest.mark.parametrize("responses", [False, True])
def test_langchain_asks_whole_and_streamed_and_has_the_sources(address, responses) -> None:
    model = ChatOpenAI(model="setu", base_url=f"{address}/v1", api_key="key-of-vani", max_retries=0, use_responses_api=responses)
    talk = [SystemMessage("Be brief."), HumanMessage("What is the Joint Committee?"), AIMessage("…"), HumanMessage(QUESTION)]
    whole = model.invoke(talk)
    assert "Rs 12.40 crore" in whole.text
    assert "?passage=1.1.61.121" in whole.text
    streamed = list(model.stream(talk))
    assert "".join(chunk.text for chunk in streamed) == whole.text
    if responses:
        cited = [note for block in whole.content_blocks for note in block.get("annotations", [])]
        assert cited[0]["url"].endswith("?passage=1.1.61.121")


def test_langchain_embeds(address, stocked) -> None:
    made = OpenAIEmbeddings(model="setu-embeddings", base_url=f"{address}/v1", api_key="key-of-vani", check_embedding_ctx_length=False)
    assert made.embed_documents(["pilot"])[0] == pytest.approx(stocked.vectors(["pilot"])[0].tolist(), abs=1e-6)
