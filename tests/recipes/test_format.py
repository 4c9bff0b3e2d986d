"""The recipe for a file format: Gemini text, whose reader is ten lines, is ingested, searched and cited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.recipes.changed_project import followed, run

READER = '''"""Gemini text: a line is a heading, an item of a list, or a paragraph."""

from __future__ import annotations

from ingest.parse.text import decoded_or_reject, document
from ingest.records import Hints, Limits, RawBlock, RawDocument, Source


def read_gemini(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read Gemini text.

    Raises:
        EmptyFileError: nothing but white space.
        UnsupportedFormatError: the bytes are not text in a known encoding.
    """
    decoded = decoded_or_reject(data, source)
    lines = [line.strip() for line in decoded.text.splitlines() if line.strip()]
    return document(source, [[_block(line) for line in lines]], Hints(), decoded)


def _block(line: str) -> RawBlock:
    if line.startswith("#"):
        return RawBlock(line.lstrip("# "), "heading", level=len(line) - len(line.lstrip("#")))
    return RawBlock(line[2:], "list_item") if line.startswith("* ") else RawBlock(line)
'''
PAPER = """# Report on the bridges
## Article 1 Sensors
The town has forty sensors on its bridges.
* The oldest sensor stands at the Blue Bridge.
"""
SCRIPT = """
import json, pathlib
from kb import KnowledgeBase, Settings

with KnowledgeBase.open(Settings.load(home=pathlib.Path("home"))) as base:
    summary = base.ingest([pathlib.Path("bridges.gmi")])
    hit = base.search("Where does the oldest sensor stand?").hits[0]
    citation = base.answer("Where does the oldest sensor stand?").statements[0].citations[0]
    print(json.dumps({
        "added": len(summary.added), "rejected": len(summary.rejected), "hit": hit.text, "path": hit.path,
        "quote": citation.quote, "status": citation.status, "source": citation.source,
    }))
"""
EDITS = {
    "ingest/parse/gemini.py": READER,
    "ingest/records.py": [('"image", "office", "epub"]', '"image", "office", "epub", "gemini"]')],
    "ingest/parse/file_types.py": [('".md": "markdown", ', '".gmi": "gemini", ".md": "markdown", ')],
    "ingest/parse/dispatch.py": [
        (
            '    if source.media == "markdown":\n',
            '    if source.media == "gemini":\n        from ingest.parse.gemini import read_gemini\n\n'
            '        return read_gemini(data, source, limits)\n    if source.media == "markdown":\n',
        )
    ],
    "bridges.gmi": PAPER,
}


@pytest.mark.slow
def test_a_file_of_a_new_format_is_ingested_searched_and_cited(tmp_path: Path):
    found = json.loads(run(followed(tmp_path, EDITS), "-c", SCRIPT))
    assert (found["added"], found["rejected"]) == (1, 0)
    assert "The oldest sensor stands at the Blue Bridge." in found["hit"]
    assert "Article 1 Sensors" in found["path"]
    assert "The oldest sensor stands at the Blue Bridge." in found["quote"]
    assert found["status"] == "verified"
    assert found["source"].endswith("bridges.gmi")
