"""Who may do what to whose account: actions × who acts × whom it is done to, and that nothing is written where it may not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.auth.account_schema import accounts
from kb.auth.accounts import ALL, Accounts
from kb.auth.passwords import Cost
from kb.auth.roles import ANYONE, ROLES, Reader, Role
from kb.auth.sessions import Sessions
from kb.auth.sign_in import SignIn
from kb.errors import AccessError, AccountsError, KnowledgeBaseError

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"
PORTS, BOTH, NONE = frozenset({"ports"}), frozenset({"ports", "finance"}), frozenset[str]()

PEOPLE: dict[str, tuple[Role, frozenset[str] | None]] = {
    "root": ("admin", None),
    "petra": ("admin", PORTS),
    "paul": ("admin", PORTS),
    "nora": ("admin", NONE),
    "eve": ("editor", None),
    "tom": ("trainer", BOTH),
    "vani": ("viewer", PORTS),
    "olaf": ("viewer", NONE),
}
ADMINISTERS = {
    "root": set(PEOPLE),
    "petra": {"paul", "nora", "vani", "olaf"},
    "paul": {"petra", "nora", "vani", "olaf"},
    "nora": {"olaf"},
    "eve": set(),
    "tom": set(),
    "vani": set(),
    "olaf": set(),
}
"""By hand: whose groups are all among one's own, of an admin."""
Act = Callable[[Accounts, str], object]
ACTIONS: dict[str, Act] = {
    "give a role": lambda people, name: people.change(name, role="trainer" if people.get(name).role != "trainer" else "viewer"),
    "take the groups": lambda people, name: people.change(name, groups=[]),
    "disable": lambda people, name: people.change(name, disabled=True),
    "set a password": lambda people, name: people.set_password(name, "nine windmills"),
    "sign out": lambda people, name: people.sign_out(name),
    "rename": lambda people, name: people.rename(name, f"{name}2"),
    "release": lambda people, name: people.bind(name, "oidc-0123456789"),
    "remove": lambda people, name: people.remove(name),
}


@pytest.fixture
def people(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path, CHEAP)
    made.add("second", "admin", None, PASSWORD)  # so that nobody is the last admin
    for name, (role, groups) in PEOPLE.items():
        made.add(name, role, groups, PASSWORD)
    return made


def seen_by(people: Accounts, name: str) -> Accounts:
    return people.seen_by(people.reader(people.get(name)))


def held(people: Accounts) -> list[dict[str, object]]:
    return [dict(row._mapping) for row in people._store.rows(select(accounts).order_by(accounts.c.id))]


def put_back(people: Accounts, before: list[dict[str, object]]) -> None:
    with people._store.writing() as conn:
        conn.execute(accounts.delete())
        conn.execute(accounts.insert(), before)


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_sees_themselves_and_whom_they_administer(people: Accounts, who: str) -> None:
    view = seen_by(people, who)
    expected = ADMINISTERS[who] | {who} | ({"second"} if who == "root" else set())
    assert {one.name for one in view.all()} == expected
    for name in PEOPLE:
        assert (view.find(name) is not None) == (name in expected)
        assert (view.of(people.get(name).id) is not None) == (name in expected)
    told = people.reader(people.get(who)).people
    assert {one.name for one in people.all() if one.id in told} - {who} == (ADMINISTERS[who] - {who} if who not in ("root",) else set())


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", PEOPLE)
def test_an_action_is_done_to_whom_one_administers_and_to_nobody_else(people: Accounts, who: str, action: str) -> None:
    before = held(people)
    for name in PEOPLE:
        if action == "take the groups" and PEOPLE[name][1] == NONE:
            continue  # there is nothing to take
        may = name in ADMINISTERS[who] or (name == who and PEOPLE[who][0] == "admin" and action == "sign out")
        try:
            ACTIONS[action](seen_by(people, who), name)
        except KnowledgeBaseError:
            done = False
            assert held(people) == before
        else:
            done = True
            put_back(people, before)
        assert done == may, (who, action, name)


@pytest.mark.parametrize(("given", "by_petra"), [((), True), (("ports",), True), (("ports", "finance"), False), ((ALL,), False)])
@pytest.mark.parametrize("role", ROLES)
def test_an_admin_of_groups_gives_their_own_groups_and_any_role(
    people: Accounts, role: Role, given: tuple[str, ...], by_petra: bool
) -> None:
    for who, may in (("root", True), ("petra", by_petra), ("nora", not given), ("eve", False), ("tom", False), ("vani", False)):
        for call in (
            lambda view: view.add("new", role, None if ALL in given else frozenset(given), PASSWORD),
            lambda view: view.change("olaf", role=role, groups=given),
        ):
            before = held(people)
            if may:
                call(seen_by(people, who))
                put_back(people, before)
            else:
                with pytest.raises((AccountsError, AccessError)):
                    call(seen_by(people, who))
                assert held(people) == before


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda view: view.change("petra", groups=[ALL]), "own"),
        (lambda view: view.change("petra", role="viewer"), "own"),
        (lambda view: view.set_password("petra", "nine windmills"), "own"),
        (lambda view: view.remove("petra"), "own"),
        (lambda view: view.set_password("tom", "nine windmills"), "unknown"),
        (lambda view: view.change("vani", groups=["finance"]), "grant"),
        (lambda view: view.add("new", "viewer", None), "grant"),
    ],
)
def test_what_an_admin_of_groups_may_not_do_says_why(people: Accounts, call: Act, code: str) -> None:
    with pytest.raises(AccountsError) as told:
        call(seen_by(people, "petra"))  # type: ignore[call-arg]
    assert told.value.code == code


def test_a_person_outside_is_told_like_one_that_there_is_not(people: Accounts) -> None:
    view = seen_by(people, "petra")
    told = []
    for name in ("tom", "nobody"):
        with pytest.raises(AccountsError) as error:
            view.change(name, disabled=True)
        told.append(str(error.value).replace(name, ""))
    assert told[0] == told[1]


def test_what_an_admin_has_by_now_counts_and_not_what_they_had_when_the_page_was_drawn(people: Accounts) -> None:
    drawn = seen_by(people, "root")
    people.change("root", groups=["ports"])
    with pytest.raises(AccountsError) as told:
        drawn.set_password("tom", "nine windmills")
    assert told.value.code == "outside"
    people.change("root", role="editor")
    with pytest.raises(AccessError):
        drawn.set_password("vani", "nine windmills")
    people.change("petra", disabled=True)
    with pytest.raises(AccessError):
        people.seen_by(replace(people.reader(people.get("petra")), role="admin")).remove("vani")


def test_a_person_who_gets_another_group_at_the_same_moment_is_not_taken_over(people: Accounts) -> None:
    """The check is made on what is kept while nobody else writes: not on what was kept when the person was looked up."""
    view = seen_by(people, "petra")
    asked = view.get

    def moved(name: str):  # type: ignore[no-untyped-def]
        found = asked(name)
        people.change(name, groups=["ports", "finance"])
        return found

    view.get = moved  # type: ignore[method-assign]
    with pytest.raises(AccountsError) as told:
        view.set_password("vani", "nine windmills")
    assert told.value.code == "outside"
    assert people.verified("vani", PASSWORD) is not None


def test_the_terminal_and_who_has_no_account_have_what_they_say(people: Accounts) -> None:
    people.seen_by(ANYONE).set_password("tom", "nine windmills")
    vouched = people.overseeing(Reader("mina", "admin", PORTS, id="oidc-1"))
    assert vouched.people == {people.get(name).id for name in ("petra", "paul", "nora", "vani", "olaf")}
    people.seen_by(vouched).change("petra", role="editor")
    with pytest.raises(AccountsError):
        people.seen_by(vouched).change("eve", role="viewer")


def test_whoever_is_administered_has_no_more_than_the_admin(people: Accounts) -> None:
    """So a password that an admin sets opens nothing that they do not see themselves."""
    for who in ("petra", "nora"):
        for one in seen_by(people, who).all():
            assert one.groups is not None
            assert one.groups <= (PEOPLE[who][1] or NONE)


def test_a_session_of_a_renamed_account_goes_on(tmp_path: Path) -> None:
    door = SignIn(tmp_path, 12, cost=CHEAP)
    made = door.accounts.add("ravi", "viewer", PORTS, PASSWORD)
    token = Sessions(tmp_path, 12).begin(made)
    door.accounts.rename("ravi", "Ravi.K")
    reader = door.reader(token)
    assert reader is not None
    assert (reader.name, reader.id) == ("Ravi.K", made.id)
    with pytest.raises(AccountsError, match="already"):
        door.accounts.rename("ravi.k", door.accounts.add("mina", "viewer").name)
    assert door.accounts.rename("ravi.k", "RAVI.K").name == "RAVI.K"
