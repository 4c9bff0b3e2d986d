"""The quiz as GIFT and as Moodle XML, and the table of all lines: read again, every link followed to the words that prove the key."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import get_args

import pytest
import regex
from lxml import etree, html

from kb import KnowledgeBase
from lang.languages import Language
from tests.ui.export.training_modules.conftest import DAY, SIGNS, Made, stands, written
from tests.ui.links import AT, folded
from training.records import Module
from ui.components.i18n import strings
from ui.export import ExportError
from ui.export.spreadsheets import MODULE_COLUMNS
from ui.export.training_modules.module_content import key
from ui.export.training_modules.module_formats import MODULE_FORMATS, ModuleFormat, export_module, file_name


def text_of(kb: KnowledgeBase, module: Module, into: ModuleFormat) -> str:
    return written(kb, module, into).decode("utf-8-sig")


def unescaped(gift: str) -> str:
    return regex.sub(r"\\([\\~=#{}:])", r"\1", gift.replace(r"\n", "\n"))


def questions(gift: str) -> list[tuple[str, str, str]]:
    """Name, what is asked, and what stands between the braces, as Moodle's reader splits a file at blank lines and bare signs."""
    found = []
    for block in gift.split("\n\n"):
        if block.startswith("::"):
            name, asked = regex.fullmatch(r"::(.*?)(?<!\\)::\[html\](.*)", block, regex.DOTALL).groups()
            before, answers, after = regex.fullmatch(
                r"((?:\\.|[^\\{}])*)\{((?:\\.|[^\\{}])*)\}((?:\\.|[^\\{}])*)\s*", asked, regex.DOTALL
            ).groups()
            found.append((unescaped(name), unescaped(before + "_____" + after), answers))
    return found


def proofs(kb: KnowledgeBase, said: str) -> list[str]:
    """Each quoted passage of a feedback in HTML, compared with what its link leads to."""
    tree = html.fromstring(f"<div>{said}</div>")
    links = [stands(kb, link) for link in tree.xpath("//a/@href")]
    quotes = [quote.text_content() for quote in tree.xpath("//blockquote")]
    assert links
    assert len(links) == len(quotes)
    for quote, text in zip(quotes, links, strict=True):
        assert folded(text) in folded(quote)
    return links


def test_every_question_of_the_gift_file_quotes_its_proof_and_links_to_it(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    found = questions(text_of(kb, module, "gift"))
    assert len(found) == len(module.quiz) > 0
    for (_, asked, answers), item in zip(found, module.quiz, strict=True):
        general = regex.split(r"(?<!\\)####", answers)[1]
        texts = proofs(kb, unescaped(general))
        assert set(texts) == {citation.quote for citation in item.proof.citations}
        assert "✓" in unescaped(general)
        if item.kind not in ("match", "order"):
            before = item.prompt.split("_____")[0]
            assert folded(before) in folded(html.fromstring(f"<div>{asked}</div>").text_content())


def test_the_key_of_the_gift_file_is_the_key_of_the_item(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    kinds = set()
    for (_, _, answers), item in zip(questions(text_of(kb, module, "gift")), module.quiz, strict=True):
        kinds.add(item.kind)
        options = regex.split(r"(?<!\\)####", answers)[0]
        if item.kind == "true_false":
            assert options == ("TRUE" if item.options[0].correct else "FALSE")
        elif item.kind == "choice":
            right = regex.findall(r"(?m)^\t=((?:\\.|[^\\#\n])*)", options)
            wrong = regex.findall(r"(?m)^\t~((?:\\.|[^\\#\n])*)", options)
            said = [html.fromstring(f"<p>{unescaped(one)}</p>").text_content() for one in right + wrong]
            assert said[0] == next(option.text for option in item.options if option.correct)
            assert sorted(said) == sorted(option.text for option in item.options)
        elif item.kind == "cloze":
            assert [unescaped(one) for one in regex.findall(r"(?m)^\t=(.*)$", options)] == list(item.answers)
    assert len(kinds) >= 2


def test_signs_of_gift_and_html_in_a_paper_stay_text(kb: KnowledgeBase, hostile: Module) -> None:
    found = questions(text_of(kb, hostile, "gift"))
    assert len(found) == len(hostile.quiz)
    for (_, asked, answers), item in zip(found, hostile.quiz, strict=True):
        proofs(kb, unescaped(regex.split(r"(?<!\\)####", answers)[1]))
        tree = html.fromstring(f"<div>{asked}</div>")
        assert not tree.xpath("//b | //script | //img")
        if item.kind not in ("match", "order"):
            assert folded(item.prompt.split("_____")[0]) in folded(tree.text_content())


def test_every_question_of_the_moodle_file_quotes_its_proof_and_links_to_it(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    root = etree.fromstring(text_of(kb, module, "moodle").encode())
    asked = [one for one in root.findall("question") if one.get("type") != "category"]
    assert [one.findtext("idnumber") for one in asked] == [item.id for item in module.quiz]
    for question, item in zip(asked, module.quiz, strict=True):
        general = question.findtext("generalfeedback/text")
        assert set(proofs(kb, general)) == {citation.quote for citation in item.proof.citations}
        for feedback in question.iterfind("answer/feedback/text"):
            if feedback.text:
                proofs(kb, feedback.text)
        right = [one.findtext("text") for one in question.findall("answer") if one.get("fraction") == "100"]
        if item.kind == "true_false":
            assert right == ["true" if item.options[0].correct else "false"]
        elif item.kind == "choice":
            assert [html.fromstring(f"<p>{one}</p>").text_content() for one in right] == [o.text for o in item.options if o.correct]
        elif item.kind == "cloze":
            assert right == [answer.replace("*", r"\*") for answer in item.answers]
        else:
            together = [(one.findtext("text"), one.findtext("answer/text")) for one in question.findall("subquestion")]
            assert len(together) == len(item.pairs or item.steps)


def test_a_statement_with_a_changed_fact_is_put_right_in_the_answer(kb: KnowledgeBase, made: Made) -> None:
    item = next(item for item in made("en").quiz if item.kind == "true_false")
    right, wrong = item.options
    options = (replace(right, correct=False), replace(wrong, correct=True))
    said = key(replace(item, options=options, answers=("forty-two",), changed="forty-eight"), strings("en"))
    assert "forty-two" in said
    assert "forty-eight" in said


def test_signs_of_xml_in_a_paper_stay_text(kb: KnowledgeBase, hostile: Module) -> None:
    root = etree.fromstring(text_of(kb, hostile, "moodle").encode())
    asked = [html.fromstring(one.findtext("questiontext/text")).text_content() for one in root.findall("question")[1:]]
    assert all(folded(SIGNS) in folded(text) for text, item in zip(asked, hostile.quiz, strict=True) if item.kind != "match")
    for text in root.itertext():
        if text.strip().startswith("<"):
            assert not html.fromstring(f"<div>{text}</div>").xpath("//b | //script | //img")


def test_the_table_has_a_row_for_each_citation_with_its_status_and_link(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    rows = list(csv.DictReader(StringIO(text_of(kb, module, "csv"))))
    assert list(rows[0]) == list(MODULE_COLUMNS)
    for row in rows:
        if row["link"]:
            text = stands(kb, row["link"])
            assert folded(text) == folded(row["quote"].removeprefix("'"))
            assert (row["status"], row["source_status"]) == ("verified", "verified")
            assert row["version"] == "1"
    ids = {row["id"] for row in rows}
    assert {line.id for part, line in module.lines() if part not in ("quiz", "glossary")} <= ids
    assert {item.id for item in module.quiz} | {entry.id for entry in module.glossary} <= ids
    assert {row["language"] for row in rows} >= {language}
    assert sum(int(row["minutes"] or 0) for row in rows) == module.request.minutes


def test_the_table_holds_no_formula(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    objective = replace(module.objectives[0], text='=HYPERLINK("http://harbour.invalid")', origin="edited")
    rows = list(csv.reader(StringIO(text_of(kb, replace(module, objectives=(objective,)), "csv"))))
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_what_was_dropped_is_in_no_file(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    gone, stays = module.quiz[0], module.quiz[1]
    objective = module.objectives[0]
    module = replace(
        module,
        quiz=(replace(gone, dropped=True), *module.quiz[1:]),
        objectives=(replace(objective, dropped=True), *module.objectives[1:]),
    )
    for into in ("moodle", "csv"):
        text = text_of(kb, module, into)
        assert gone.id not in text
        assert stays.id in text
    assert objective.id not in text_of(kb, module, "csv")


def test_a_question_whose_proof_no_longer_stands_says_so(kb: KnowledgeBase, made: Made) -> None:
    module = made("en")
    first = module.quiz[0]
    moved = tuple(replace(citation, quote=f"{citation.quote} and more") for citation in first.proof.citations)
    bad = replace(module, quiz=(replace(first, proof=replace(first.proof, citations=moved)), *module.quiz[1:]))
    warning = f"⚠\N{NO-BREAK SPACE}{strings('en')('status.unsupported')}"
    name = next(name for name, _, _ in questions(text_of(kb, bad, "gift")))
    assert warning in name
    asked = etree.fromstring(text_of(kb, bad, "moodle").encode()).findall("question")[1:]
    assert [warning in one.findtext("name/text") for one in asked] == [True] + [False] * (len(asked) - 1)
    assert warning in asked[0].findtext("generalfeedback/text")


def test_a_module_without_questions_says_what_to_do(kb: KnowledgeBase, made: Made) -> None:
    bare = replace(made("en"), quiz=())
    for into, kind in MODULE_FORMATS.items():
        if kind.quiz:
            with pytest.raises(ExportError, match="Make its quiz again"):
                export_module(kb, bare, into, strings("en"), today=DAY, address=AT)


def test_two_languages_stand_in_columns_only_where_a_file_has_columns(kb: KnowledgeBase, made: Made) -> None:
    with pytest.raises(ExportError, match="cannot stand in columns in csv"):
        export_module(kb, made("en"), "csv", strings("en"), today=DAY, address=AT, beside="mr")


def test_a_language_that_the_module_lacks_is_told_with_those_it_has(kb: KnowledgeBase, made: Made) -> None:
    with pytest.raises(ExportError, match=r"has no ja beside its en\. It has: mr"):
        written(kb, made("en"), "docx", "ja")


def test_the_name_of_a_file_says_title_language_and_kind(made: Made) -> None:
    assert set(MODULE_FORMATS) == set(get_args(ModuleFormat))
    module = replace(made("mr"), title=' पूर / "इशारा": ../१ ')
    assert file_name(module, "moodle") == "setu-पूर-इशारा-१-mr.xml"
    assert file_name(module, "gift", "en") == "setu-पूर-इशारा-१-mr-en.gift.txt"
    assert file_name(replace(module, title="…"), "csv") == "setu-module-mr.csv"
