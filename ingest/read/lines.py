"""Lines of text: white space, joining, and how a sentence ends, in our four languages."""

from __future__ import annotations

from collections.abc import Iterable

import regex

MOST_MARGINS = 6
"""Lines around a text that are kept as hints."""
_WIDE = r"[\p{Han}\p{Hiragana}\p{Katakana}、。，．・「」『』（）〔〕【】ー！？：；]"
_BREAK_IN_WIDE = regex.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_SPACE = regex.compile(r"[^\S\u3000]+")
_TERMINAL = regex.compile(r"[.।॥!?…:;。！？：；][)\]”\"’'»」』）]*\s*$|[”」』]\s*$")
_BULLET = regex.compile(r"^\s*(?:[-–*+•●○◦▪■□◆‣·・]|[\uf0b7\uf0a7])\s+")
_DOUBLE = regex.compile(r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")


def squeeze(text: str) -> str:
    """Collapse white space to single spaces; a line break inside Japanese text vanishes, because Japanese has no word spaces."""
    return str(_SPACE.sub(" ", _BREAK_IN_WIDE.sub("", text.replace("\xad", "")))).strip(" \n\t\r\u3000")


def join(lines: Iterable[str]) -> str:
    """Join wrapped lines into one."""
    return squeeze("\n".join(lines))


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends like a sentence (or leads in to what follows with a colon), not like a headline or a label."""
    return bool(_TERMINAL.search(text))


def without_bullet(text: str) -> tuple[str, bool]:
    """``text`` without its bullet, and whether it had one; a number such as ``(2)`` is not a bullet and stays."""
    stripped = _BULLET.sub("", text, count=1)
    return stripped, stripped != text


def columns(text: str) -> int:
    """Width in terminal columns: ideographs, kana and full-width forms count two, combining marks none."""
    wide = len(_DOUBLE.findall(text))
    return len(text) + wide - len(regex.findall(r"\p{Mn}", text))
