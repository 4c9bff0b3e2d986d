"""One line for each event, without a word of a question, a paper or a key: lengths, languages, counts, milliseconds, outcomes.

`start` is called once at the edge, by a command or the page; before that nothing is written. Lines go to ``logs/setu.log`` in the home,
or to stderr, from where a container has them collected.

What is logged elsewhere (``logging.getLogger(__name__).warning("… %s", error)``) comes out as its form, with the places unfilled: an
argument may be a text from a document, and so may the message of an exception, of which only the type and the places in the code are
written.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from filelock import Timeout

from kb.files import private_lock
from kb.records import Answer, Done, Event, IngestSummary
from kb.settings import Settings

Value: TypeAlias = str | int | float | bool | None

FILE: Final = Path("logs", "setu.log")
KEPT: Final = 5
"""Log files that are kept beside the one that is written."""
OURS: Final = ("app", "eval", "ingest", "kb", "prompts", "server", "setu", "training", "ui")
_events = logging.getLogger("setu.events")
_events.addHandler(logging.NullHandler())
_FIELDS: Final = "setu_fields"
Listener: TypeAlias = Callable[[str, Mapping[str, Value]], None]
"""Is told the name of an event and what is said of it."""
_listeners: list[Listener] = []
_FRAMES = 6
_PROJECT = Path(__file__).resolve().parents[1]


def start(settings: Settings) -> None:
    """Write what happens to the log of this home from now on, in the form and from the level that the settings say."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    for name in OURS:
        logger = logging.getLogger(name)
        for old in [h for h in logger.handlers if isinstance(h, LogFile | LogStream)]:
            logger.removeHandler(old)
        if settings.log != "off":
            to_file = settings.log_to == "home"
            handler = LogFile(settings.home / FILE, settings.log_mb * 2**20) if to_file else LogStream()
            handler.setFormatter(Lines(as_json=settings.log == "json"))
            handler.setLevel(level)
            logger.addHandler(handler)
            logger.setLevel(level)
        if not any(isinstance(h, logging.NullHandler) for h in logger.handlers):
            logger.addHandler(logging.NullHandler())  # else Python writes a warning to stderr, with all that is filled into it


def event(name: str, level: int = logging.INFO, **fields: Value) -> None:
    """Log an event. ``fields`` hold numbers and words of ours, never text of a question or a paper."""
    _events.log(level, name, extra={_FIELDS: fields})
    for told in _listeners:
        told(name, fields)


def listen(listener: Listener) -> Callable[[], None]:
    """Have a listener told of every event from now on, whatever is logged, until the function that is returned is called."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def failure(name: str, error: BaseException, **fields: Value) -> None:
    """Log that something failed: the kind of error as its ``code``, and where in the code."""
    expected = type(error).__module__.startswith(("kb.", "ingest."))
    level = logging.WARNING if expected else logging.ERROR
    event(name, level, **fields, code=type(error).__name__, at=places(error))


def told(question: str, events: Iterator[Event]) -> Iterator[Event]:
    """Pass on the events of an answer and log what came of it: ``answered``, ``refused``, ``stopped`` or an error."""
    answered = False
    try:
        for step in events:
            if isinstance(step, Done):
                answered = True
                _answered(question, step.answer)
            yield step
    except GeneratorExit:
        if not answered:
            event("question", chars=len(question), outcome="stopped")
        close = getattr(events, "close", None)
        if close is not None:
            close()
        raise
    except Exception as error:
        failure("question", error, chars=len(question), outcome="failed")
        raise


@contextmanager
def ingest() -> Iterator[list[IngestSummary]]:
    """Log an ingest: append its summary to the list."""
    done: list[IngestSummary] = []
    try:
        yield done
    except Exception as error:
        failure("ingest", error, outcome="failed")
        raise
    for one in done:
        event(
            "ingest",
            added=len(one.added),
            updated=len(one.updated),
            unchanged=len(one.unchanged),
            rejected=len(one.rejected),
            withdrawn=len(one.withdrawn),
            ms=round(one.seconds * 1000),
            outcome="stopped" if one.cancelled else "done",
        )


def _answered(question: str, answer: Answer) -> None:
    refusal = answer.refusal
    statuses = Counter[str](statement.status for statement in answer.statements)
    event(
        "question",
        chars=len(question),
        language=answer.language,
        engine=answer.engine,
        statements=len(answer.statements),
        **statuses,
        search_ms=round(answer.ms.search),
        ms=round(answer.ms.total),
        outcome="answered" if refusal is None else "refused",
        reason=refusal.reason if refusal is not None else None,
    )


def places(error: BaseException) -> str:
    """Where in our code an error came from, the innermost last: ``kb/base.py:120 kb/store/document_rows.py:31``."""
    found = []
    for frame in traceback.extract_tb(error.__traceback__):
        file = Path(frame.filename)
        if file.is_relative_to(_PROJECT) and "site-packages" not in file.parts:
            found.append(f"{file.relative_to(_PROJECT)}:{frame.lineno}")
    return " ".join(found[-_FRAMES:])


class Lines(logging.Formatter):
    """A record as one line, as JSON or as text. Nothing that a caller filled into a message is written."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: dict[str, Value] = dict(getattr(record, _FIELDS, {}))
        if record.exc_info and record.exc_info[1] is not None:
            fields |= {"code": type(record.exc_info[1]).__name__, "at": places(record.exc_info[1])}
        what = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        event = what if record.name == _events.name else "message"
        if event == "message":
            fields = {"logger": record.name, "message": what, **fields}
        line: dict[str, Value] = {"time": moment, "level": record.levelname.lower(), "event": event, "pid": record.process}
        line |= {name: value for name, value in fields.items() if value is not None}
        if self._as_json:
            return json.dumps(line, ensure_ascii=False)
        return f"{moment} {record.levelname:<7} {event} " + " ".join(f"{k}={_word(v)}" for k, v in line.items() if k not in _HEAD)


_HEAD = ("time", "level", "event")


def _word(value: Value) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or "\n" in text or '"' in text else text


class LogStream(logging.StreamHandler[TextIO]):
    """Writes to stderr as it is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; where it cannot be written, it is lost."""
        try:
            sys.stderr.write(self.format(record).replace("\n", " ") + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # not by `handleError`, which writes what is filled into the message
            return


class LogFile(logging.Handler):
    """Appends to a file that several processes share, and sets it aside when it has grown large.

    The file is opened for each line, so a line is never written into one that was set aside long ago.
    """

    def __init__(self, file: Path, most: int) -> None:
        super().__init__()
        self._file = file
        self._most = most
        self._told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; where it cannot be written, stderr says so, once."""
        try:
            line = (self.format(record).replace("\n", " ") + "\n").encode(errors="replace")
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, line)
                full = os.fstat(handle).st_size > self._most
            finally:
                os.close(handle)
            if full:
                self._set_aside()
        except Exception as error:  # noqa: BLE001 — a full disk must not stop an answer
            if not self._told:  # not by `handleError`, which writes what is filled into the message
                self._told = True
                sys.stderr.write(f"setu: the log {self._file} cannot be written ({type(error).__name__}).\n")

    def _set_aside(self) -> None:
        try:
            with private_lock(self._file.with_suffix(".lock")).acquire(timeout=0):
                if self._file.stat().st_size <= self._most:
                    return  # another process was first
                for number in range(KEPT, 0, -1):
                    older = self._file.with_suffix(f".{number - 1}.log") if number > 1 else self._file
                    if older.exists():
                        older.replace(self._file.with_suffix(f".{number}.log"))
        except Timeout:
            return
