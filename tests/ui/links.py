"""Where the links of exported files lead."""

from __future__ import annotations

from kb import KnowledgeBase
from ui.components.permalinks import Passage, trace

AT = "http://office.example:8501"


def stands(kb: KnowledgeBase, link: str) -> str:
    """The text that a link leads to, in the version in force."""
    assert link.startswith(f"{AT}/?passage="), link
    passage = Passage.parse(link)
    assert passage is not None, link
    found = trace(kb, passage)
    assert found.state == "current"
    assert found.text
    return found.text


def folded(text: str) -> str:
    return "".join(text.split())
