"""How events become a page, with a knowledge base that says what the test wants."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

HOW_IT_FAILS = """
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from kb.errors import VectorServiceError
from kb.records import Citation, Filters, Searching, Statement, StatementReady
from ui.chat import chat
from ui.i18n import strings

TEXT = "The tide turns at noon."


class Base:
    settings = SimpleNamespace(home=Path({home!r}))

    def text(self, document_id, version):
        return TEXT

    def ask(self, question, history, filters):
        yield Searching(question, "en")
        citation = Citation(1, "Tides", "/t", 1, "agreement", None, 1, "1", (), 0, 23, "en", TEXT, "verified")
        yield StatementReady(Statement(TEXT, "agreed", (citation,)))
        raise {error}


chat(Base(), [object()], Filters(), strings("en"))
"""


def asked(home: str, error: str) -> AppTest:
    app = AppTest.from_string(HOW_IT_FAILS.format(home=home, error=error), default_timeout=30).run()
    app.chat_input[0].set_value("When does the tide turn?").run()
    assert not app.exception
    return app


def drawn(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def test_what_was_said_before_a_failure_stays_and_can_be_asked_again(tmp_path: Path) -> None:
    app = asked(str(tmp_path), 'VectorServiceError("The vector store does not answer. Run setu doctor.")')
    assert "The tide turns at noon." in drawn(app)
    assert "The vector store does not answer" in app.error[0].value
    assert "again-0" in [b.key for b in app.button]
    app.run()
    assert "The tide turns at noon." in drawn(app)
    assert len(app.warning) == 1


def test_an_error_that_nobody_foresaw_is_a_sentence_without_its_innards(tmp_path: Path) -> None:
    app = asked(str(tmp_path), 'KeyError("secret innards")')
    assert "unexpected error \\(KeyError\\)" in app.error[0].value
    assert "innards" not in app.error[0].value
    assert "setu-busy" not in drawn(app)
