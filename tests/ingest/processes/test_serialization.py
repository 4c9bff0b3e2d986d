"""Answers of reading processes: they come back as they were sent, and what is no answer is refused and costs one file."""

from __future__ import annotations

import json
import socket
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import errors
from ingest.errors import ErrorName, IngestError, ReaderFailedError
from ingest.pipeline import read_documents
from ingest.processes import sandbox
from ingest.processes.messages import (
    Channel,
    Drawn,
    Finished,
    MalformedReplyError,
    Opened,
    PageRead,
    PagesDone,
    Rejected,
    Split,
    Started,
    decode,
    encode,
    received,
)
from ingest.processes.pool import Effort
from ingest.records import Document
from tests.support import PROJECT

REPLIES = [
    Started(), Opened(40, 3), PageRead(7), Split((1, 2, 9)), PagesDone(), Drawn(bytes(range(256)), 2),
    Rejected("DamagedFileError", "It is “cut” \ud83d\ude42 short\n", "करार 契約"),
]  # fmt: skip


@pytest.fixture(scope="module")
def samples() -> list[Document]:
    return [found for found in read_documents([PROJECT / "samples" / "documents"]) if isinstance(found, Document)]


def _kinds(value: object, found: set[type]) -> set[type]:
    if is_dataclass(value):
        found.add(type(value))
        for item in fields(value):
            _kinds(getattr(value, item.name), found)
    elif isinstance(value, tuple):
        for item in value:
            _kinds(item, found)
    elif isinstance(value, date | bytes) and value:
        found.add(type(value))
    return found


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_an_answer_comes_back_as_it_was_sent(reply: object) -> None:
    wanted = replace(reply, reason="It is “cut” 🙂 short\n") if isinstance(reply, Rejected) else reply
    assert decode(encode(wanted)) == wanted  # type: ignore[arg-type]


def test_documents_come_back_as_they_were_sent_with_the_source_that_was_asked_for(samples: list[Document]) -> None:
    kinds: set[type] = set()
    for document in samples:
        reply = decode(encode(Finished(document)))
        assert isinstance(reply, Finished)
        assert received(reply, document.source) == document
        _kinds(document, kinds)
    names = {kind.__name__ for kind in kinds}
    assert {"Found", "When", "Signatory", "InForce", "Duration", "Notice", "Relation", "Chunk", "Block", "date", "bytes"} <= names


def test_an_answer_cannot_say_which_file_it_is_about(samples: list[Document]) -> None:
    asked = replace(samples[0].source, uri="/papers/asked.pdf")
    lied = replace(samples[0], source=replace(asked, uri="/papers/other.pdf", parts=("/papers/other.pdf",)))
    assert b"other.pdf" not in encode(Finished(lied))
    found = received(Finished(lied), asked)
    assert isinstance(found, Document)
    assert found.source == asked
    error = received(Rejected("TooLargeError", "Too large.", "Split it."), asked)
    assert isinstance(error, errors.TooLargeError)
    assert error.file == "/papers/asked.pdf"


def test_every_error_has_a_name_that_an_answer_may_hold() -> None:
    assert set(get_args(ErrorName)) == {"IngestError", *(kind.__name__ for kind in IngestError.__subclasses__())}


@given(st.binary(max_size=200))
@example(b"")
@example(b"[]")
@example(b'["Started"]')
@example(b'["Started",{},1]')
@example(b'["Started",{"x":1}]')
@example(b'["Opened",{"pages":"1","kept":0}]')
@example(b'["Opened",{"pages":1.5,"kept":0}]')
@example(b'["PageRead",{"number":1e999}]')
@example(b'["Drawn",{"png":"***","lines":0}]')
@example(b'["Rejected",{"error":"SystemExit","reason":"","remedy":""}]')
@example(b'["Task",{}]')
@example(b'["Finished",{"document":null}]')
@example(b'["Finished",' + b'{"document":' * 20_000)
@example(b"\x80\x05cos\nsystem\n")
def test_bytes_that_are_no_answer_are_refused(message: bytes) -> None:
    if message == b'["Started",{"x":1}]':
        assert decode(message) == Started()  # what no record has is not looked at
        return
    with pytest.raises(MalformedReplyError):
        decode(message)


@given(st.data())
def test_a_document_with_any_one_value_replaced_is_refused_or_sound(samples: list[Document], data: st.DataObject) -> None:
    shape = json.loads(encode(Finished(samples[0])))
    at, place = shape, 1
    while isinstance(at[place], dict | list) and at[place]:
        at = at[place]
        place = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
    at[place] = data.draw(st.sampled_from([None, -1, 10**30, 0.5, "x", "\ud800", [], {}, True, [[1]]]))
    try:
        found = decode(json.dumps(shape).encode())
        assert isinstance(found, Finished)
        document = received(found, samples[0].source)
    except MalformedReplyError:
        return
    assert isinstance(document, Document)
    assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in document.chunks)


def test_messages_are_taken_from_the_stream_as_they_are_complete() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = Channel(ours, 10)
        theirs.sendall(bytes(7) + b"\x03ab")
        assert channel.arrived() == []
        theirs.sendall(b"c" + bytes(8) + bytes(7) + b"\x01")
        assert channel.arrived() == [b"abc", b""]
        theirs.sendall(b"d" + bytes(7) + b"\x0b")
        with pytest.raises(MalformedReplyError, match="11 bytes, where 10"):
            channel.arrived()
        theirs.close()
        with pytest.raises(EOFError):
            channel.arrived()


LIES = {
    "a pickle": "worker.encode = lambda reply: pickle.dumps(Evil())",
    "words": "worker.encode = lambda reply: b'words'",
    "another kind": "worker.read_document = lambda source, **options: answer(PagesDone())",
    "a second beginning": "worker.read_document = lambda source, **options: answer(Started())",
    "pages without end": "worker.read_document = lambda source, **options: answer(Opened(10**9, 0))",
    "pages shared out for ever": "worker.read_document = lambda source, **options: (send(Opened(40, 0)), answer(Split((1, 1))))",
    "a passage of another paper": "change(lambda d: replace(d, chunks=(replace(d.chunks[0], id='0' * 32),)))",
    "words that do not stand there": "change(lambda d: replace(d, blocks=(replace(d.blocks[0], text='We pay.'),)))",
    "a page that is not there": "change(lambda d: replace(d, blocks=(replace(d.blocks[0], page=9),)))",
    "a message without end": "worker.Channel.send = lambda channel, message: channel._socket.sendall(b'\\x7f' * 8)",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_process_that_lies_costs_its_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    mark = tmp_path / "run-by-a-pickle"
    for name in ("a", "b-bad", "c"):
        (tmp_path / f"{name}.txt").write_text(f"The city agreed with {name}.", encoding="utf-8")
    start = f"""
import os, pickle
from dataclasses import replace
import ingest.processes.worker as worker
from ingest.processes.messages import *
class Evil:
    def __reduce__(self):
        return os.mkdir, ({str(mark)!r},)
class Over(BaseException):
    pass
honest, sender = worker.serve, []
def send(reply):
    sender[0](reply)
def answer(reply):
    send(reply)
    raise Over
def change(how):
    read = worker.read_document
    worker.read_document = lambda source, **options: how(read(source, **options))
def serve(task, setup, send):
    sender[:] = [send]
    if "bad" in task.source.uri:
        {lie}
    try:
        honest(task, setup, send)
    except Over:
        pass
worker.serve = serve
worker.main()
"""
    monkeypatch.setattr(sandbox, "_START", start)
    found = list(read_documents([tmp_path], effort=Effort(readers=1, seconds=5)))
    assert [type(one) for one in found] == [Document, ReaderFailedError, Document]
    assert isinstance(found[1], ReaderFailedError)
    assert "makes no sense" in found[1].reason
    assert "harm" in found[1].remedy
    assert not mark.exists()


def test_half_a_message_is_waited_for_only_as_long_as_a_file_may_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b-bad", "c"):
        (tmp_path / f"{name}.txt").write_text(f"The city agreed with {name}.", encoding="utf-8")
    start = """
import time
import ingest.processes.worker as worker
honest = worker.read_document
def read_document(source, **options):
    if "bad" in source.uri:
        worker.encode = lambda reply: b""
        worker.Channel.send = lambda channel, message: (channel._socket.sendall(bytes(7) + b"\\x09words"), time.sleep(60))
    return honest(source, **options)
worker.read_document = read_document
worker.main()
"""
    monkeypatch.setattr(sandbox, "_START", start)
    found = list(read_documents([tmp_path], effort=Effort(readers=1, seconds=2)))
    assert [type(one) for one in found] == [Document, ReaderFailedError, Document]
    assert isinstance(found[1], ReaderFailedError)
    assert "more than 2 s" in found[1].reason
