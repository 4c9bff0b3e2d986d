"""The third set of ``python -m eval map``: one agreement of our own, in one language at a time, against real papers in English.

The areas (``eval/data/map_areas.jsonl``) and the gold were written before the map of these papers was first seen.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from eval.map import measured
from ingest.records import Kind
from kb import KnowledgeBase, Settings
from lang.codes import LANGUAGES, Language

AREAS: Final = Path(__file__).parent / "data" / "map_areas.jsonl"
PAPERS: Final[Mapping[str, Kind]] = {
    "2023-05-20-quad-leaders-summit-fact-sheet.md": "best_practice",
    "2023-09-08-joint-statement-from-india-and-the-united-states.md": "news",
}
"""A fact sheet stands for a report, a joint statement for the news."""
_AROUND: Final[Mapping[Language, str]] = {
    "en": "# Memorandum of Cooperation\n\n## Article 1 Areas of Cooperation\n\nThe Participants will cooperate in the following areas:",
    "mr": "# सहकार्य करार\n\n## कलम १ सहकार्याची क्षेत्रे\n\nसहभागी पक्ष पुढील क्षेत्रांत सहकार्य करतील:",
    "hi": "# सहयोग समझौता\n\n## अनुच्छेद 1 सहयोग के क्षेत्र\n\nदोनों पक्ष निम्नलिखित क्षेत्रों में सहयोग करेंगे:",
    "ja": "# 協力覚書\n\n## 第1条 協力分野\n\n両当事者は、次の分野において協力する。",
}


def areas() -> list[Mapping[str, str]]:
    """The areas, each in four languages."""
    return [json.loads(line) for line in AREAS.read_text(encoding="utf-8").splitlines()]


def agreement(language: Language) -> str:
    """The agreement in a language, as Markdown."""
    return "\n\n".join((_AROUND[language], *(f"({at}) {area[language]};" for at, area in enumerate(areas(), start=1)))) + "\n"


def across(folder: Path) -> Iterator[dict[str, Any]]:
    """The figures of each language, the papers being in ``folder``."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.open(Settings.load(home=Path(scratch) / "home")) as kb:
            file = Path(scratch) / f"agreement-{language}.md"
            file.write_text(agreement(language), encoding="utf-8")
            kb.ingest([file], kind="agreement")
            for name, kind in PAPERS.items():
                kb.ingest([folder / name], kind=kind)
            yield measured(kb, "across", {area["en"]: area[language] for area in areas()}) | {"language": language}
