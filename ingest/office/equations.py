"""Formulas of Office Math (ECMA-376 part 1, 22.1) in one line: ``a/b``, ``√(x+1)``, ``x^2``, ``∑_(i=1)^n``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import regex

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MATH_RUN, MATH_TEXT = f"{_M}r", f"{_M}t"
_SIMPLE = regex.compile(r"[\p{L}\p{M}]+|[\p{N}.,]+|√?\([^()]*\)")
"""What needs no brackets beside a fraction bar, an exponent or an index."""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class _Structure:
    element: Any
    text_of: Callable[[Any], str]

    def parts(self, name: str) -> list[str]:
        return [self.text_of(part).strip() for part in self.element.iterchildren(f"{_M}{name}")]

    def part(self, name: str) -> str:
        return "".join(self.parts(name))

    def option(self, path: str, default: str) -> str:
        found = self.element.find("/".join(f"{_M}{step}" for step in path.split("/")))
        return default if found is None else found.get(f"{_M}val", "")


def in_one_line(element: Any, text_of: Callable[[Any], str]) -> str | None:
    """A structure of a formula as people type it; None for an element that is none, such as a run.

    Args:
        element: An element of the formula.
        text_of: Gives the text below an element, and comes back here for the structures in it.
    """
    write = _WRITERS.get(element.tag)
    return None if write is None else write(_Structure(element, text_of))


def _fraction(it: _Structure) -> str:
    between = "; " if it.option("fPr/type", "bar") == "noBar" else "/"
    return between.join(_bracketed(it.part(name)) for name in ("num", "den"))


def _root(it: _Structure) -> str:
    degree = it.part("deg")
    return f"{degree.translate(_RAISED) if degree.isdecimal() else degree}√({it.part('e')})"


def _scripts(it: _Structure) -> str:
    return _bracketed(it.part("e")) + _index_and_power(it)


def _scripts_before(it: _Structure) -> str:
    return f"{_index_and_power(it)} {it.part('e')}"


def _large_operator(it: _Structure) -> str:
    return f"{it.option('naryPr/chr', '∫')}{_index_and_power(it)} {it.part('e')}"


def _index_and_power(it: _Structure) -> str:
    return "".join(f"{sign}{_bracketed(text)}" for sign, text in (("_", it.part("sub")), ("^", it.part("sup"))) if text)


def _limit(it: _Structure) -> str:
    return f"{it.part('e')}{'^' if it.element.tag == f'{_M}limUpp' else '_'}{_bracketed(it.part('lim'))}"


def _function(it: _Structure) -> str:
    return f"{it.part('fName')} {it.part('e')}"


def _delimited(it: _Structure) -> str:
    inner = it.option("dPr/sepChr", "|").join(it.parts("e"))
    return f"{it.option('dPr/begChr', '(')}{inner}{it.option('dPr/endChr', ')')}"


def _matrix(it: _Structure) -> str:
    return "; ".join(", ".join(_Structure(row, it.text_of).parts("e")) for row in it.element.iterchildren(f"{_M}mr"))


def _lines(it: _Structure) -> str:
    return "; ".join(it.parts("e"))


def _bracketed(text: str) -> str:
    return text if not text or _SIMPLE.fullmatch(text) else f"({text})"


_WRITERS: dict[str, Callable[[_Structure], str]] = {
    f"{_M}{name}": write
    for name, write in {
        "f": _fraction,
        "rad": _root,
        **dict.fromkeys(("sSup", "sSub", "sSubSup"), _scripts),
        "sPre": _scripts_before,
        "nary": _large_operator,
        **dict.fromkeys(("limLow", "limUpp"), _limit),
        "func": _function,
        "d": _delimited,
        "m": _matrix,
        "eqArr": _lines,
    }.items()
}


def formula_text(element: Any) -> str:
    """The text below an element of a formula, in one line."""
    if element.tag == MATH_TEXT:
        return element.text or ""
    parts = (written if (written := in_one_line(child, formula_text)) is not None else formula_text(child) for child in element)
    return "".join(parts)
