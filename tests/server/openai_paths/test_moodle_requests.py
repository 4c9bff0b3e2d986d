"""What the OpenAI provider of Moodle 4.5 and later sends, and the fields that it reads of an answer."""

from __future__ import annotations

import hashlib

import pytest
from fastapi.testclient import TestClient

from kb import KnowledgeBase
from tests.server.openai_paths.app_of import app_of

SYSTEM = "You will receive a text input from the user. Your task is to generate text based on their request."


@pytest.mark.parametrize("extra", [{}, {"temperature": 0.7, "max_completion_tokens": 500, "top_p": 0.9}])
def test_moodle_gets_all_that_its_provider_reads(stocked: KnowledgeBase, extra: dict[str, float]) -> None:
    asked = {
        "model": "setu",
        "user": hashlib.sha256(b"somebody in the course").hexdigest(),
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "What does the flood-warning pilot cost?"}],
        **extra,
    }
    with TestClient(app_of(stocked)) as client:
        answer = client.post("/v1/chat/completions", json=asked, headers={"Authorization": "Bearer key-of-vani"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    choice = told["choices"][0]
    assert "Rs 12.40 crore" in choice["message"]["content"]
    assert "?passage=1.1.61.121" in choice["message"]["content"]
    assert choice["finish_reason"] == "stop"
    assert isinstance(told["system_fingerprint"], str)
    assert (told["model"], isinstance(told["id"], str)) == ("setu", True)
    assert {"prompt_tokens", "completion_tokens"} <= set(told["usage"])


def test_moodle_is_told_of_errors_in_the_shape_that_it_shows(stocked: KnowledgeBase) -> None:
    with TestClient(app_of(stocked)) as client:
        answer = client.post("/v1/chat/completions", json={"model": "setu", "messages": []}, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.json()["error"]["message"]
