"""The recipe for a skill: a question for how papers begin is answered with their first sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.recipes.changed_project import Edit, followed, run

SKILL = '''"""How the papers that are meant begin, each quoted; of all that may be seen where none is named."""

from __future__ import annotations

from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.ports import Ports
from kb.records import Block, Cell
from lang.sentences import sentence_spans
from prompts.phrases import phrase


def opening(question: Question, ports: Ports) -> SkillResult | None:
    """The first sentence of each paper."""
    evidence = Evidence(ports)
    rows = []
    for paper in question.papers or ports.papers():
        start, end = sentence_spans(evidence.text(paper), paper.language)[0]
        rows.append((Cell(phrase("opening.of", question.said_in, title=paper.title)), evidence.quote(paper, start, end)))
    return SkillResult(evidence.statements, (Block("points", rows=tuple(rows)),)) if evidence.statements else None
'''
PHRASES = """# How a paper begins.
[en]
of = "{title} begins"
[hi]
of = "{title} का आरंभ"
[mr]
of = "{title} ची सुरुवात"
[ja]
of = "{title}の書き出し"
"""
SCRIPT = """
import json, pathlib
from kb import KnowledgeBase, Settings
from ui.components.i18n import strings

with KnowledgeBase.open(Settings.load(home=pathlib.Path("home"))) as base:
    base.ingest([pathlib.Path("bridges.txt")])
    questions = ("How do the papers begin?", "कागद कसे सुरू होतात?", "Where does the oldest sensor stand?")
    answers = [base.answer(question) for question in questions]
    print(json.dumps({
        "skills": [answer.skill for answer in answers],
        "rows": [[cell.text for row in answer.blocks[0].rows for cell in row] for answer in answers[:2]],
        "cited": [[s.citations[0].quote, s.citations[0].status] for s in answers[0].statements],
        "told": strings("en").count("chat.done.opening", 1, seconds="0.1"),
    }))
"""
FORMS = """[alone]
opening = ['^how do(?:es)? .{1,60} begin\\b', 'कसे सुरू होत']
"""
DONE = 'opening = {{ one = "{0} {{n}} · {{seconds}}", many = "{0} {{n}} · {{seconds}}" }}\n'
EDITS: dict[str, Edit] = {
    "kb/answer/skills/opening.py": SKILL,
    "kb/records.py": [('"translate", "clarify",\n', '"translate", "clarify", "opening",\n')],
    "kb/answer/skills/registry.py": [
        ("from kb.answer.skills.small_talk", "from kb.answer.skills.opening import opening\nfrom kb.answer.skills.small_talk"),
        ('        "summary": summary,\n', '        "opening": opening,\n        "summary": summary,\n'),
    ],
    "kb/answer/query_understanding/request_forms.toml": [("[alone]\n", FORMS)],
    "prompts/phrases/skills/opening.toml": PHRASES,
    **{
        f"ui/strings/chat/{language}.toml": [("[done]\n", "[done]\n" + DONE.format(word))]
        for language, word in {"en": "Beginnings", "hi": "आरंभ", "mr": "सुरुवात", "ja": "書き出し"}.items()
    },
    "bridges.txt": "The town has forty sensors on its bridges. The oldest of them stands at the Blue Bridge.\n",
}


@pytest.mark.slow
def test_a_new_skill_answers_the_questions_that_have_its_form(tmp_path: Path):
    found = json.loads(run(followed(tmp_path, EDITS), "-c", SCRIPT))
    first = "The town has forty sensors on its bridges."
    assert found["skills"] == ["opening", "opening", "lookup"]
    assert [rows[1] for rows in found["rows"]] == [first, first]
    assert found["rows"][0][0].endswith(" begins")
    assert found["rows"][1][0].endswith(" ची सुरुवात")
    assert found["cited"] == [[first, "verified"]]
    assert found["told"] == "Beginnings 1 · 0.1"
