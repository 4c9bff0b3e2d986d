"""Setu as a LangChain retriever, for chains and agents that are built elsewhere.

retriever = SetuRetriever(base=base, k=5)
documents = retriever.invoke("When was the memorandum signed?")
"""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from kb.base import KnowledgeBase
from kb.records import Filters


class SetuRetriever(BaseRetriever):
    """The ``k`` best passages of a knowledge base; each document's metadata says where its text stands."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    base: KnowledgeBase
    k: int = 5
    filters: Filters = Filters()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.base.search(query, k=self.k, filters=self.filters).hits
        return [
            Document(
                id=str(hit.chunk),
                page_content=hit.text,
                metadata={
                    "document": hit.document, "source": hit.source, "version": hit.version, "kind": hit.kind, "language": hit.language,
                    "page": hit.page, "page_label": hit.page_label, "path": list(hit.path), "start": hit.start, "end": hit.end,
                    "score": hit.score,
                },
            )
            for hit in hits
        ]  # fmt: skip
