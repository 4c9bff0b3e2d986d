"""Write the lists of letter runs that `ingest.ocr.word_confidence` judges words by.

    python tools/letter_statistics.py devanagari FILE…
    python tools/letter_statistics.py latin FILE…

FILE is plain text, or JSON lines with the text in ``text``. The list holds runs of three letters only, no words. The ones in the project
were made from the Marathi and Hindi (mahmls21-mr, sib200-en-mr, xquad-hi-hi) and the English sets (clapnq-en, xquad-en-en, sib200-mr-en)
of `benchmarks/beir`.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from ingest.ocr.word_confidence import devanagari_words, latin_words, runs

TARGET = Path(__file__).resolve().parents[1] / "ingest" / "ocr"


def texts(path: Path) -> list[str]:
    """The texts in a file."""
    content = path.read_text(encoding="utf-8")
    return [json.loads(line)["text"] for line in content.splitlines()] if path.suffix == ".jsonl" else [content]


def main(script: str, *files: str) -> None:
    """Count and write."""
    words_of = {"devanagari": devanagari_words, "latin": latin_words}[script]
    words = {word for file in files for text in texts(Path(file)) for word in words_of(text)}
    following: defaultdict[str, set[str]] = defaultdict(set)
    for word in words:
        for run in runs(word):
            following[run[:2]].add(run[2])
    head = "# Runs of three letters that occur in words; made by tools/letter_statistics.py. ^ and $ are the ends of a word.\n"
    body = "".join(f"{first}{''.join(sorted(last))}\n" for first, last in sorted(following.items()))
    (TARGET / f"letters_{script}.txt").write_text(head + body, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
