"""What people set for obligations: who may, what is kept, and that it is found again when the paper is read anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.agreements.card_corrections import Change, correct, now
from kb.agreements.card_records import Card, CardError, Obligation, UnknownCardLineError
from kb.agreements.cards import forget_lost, handle, make_card, take_back_handling
from kb.auth.accounts import Accounts
from kb.auth.roles import Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.user_records import MAX_NOTE, Handling
from tests.kb.agreements.conftest import named

PIER = """MEMORANDUM OF UNDERSTANDING ON PIERS

The Port of Ottermouth (hereinafter "the Port") and the Ministry of Tides (hereinafter "the Ministry") have agreed as follows:

Article 1 Works
1. The Port shall mend the north pier by 30 June 2026.
2. The Port shall mend the south pier by 30 June 2026.
3. The Ministry shall send its accounts on or before 31 March each year.
4. The Port shall keep the keys of the gate.

Article 2 Staff
1. The Ministry shall keep a list of guests.
2. The Port shall keep a list of guests.

Signed at Ottermouth on 5 March 2025.
"""
DONE = Handling("done", "Asha", "Paid on the spot.")


@pytest.fixture
def pier(kb: KnowledgeBase, tmp_path: Path) -> Path:
    file = tmp_path / "pier.txt"
    file.write_text(PIER, encoding="utf-8")
    assert not kb.ingest([file]).rejected
    return file


def card(kb: KnowledgeBase) -> Card:
    return make_card(kb, named(kb, "pier.txt").id)


def clause(kb: KnowledgeBase, words: str, at: int = 0) -> Obligation:
    return [one for one in card(kb).obligations if words in one.citation.quote][at]


def again(kb: KnowledgeBase, file: Path, text: str) -> Card:
    """The card of the next version."""
    before = card(kb).version
    file.write_text(text, encoding="utf-8")
    assert not kb.ingest([file]).rejected
    made = card(kb)
    assert made.version == before + 1
    return made


def test_what_is_set_comes_back_with_who_and_when_and_a_later_one_takes_its_place(kb: KnowledgeBase, pier: Path) -> None:
    view = kb.seen_by(Reader("Ed", "editor", id="p-1"))
    handle(view, card(kb), clause(kb, "north pier").key, Handling("in_progress", "  Asha \n Rao ", "Stones are ordered."))
    found = clause(kb, "north pier").handling
    assert found is not None
    assert (found.state, found.owner, found.note) == ("in_progress", "Asha Rao", "Stones are ordered.")
    assert (found.who, found.person, found.at.year > 2020) == ("Ed", "p-1", True)
    handle(kb, card(kb), clause(kb, "north pier").key, DONE)
    found = clause(kb, "north pier").handling
    assert found is not None
    assert (found.state, found.owner, found.who) == ("done", "Asha", "")
    assert sum(map(len, kb.handlings.of().values())) == 1
    assert [one.handling for one in card(kb).obligations if "south" in one.citation.quote] == [None]
    take_back_handling(kb, card(kb), clause(kb, "north pier").key)
    assert clause(kb, "north pier").handling is None
    with pytest.raises(UnknownCardLineError, match="Nothing is set"):
        take_back_handling(kb, card(kb), clause(kb, "north pier").key)


def test_it_holds_beside_a_correction_of_the_same_line(kb: KnowledgeBase, pier: Path) -> None:
    key = clause(kb, "north pier").key
    handle(kb, card(kb), key, DONE)
    correct(kb, card(kb), Change(key, None, now(), actor="Harbour Board", due=date(2026, 7, 31)))
    found = clause(kb, "north pier")
    assert (found.actor, found.handling is not None and found.handling.state) == ("Harbour Board", "done")
    handle(kb, card(kb), key, Handling("open", "Ben"))
    assert (found := clause(kb, "north pier").handling) is not None
    assert found.owner == "Ben"
    assert len(kb.handlings.of()[card(kb).document_id]) == 1


@pytest.mark.parametrize("role", ["viewer", "trainer"])
def test_setting_takes_an_editor(kb: KnowledgeBase, pier: Path, role: str) -> None:
    view = kb.seen_by(Reader("Vi", role, id="p-2"))  # type: ignore[arg-type]
    one = clause(kb, "north pier")
    with pytest.raises(AccessError, match="takes the role editor"):
        handle(view, card(kb), one.key, DONE)
    handle(kb, card(kb), one.key, DONE)
    with pytest.raises(AccessError, match="takes the role editor"):
        take_back_handling(view, card(kb), one.key)
    seen = next(o for o in make_card(view, card(kb).document_id).obligations if o.key == one.key)
    assert seen.handling is not None  # who sees the paper sees how it stands
    assert seen.handling.state == "done"


def test_who_does_not_see_the_paper_neither_sees_nor_sets_anything(kb: KnowledgeBase, pier: Path) -> None:
    made = card(kb)
    handle(kb, made, clause(kb, "north pier").key, DONE)
    kb.put_in_groups(made.document_id, ["roads"])
    stranger = kb.seen_by(Reader("Eve", "editor", frozenset({"water"}), id="p-3"))
    assert stranger.handlings.of() == {}
    kept = kb.handlings.of()[made.document_id][0]
    with pytest.raises(KnowledgeBaseError) as hidden:
        stranger.handlings.put(made.document_id, kept.anchor, DONE)
    with pytest.raises(KnowledgeBaseError) as absent:
        stranger.handlings.put(999, kept.anchor, DONE)
    assert str(hidden.value).replace(str(made.document_id), "999") == str(absent.value)
    with pytest.raises(KnowledgeBaseError):
        stranger.handlings.take_back(made.document_id, kept.id)
    assert len(kb.handlings.of()) == 1
    friend = kb.seen_by(Reader("Fay", "editor", frozenset({"roads"}), id="p-4"))
    assert set(friend.handlings.of()) == {made.document_id}


def test_an_owner_is_known_by_their_account_where_the_reader_may_know_it(kb: KnowledgeBase, pier: Path) -> None:
    people = Accounts(kb.settings.home)
    maya = people.add("maya", "viewer", frozenset())
    assert "maya" in kb.handlings.people()
    handle(kb, card(kb), clause(kb, "north pier").key, Handling("open", "Maya"))
    handle(kb, card(kb), clause(kb, "south pier").key, Handling("open", "the harbour office"))
    assert [(h.owner, h.owner_id) for one in card(kb).obligations if (h := one.handling) is not None] == [
        ("maya", maya.id),
        ("the harbour office", ""),
    ]
    editor = kb.seen_by(Reader("Ed", "editor", frozenset(), id="p-1"))
    assert editor.handlings.people() == ("Ed",)  # whose accounts there are is an admin's business
    handle(editor, card(kb), clause(kb, "keys").key, Handling("open", "maya"))
    assert (found := clause(kb, "keys").handling) is not None
    assert (found.owner, found.owner_id) == ("maya", "")
    handle(editor, card(kb), clause(kb, "keys").key, Handling("open", "ed"))
    assert (found := clause(kb, "keys").handling) is not None
    assert (found.owner, found.owner_id) == ("Ed", "p-1")


def test_what_cannot_be_kept_says_why(kb: KnowledgeBase, pier: Path) -> None:
    one = clause(kb, "north pier")
    with pytest.raises(KnowledgeBaseError, match=f"at most {MAX_NOTE} characters"):
        handle(kb, card(kb), one.key, Handling("open", note="x" * (MAX_NOTE + 1)))
    with pytest.raises(CardError, match="does not return"):
        handle(kb, card(kb), one.key, Handling("done", through=date(2026, 6, 30)))
    with pytest.raises(UnknownCardLineError, match="Open the card again"):
        handle(kb, card(kb), "obligation-000000000000", DONE)


def test_two_who_set_something_for_one_clause_at_once_leave_one(kb: KnowledgeBase, pier: Path) -> None:
    handle(kb, card(kb), clause(kb, "north pier").key, DONE)
    kept = kb.handlings.of()[card(kb).document_id][0]
    kb.handlings.put(kept.document_id, kept.anchor, Handling("open", "Ben"))
    (left,) = kb.handlings.of()[kept.document_id]
    assert left.handling.owner == "Ben"


def test_it_is_entered_in_the_audit_log_without_a_word_of_the_paper(kb: KnowledgeBase, pier: Path) -> None:
    one = clause(kb, "north pier")
    handle(kb, card(kb), one.key, DONE)
    (entry,) = kb.audit.list(action="handled")
    assert entry.about == f"#{card(kb).document_id} {card(kb).title}: {one.key} done"


def test_it_goes_with_the_document(kb: KnowledgeBase, pier: Path) -> None:
    handle(kb, card(kb), clause(kb, "north pier").key, DONE)
    kb.delete(card(kb).document_id)
    assert kb.handlings.of() == {}


@pytest.mark.parametrize(
    "text",
    [
        PIER.replace("Article 1 Works", "Article 1 Works of the year\n\nThe piers are old."),
        PIER.replace("1. The Port shall mend the north pier", "(a) The Port  shall mend the north pier"),
        PIER.replace("2. The Port shall mend the south pier by 30 June 2026.\n", ""),
        PIER.replace("north pier by 30 June 2026.", "north pier by 30 June 2026!"),
    ],
    ids=["moved", "spaced and numbered otherwise", "beside a clause that went", "another stop"],
)
def test_it_is_found_again_in_a_later_version(kb: KnowledgeBase, pier: Path, text: str) -> None:
    handle(kb, card(kb), clause(kb, "north pier").key, DONE)
    made = again(kb, pier, text)
    assert [" ".join(one.citation.quote.split())[-33:-1] for one in made.obligations if one.handling is not None] == [
        "mend the north pier by 30 June 2026"[-32:]
    ]
    assert made.lost == ()


@pytest.mark.parametrize(
    "text",
    [
        PIER.replace("1. The Port shall mend the north pier by 30 June 2026.\n", ""),
        PIER.replace("north pier by 30 June 2026", "north pier by 30 June 2027"),
        PIER.replace("The Port shall mend the north", "The Ministry shall mend the north"),
        PIER.replace("shall mend the north", "shall not mend the north"),
        PIER.replace("shall mend the north", "may mend the north"),
        PIER.replace("the north pier", "the east pier"),
    ],
    ids=["gone", "another day", "another party", "denied", "a right", "another thing"],
)
def test_it_is_never_given_to_another_clause_and_not_lost(kb: KnowledgeBase, pier: Path, text: str) -> None:
    handle(kb, card(kb), clause(kb, "north pier").key, DONE)
    made = again(kb, pier, text)
    assert [one.citation.quote for one in made.obligations if one.handling is not None] == []
    (lost,) = made.lost
    assert (lost.anchor.clause.strip(), lost.handling.owner) == ("1. The Port shall mend the north pier by 30 June 2026.", "Asha")
    back = again(kb, pier, PIER)
    assert back.lost == ()
    assert clause(kb, "north pier").handling is not None


def test_of_two_clauses_of_the_same_words_it_stays_with_its_own(kb: KnowledgeBase, pier: Path) -> None:
    text = PIER.replace("The Ministry shall keep a list of guests.", "The Port shall keep a list of guests.")
    again(kb, pier, text)
    handle(kb, card(kb), clause(kb, "list of guests", 1).key, DONE)
    made = again(kb, pier, text.replace("Works", "Works of the year"))
    assert [one.handling is not None for one in made.obligations if "list of guests" in one.citation.quote] == [False, True]
    gone = again(kb, pier, text.replace("2. The Port shall keep a list of guests.\n", ""))
    assert [one.handling for one in gone.obligations if "list of guests" in one.citation.quote] == [None]
    assert len(gone.lost) == 1


def test_what_is_set_for_a_clause_that_is_not_found_can_be_set_anew_or_forgotten(kb: KnowledgeBase, pier: Path) -> None:
    handle(kb, card(kb), clause(kb, "north pier").key, DONE)
    made = again(kb, pier, PIER.replace("north pier by 30 June 2026", "north pier by 30 June 2027"))
    handle(kb, made, clause(kb, "north pier").key, Handling("open", "Ben"))
    made = card(kb)
    assert (len(made.lost), clause(kb, "north pier").handling is not None) == (1, True)
    forget_lost(kb, made, made.lost[0].id)
    assert card(kb).lost == ()
    with pytest.raises(KnowledgeBaseError, match="nothing set under this number"):
        forget_lost(kb, made, made.lost[0].id)
