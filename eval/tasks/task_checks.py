"""What a task of officials asks of an output, and whether the output holds it.

A file of tasks has a task a line: ``id, language, skill, turns, must, must_not, cites, shape, why``. An entry of ``must`` has to stand in
the answer to the last turn and none of ``must_not`` may: ``/a regex/``, or short strings separated by ``|``, any of which will do. One of
the files in ``cites`` has to be cited. ``shape`` is how the answer has to look; ``why`` is for the person who reads it.

Entries and text are compared in NFKC and lower case, with ASCII digits, without nukta, joiners, bold marks, commas inside numbers, and
spaces beside Japanese letters.
"""

from __future__ import annotations

import json
import re  # not `regex`: entries are written for this one
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Any, Final, TypeAlias

from eval import DATA

WORDS: Final = DATA / "task_words.toml"
CHECKS: Final = ("must", "must_not", "cites", "shape")
Wrong: TypeAlias = Mapping[str, tuple[str, ...]]
"""What is wrong with an output, by check; the task passes when nothing is."""

TALK: Final = 900
"""Characters of a friendly line, at most."""
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u093c\u200b\u200c\u200d"))
_DIGITS: Final = {ord("०") + digit: str(digit) for digit in range(10)}
_JAPANESE: Final = "\u3041-\u30ff\u3400-\u9fff"
_BLANK = re.compile(r"\s+")
_BESIDE_JAPANESE = re.compile(f"(?<=[{_JAPANESE}]) | (?=[{_JAPANESE}])")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_SIGN: Final = r"[-*•・‣▪●○]"
_NUMBER: Final = r"\(?[0-9०-९]{1,2}[.)、．)]"
_LETTER: Final = r"\(?[0-9०-९a-zअ-ह]\)"
_ITEM = re.compile(rf"\s*({_SIGN}|{_NUMBER}|{_LETTER}|[①-⑳])\s*\S")
_RULE = re.compile(r"[\s:-]*")


class TasksError(Exception):
    """The tasks, or what they are asked of, cannot be used; the message says which file, and why."""


@dataclass(frozen=True, slots=True)
class Task:
    """A conversation whose last answer is scored, and what is asked of it."""

    id: str
    language: str
    skill: str
    turns: tuple[str, ...]
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    cites: tuple[str, ...]
    shape: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """What is shown for the last turn of a task. ``citations`` are the names of files, without folders."""

    id: str
    text: str = ""
    statements: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    refused: bool = False
    kind: str = ""


def read_tasks(file: Path) -> list[Task]:
    """The tasks of a file.

    Raises:
        TasksError: it cannot be read, a line is no task, or there is none.
    """
    tasks = []
    for number, row in _rows(file):
        try:
            task = Task(
                row["id"], row["language"], row["skill"], tuple(row["turns"]), tuple(row["must"]), tuple(row["must_not"]),
                tuple(row["cites"]), row["shape"], row.get("why", ""),
            )  # fmt: skip
            if not task.turns or task.shape not in SHAPES:
                raise ValueError(f"no turns, or a shape that is none of {', '.join(SHAPES)}")
            for entry in (*task.must, *task.must_not):
                _found(entry, "")
        except (TypeError, KeyError, ValueError, re.error) as error:
            raise TasksError(f"{file}, line {number}: not a task ({error}).") from error
        tasks.append(task)
    if not tasks:
        raise TasksError(f"{file} holds no tasks.")
    return tasks


def read_outputs(file: Path) -> dict[str, Output]:
    """Recorded outputs by the id of their task.

    Raises:
        TasksError: the file cannot be read, or a line is no output.
    """
    outputs = {}
    for number, row in _rows(file):
        try:
            outputs[row["id"]] = Output(
                row["id"], row.get("text") or "", tuple(row.get("statements") or ()), tuple(row.get("citations") or ()),
                bool(row.get("refused")), row.get("kind", ""),
            )  # fmt: skip
        except (TypeError, KeyError, AttributeError) as error:
            raise TasksError(f"{file}, line {number}: not an output ({error}).") from error
    return outputs


def wrong_of(task: Task, output: Output | None) -> Wrong:
    """What is missing from an output or should not be there. Without an output, every check fails."""
    if output is None:
        return dict.fromkeys(CHECKS, ("no output",))
    text = comparable(output.text)
    cited = {PurePath(name.replace("\\", "/")).name for name in output.citations}
    return {
        "must": tuple(entry for entry in task.must if not _found(entry, text)),
        "must_not": tuple(entry for entry in task.must_not if _found(entry, text)),
        "cites": () if not task.cites or cited.intersection(task.cites) else task.cites,
        "shape": () if SHAPES[task.shape](output) else (task.shape,),
    }


def folded(text: str) -> str:
    """NFKC with ASCII digits, without nukta and joiners, and one way of writing candra a."""
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return text.translate(_DIGITS).replace("अ\u0945", "\u0972")


def comparable(text: str) -> str:
    """The text as entries are looked for in it."""
    text = _BLANK.sub(" ", folded(text)).casefold().replace("**", "")
    return _COMMA.sub("", _BESIDE_JAPANESE.sub("", text))


def says_nothing(text: str) -> bool:
    """Whether the text says somewhere that the papers are silent, or that something cannot be done."""
    return words_of("silent").search(folded(text)) is not None


@cache
def words_of(part: str) -> re.Pattern[str]:
    """What is looked for to tell a shape: ``silent`` in folded text, ``salutation``, ``closing`` and ``choice`` in the text as it is."""
    lists: Mapping[str, list[str]] = tomllib.loads(WORDS.read_text(encoding="utf-8"))[part]
    return re.compile("|".join(pattern for patterns in lists.values() for pattern in patterns), 0 if part == "choice" else re.IGNORECASE)


def _found(entry: str, text: str) -> bool:
    if len(entry) > 2 and entry.startswith("/") and entry.endswith("/"):
        return re.search(folded(entry[1:-1]), text, re.IGNORECASE) is not None
    return any(comparable(way) in text for way in entry.split("|") if way)


def _prose(output: Output) -> bool:
    return not output.refused


def _points(output: Output) -> bool:
    return not output.refused and (_items(output.text) >= 2 or len(_lines(output.text)) >= 2)


def _table(output: Output) -> bool:
    rows = _cells(output.text)
    return not output.refused and len(rows) >= 3 and max(map(len, rows)) >= 2  # the first is the head


def _letter(output: Output) -> bool:
    opened, closed = (words_of(part).search(output.text) is not None for part in ("salutation", "closing"))
    return not output.refused and opened and closed and len(_lines(output.text)) >= 4


def _options(output: Output) -> bool:
    """Choices in a list, a question with an *or* in it, or the answers side by side."""
    asked = ("?" in output.text or "か。" in output.text) and words_of("choice").search(output.text) is not None
    return not output.refused and (_items(output.text) >= 2 or asked or len(output.statements) >= 2)


def _refusal(output: Output) -> bool:
    return output.refused or says_nothing(output.text)


def _chat(output: Output) -> bool:
    silent = words_of("silent").search(folded(output.text)[:80]) is not None
    return not output.refused and not output.citations and not silent and len(output.text) <= TALK


def _any_text(shape: Callable[[Output], bool]) -> Callable[[Output], bool]:
    return lambda output: bool(output.text.strip()) and shape(output)


SHAPES: Final[Mapping[str, Callable[[Output], bool]]] = {
    "prose": _any_text(_prose),
    "points": _any_text(_points),
    "table": _any_text(_table),
    "letter": _any_text(_letter),
    "options": _any_text(_options),
    "refusal": _any_text(_refusal),
    "chat": _any_text(_chat),
}
"""Whether an output looks like what was wanted, by shape; one without text never does."""


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _items(text: str) -> int:
    """Lines that begin as an item of a list does."""
    return sum(_ITEM.match(line) is not None for line in text.splitlines())


def _cells(text: str) -> list[list[str]]:
    """The rows of a table in Markdown without the rule below its head, or else in HTML, or else between tabs."""
    barred = [line.strip().strip("|").split("|") for line in text.splitlines() if line.count("|") >= 2]
    rows = [cells for cells in barred if any(_RULE.fullmatch(cell) is None for cell in cells)]
    if not rows:
        rows = [re.findall("<t[dh]", row) for row in re.findall("<tr.*?</tr>", text, re.DOTALL)]
    return rows or [line.split("\t") for line in text.splitlines() if "\t" in line]


def _rows(file: Path) -> list[tuple[int, Any]]:
    number = 0
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # not splitlines: a text may hold U+2028
        rows = []
        for number, line in enumerate(lines, start=1):
            if line.strip():
                rows.append((number, json.loads(line)))
    except OSError as error:
        raise TasksError(f"{file} cannot be read: {error}.") from error
    except ValueError as error:
        raise TasksError(f"{file}, line {number}: not JSON ({error}).") from error
    return rows
