"""The writer that says what somebody wrote beforehand."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import click
import pytest

from tools.replay.server import SILENT, Replayer, digest, read

pytest.importorskip("langchain_openai", reason="langchain is not installed: make llm")


def test_a_prompt_gets_its_reply_and_one_that_has_none_is_kept_for_a_writer(tmp_path: Path) -> None:
    from kb.generate.chat_model import LangChainChat, Message, model_name

    known: list[Message] = [("system", "Write."), ("human", "किती मीटर?")]
    sent = [{"role": "system", "content": "Write."}, {"role": "user", "content": "किती मीटर?"}]
    replies, wanted = tmp_path / "replies.jsonl", tmp_path / "wanted.jsonl"
    replies.write_text(json.dumps({"prompt": digest(sent), "reply": "चाळीस मीटर." * 9}) + "\n", encoding="utf-8")
    with Replayer(read(replies), wanted) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chat = LangChainChat(model_name(server.url), None)
        assert chat.models(lambda: 9.0) == ("replay",)
        assert "".join(piece.text for piece in chat.stream(known, 99, lambda: 9.0)) == "चाळीस मीटर." * 9
        for _ in range(2):
            assert "".join(piece.text for piece in chat.stream([("human", "Who?")], 99, lambda: 9.0)) == SILENT
        server.shutdown()
    (row,) = [json.loads(line) for line in wanted.read_text(encoding="utf-8").splitlines()]
    assert row == {"prompt": digest(row["messages"]), "messages": [{"role": "user", "content": "Who?"}]}
    assert server.unknown == 2


def test_a_line_that_is_no_reply_is_named(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('\n{"prompt": "a"}\n', encoding="utf-8")
    with pytest.raises(click.ClickException, match=r"replies\.jsonl:2"):
        read(file)
    assert read(tmp_path / "none.jsonl") == {}
