"""How events become a page, with a knowledge base that says what the test wants."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGE = """
from pathlib import Path
from types import SimpleNamespace

from kb import Settings
from kb.errors import UnknownDocumentError, VectorServiceError
from kb.records import Answer, Citation, Done, Filters, Searching, Sent, Statement, StatementReady, Timings, Waiting, Writing
from kb.store.catalogue import Catalogue
from kb.store.user_data.conversations import Conversations
from kb.store.user_data.conversations import Feedback
from ui.pages.chat.chat_page import chat
from ui.components.i18n import strings

TEXT = "The tide turns at noon."


def said(title, kind, standing):
    place = (title, "/t", 1, kind, None, 1, "1", (), 0, 23)
    return Statement(TEXT, standing, (Citation("ABCDE".index(title) + 1, *place, "en", TEXT, "verified"),))


class Base:
    settings = SimpleNamespace(home=Path({home!r}), questions_per_minute=0, address="http://setu.example")
    conversations = Conversations(Catalogue(Settings(home=Path({home!r}))), Path({home!r}))
    feedback = Feedback(Catalogue(Settings(home=Path({home!r}))))

    def text(self, document_id, version):
        return TEXT

    def document(self, document_id):
        raise UnknownDocumentError("No document is kept here.")

    def blocks_within(self, document_id, version, start, end):
        return ()

    def fact_views(self, document_id):
        return ()

    def ask(self, question, history, filters):
        yield Searching(question, "en")
{events}


chat(Base(), [SimpleNamespace(id=1, version=0, state="rejected", title="A")], Filters(), strings("en"))
"""


SAID = 'yield StatementReady(said("A", "agreement", "agreed"))'


def asked(home: Path, *events: str) -> AppTest:
    lines = "\n".join(f"        {event}" for event in events)
    app = AppTest.from_string(PAGE.format(home=str(home), events=lines), default_timeout=30).run()
    app.chat_input[0].set_value("When does the tide turn?").run()
    assert not app.exception
    return app


def drawn(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def test_what_was_said_before_a_failure_stays_and_can_be_asked_again(tmp_path: Path) -> None:
    app = asked(tmp_path, SAID, 'raise VectorServiceError("The vector store does not answer. Run setu doctor.")')
    assert "The tide turns at noon." in drawn(app)
    assert "The vector store does not answer" in app.error[0].value
    assert "again-0" in [b.key for b in app.button]
    app.run()
    assert "The tide turns at noon." in drawn(app)
    assert len(app.warning) == 1


def test_an_error_that_nobody_foresaw_is_a_sentence_without_its_innards(tmp_path: Path) -> None:
    app = asked(tmp_path, SAID, 'raise KeyError("secret innards")')
    assert "unexpected error \\(KeyError\\)" in app.error[0].value
    assert "innards" not in app.error[0].value
    assert "setu-busy" not in drawn(app)


def test_the_numbers_follow_the_order_in_which_the_quotes_are_read(tmp_path: Path) -> None:
    sources = [("A", "agreement"), ("B", "news"), ("C", "agreement"), ("D", "news"), ("E", "agreement")]
    said = [(name, kind, "agreed" if kind == "agreement" else "reported") for name, kind in sources]
    statements = ", ".join(f"said{arguments}" for arguments in said)
    done = f'yield Done(Answer(question, "en", "extractive", ({statements}), None, Timings(1.0, 1.0, 2.0)))'
    app = asked(tmp_path, *(f"yield StatementReady(said{arguments})" for arguments in said), done)
    chips = [b.label for b in app.button if (b.key or "").startswith("chip-")]
    # The first two are open; those after them are folded, and read under who says them.
    assert chips == [f"\\[{at}\\] {name} · p\\.\u00a01" for at, name in enumerate("ABCED", 1)]
    assert [folded.label for folded in app.expander] == ["More from the papers"]
    assert "5 quotes" in drawn(app)


def test_a_follow_up_shows_what_it_was_understood_as(tmp_path: Path) -> None:
    app = asked(
        tmp_path,
        'yield Searching(question, "en", "And its height? (tide)")',
        'asked_as, notes = "And its height? (tide)", ("The order is that of the search.",)',
        'yield Done(Answer(question, "en", "extractive", (), None, Timings(1, 1, 2), asked_as, notes))',
    )
    assert "Understood as: And its height? (tide)" in drawn(app)
    assert "The order is that of the search." in drawn(app)
    again = app.run()
    assert "Understood as: And its height? (tide)" in drawn(again)


def test_what_was_sent_to_which_model_stands_below_the_answer_and_there_is_nothing_left_to_stop(tmp_path: Path) -> None:
    app = asked(
        tmp_path,
        "yield Waiting(2)",
        'yield Writing("gemma3", "10.0.0.9:11434", 3)',
        SAID,
        'sent = Sent("gemma3", "10.0.0.9:11434", 3, 900, 40, 2.5)',
        'yield Done(Answer(question, "en", "generative", (said("A", "agreement", "agreed"),), None, Timings(1, 1, 2), sent=sent))',
    )
    assert "3 passages were sent to gemma3 (10.0.0.9:11434)." in drawn(app)
    assert "setu-busy" not in drawn(app)
    assert "stop-0" not in [b.key for b in app.button]
    app.run()
    assert "3 passages were sent to gemma3 (10.0.0.9:11434)." in drawn(app)


def test_who_stops_is_told_what_was_being_done_and_leaves_whoever_makes_the_answer(tmp_path: Path) -> None:
    left = tmp_path / "left"
    app = asked(
        tmp_path,
        "import streamlit as st",
        "from ui.pages.chat.exchange import Drawing",
        "before, Drawing.writing = Drawing.writing, lambda drawn, event: st.stop()  # as a press on Stop ends the run",
        f"try:\n            yield Waiting(2)\n            yield Writing('gemma3', 'h', 1)\n"
        f"        finally:\n            Drawing.writing = before\n            Path({str(left)!r}).touch()",
    )
    assert left.exists()
    assert "You are number 2 in the queue" in drawn(app)
    assert "stop-0" in [b.key for b in app.button]
    app.run()
    assert len(app.warning) == 1
    assert "stop-0" not in [b.key for b in app.button]
