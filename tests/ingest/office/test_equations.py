"""Formulas of a Word file read as people type them in one line."""

from __future__ import annotations

import docx
import pytest

from tests.ingest.word_files import append_all, paragraph, run, texts


def sign(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def of(name: str, **parts: str) -> str:
    return f"<m:{name}>{''.join(f'<m:{part}>{content}</m:{part}>' for part, content in parts.items())}</m:{name}>"


HALF = of("f", num=sign("a"), den=sign("b"))
SUM = sign("x") + sign("+1")
BINOMIAL = '<m:f><m:fPr><m:type m:val="noBar"/></m:fPr><m:num>' + sign("n") + "</m:num><m:den>" + sign("k") + "</m:den></m:f>"
TOTAL = '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>' + sign("i=1") + "</m:sub><m:sup>" + sign("n")


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        (HALF, "a/b"),
        (of("f", num=SUM, den=HALF), "(x+1)/(a/b)"),
        (of("f", num=sign("12.5"), den=of("d", e=SUM)), "12.5/(x+1)"),
        (BINOMIAL, "n; k"),
        (of("rad", deg="", e=sign("x")), "√(x)"),
        (of("rad", deg=sign("3"), e=SUM), "³√(x+1)"),
        (of("sSup", e=sign("10"), sup=sign("2")), "10^2"),
        (of("sSubSup", e=sign("x"), sub=sign("i"), sup=sign("n+1")), "x_i^(n+1)"),
        (f"{TOTAL}</m:sup><m:e>{sign('i')}</m:e></m:nary>", "∑_(i=1)^n i"),
        (of("func", fName=of("limLow", e=sign("lim"), lim=sign("n→∞")), e=HALF), "lim_(n→∞) a/b"),
        ("<m:m>" + of("mr", e=sign("1")) + of("mr", e=sign("2")) + "</m:m>", "1; 2"),
        (of("sPre", sub=sign("2"), sup="", e=sign("X")), "_2 X"),
        (sign("x=y"), "x=y"),
    ],
)
def test_a_formula_stands_in_its_sentence(formula: str, line: str) -> None:
    document = docx.Document()
    append_all(document, paragraph(run("The share is ") + f"<m:oMath>{formula}</m:oMath>" + run(" of it.")))
    assert texts(document) == [f"The share is {line} of it."]


def test_hidden_and_deleted_parts_of_a_formula_are_not_read() -> None:
    document = docx.Document()
    hidden = "<m:r><w:rPr><w:vanish/></w:rPr><m:t>h</m:t></m:r>"
    deleted = f'<w:del w:id="1" w:author="x">{sign("d")}</w:del>'
    append_all(document, paragraph(f"<m:oMath>{of('f', num=sign('a') + hidden, den=sign('b') + deleted)}</m:oMath>"))
    assert texts(document) == ["a/b"]


def test_formulas_within_formulas_are_read_as_deep_as_xml_goes() -> None:
    formula = sign("x")
    for _ in range(100):
        formula = of("rad", e=formula)
    document = docx.Document()
    append_all(document, paragraph(f"<m:oMath>{formula}</m:oMath>"))
    assert texts(document) == ["√(" * 100 + "x" + ")" * 100]
