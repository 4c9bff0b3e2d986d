"""Coming in, staying in, and being put out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.auth.account_schema import sessions
from kb.auth.accounts import provider_identity
from kb.auth.passwords import Cost
from kb.auth.roles import Reader
from kb.auth.sessions import MOST
from kb.auth.sign_in import Refused, SignIn
from kb.auth.throttle import PER_NAME, PER_NAME_AND_PLACE, PER_PLACE, network
from kb.errors import AccountsError

CHEAP = Cost(memory=8, times=1, threads=1)
MINA = provider_identity("https://login.example.org", "1")
PASSWORD, OTHER = "eight lanterns", "nine windmills"


class Clock:
    """What the wall says, which somebody may set, and the seconds that have truly passed."""

    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    passed = 0.0

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def passes(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)
        self.passed += timedelta(**how_long).total_seconds()


class House:
    """A home with an admin, a viewer, a clock and a list of what was told for the audit log."""

    def __init__(self, home: Path) -> None:
        self.home, self.clock, self.told = home, Clock(), list[tuple[str, str, str]]()
        self.door = self.opened()
        self.door.accounts.add("asha", "admin", None, PASSWORD)
        self.door.accounts.add("ravi", "viewer", frozenset({"ports"}), PASSWORD)

    def opened(self) -> SignIn:
        told = lambda who, *said: self.told.append((who.name, *said))  # noqa: E731
        return SignIn(self.home, 12, told, cost=CHEAP, clock=self.clock, ticks=lambda: self.clock.passed)

    def enter(self, name: str, password: str = PASSWORD) -> str:
        token = self.door.enter(name, password, "192.0.2.7")
        assert isinstance(token, str)
        return token


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_token_stands_for_the_person_also_after_a_restart(house: House) -> None:
    token = house.enter("Ravi")
    ravi = house.door.accounts.get("ravi")
    assert house.door.reader(token) == house.opened().reader(token) == Reader("ravi", "viewer", frozenset({"ports"}), id=ravi.id)
    assert house.told == [("ravi", "signed_in", "192.0.2.7")]


@pytest.mark.parametrize("change", ["", "x", "A" * 43, "é\udce9\0", "../sessions.json"])
def test_a_token_that_was_tampered_with_stands_for_nobody(house: House, change: str) -> None:
    token = house.enter("ravi")
    assert house.door.reader(change) is None
    assert house.door.reader(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert house.door.reader(None) is None


def test_nobody_can_sign_in_with_what_is_kept_of_a_session(house: House) -> None:
    token = house.enter("ravi")
    (kept,) = house.door._store.rows(select(sessions))
    assert token not in map(str, kept)
    assert [house.door.reader(str(value)) for value in kept] == [None] * len(kept)


def test_a_session_runs_out(house: House) -> None:
    token = house.enter("ravi")
    house.clock.passes(hours=11, minutes=59)
    assert house.door.reader(token) is not None
    house.clock.passes(minutes=1)
    assert house.door.reader(token) is None


def test_signing_out_ends_one_session_and_everywhere_ends_them_all(house: House) -> None:
    one, two, three, asha = house.enter("ravi"), house.enter("ravi"), house.enter("ravi"), house.enter("asha")
    house.door.leave(one)
    assert [house.door.reader(token) is not None for token in (one, two, three, asha)] == [False, True, True, True]
    house.door.leave(two, everywhere=True)
    assert [house.door.reader(token) is not None for token in (two, three, asha)] == [False, False, True]
    assert house.told[-2:] == [("ravi", "signed_out", ""), ("ravi", "signed_out", "everywhere")]


def test_another_process_that_disables_changes_or_removes_ends_the_session(house: House) -> None:
    elsewhere = house.opened().accounts
    token = house.enter("ravi")
    elsewhere.change("ravi", role="trainer")
    reader = house.door.reader(token)
    assert reader is not None
    assert reader.role == "trainer"
    elsewhere.change("ravi", disabled=True)
    assert house.door.reader(token) is None
    elsewhere.change("ravi", disabled=False)
    assert house.door.reader(token) is None  # what was signed in before stays out
    token = house.enter("ravi")
    elsewhere.set_password("ravi", OTHER)
    assert house.door.reader(token) is None
    token = house.enter("ravi", OTHER)
    elsewhere.remove("ravi")
    assert house.door.reader(token) is None
    elsewhere.add("ravi", "admin", None, OTHER)
    assert house.door.reader(token) is None  # another person of the same name


def test_changing_ones_password_keeps_this_session_and_ends_the_others(house: House) -> None:
    here, there = house.enter("ravi"), house.enter("ravi")
    house.door.change_password(here, PASSWORD, OTHER, "192.0.2.7")
    assert house.door.reader(here) is not None
    assert house.door.reader(there) is None
    assert house.door.enter("ravi", PASSWORD, "192.0.2.7") == Refused()
    assert house.enter("ravi", OTHER)


@pytest.mark.parametrize(
    ("old", "new", "code"), [("wrong guess", OTHER, "wrong"), (PASSWORD, "short", "short"), (PASSWORD, "ravi-12345678", "easy")]
)
def test_a_password_that_cannot_be_changed_says_why(house: House, old: str, new: str, code: str) -> None:
    token = house.enter("ravi")
    with pytest.raises(AccountsError) as told:
        house.door.change_password(token, old, new, "192.0.2.7")
    assert told.value.code == code
    assert house.enter("ravi", PASSWORD)


def test_after_five_failures_one_waits_three_minutes_for_each_further_try_but_others_do_not(house: House) -> None:
    for _ in range(PER_NAME_AND_PLACE):
        assert house.door.enter("ravi", "wrong guess", "192.0.2.7") == Refused()
    assert house.door.enter("RAVI ", PASSWORD, "192.0.2.7") == Refused(wait=180)
    assert isinstance(house.door.enter("ravi", PASSWORD, "192.0.2.8"), str)  # the person, at another desk
    assert isinstance(house.door.enter("asha", PASSWORD, "192.0.2.7"), str)
    house.clock.passes(minutes=3)
    assert house.door.enter("ravi", "wrong guess", "192.0.2.7") == Refused()
    assert house.door.enter("ravi", PASSWORD, "192.0.2.7") == Refused(wait=180)
    house.clock.passes(minutes=3)
    assert isinstance(house.door.enter("ravi", PASSWORD, "192.0.2.7"), str)


def test_what_was_counted_outlives_the_process_counts_in_every_other_and_is_forgotten_when_the_machine_starts_anew(house: House) -> None:
    other = house.opened()
    for n in range(PER_NAME_AND_PLACE):
        assert (house.door, other)[n % 2].enter("ravi", "wrong guess", "192.0.2.7") == Refused()
    for door in (house.door, other, house.opened()):
        assert door.enter("ravi", PASSWORD, "192.0.2.7") == Refused(wait=180)
    house.clock.passed -= 100_000
    assert isinstance(house.door.enter("ravi", PASSWORD, "192.0.2.7"), str)


def test_nothing_that_was_typed_as_a_name_is_written_down(house: House) -> None:
    house.door.enter("nine windmills", "", "192.0.2.7")
    assert not any(b"nine windmills" in file.read_bytes() for file in house.home.glob("accounts.sqlite3*"))


def test_many_that_guess_at_the_same_moment_are_all_counted(house: House) -> None:
    found, all_of_them = list[object](), threading.Barrier(8)

    def guess() -> None:
        door = house.opened()
        all_of_them.wait()
        found.append(door.enter("ravi", "wrong guess", "192.0.2.7"))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(Refused()) == PER_NAME_AND_PLACE


def test_names_that_there_are_and_are_not_wait_alike(house: House) -> None:
    answers = {name: [house.door.enter(name, "wrong guess", name) for _ in range(7)] for name in ("ravi", "nobody")}
    assert answers["ravi"] == answers["nobody"]
    assert answers["ravi"][5].wait > 0  # type: ignore[union-attr]


def test_many_names_from_one_place_wait_too_and_a_success_wipes_the_failures(house: House) -> None:
    for n in range(PER_PLACE):
        assert house.door.enter(f"name{n}", "wrong guess", "192.0.2.7") == Refused()
    assert house.door.enter("asha", PASSWORD, "192.0.2.7") == Refused(wait=30)
    for _ in range(3):
        for _ in range(PER_NAME_AND_PLACE - 1):
            house.door.enter("ravi", "wrong guess", "192.0.2.9")
        assert isinstance(house.door.enter("ravi", PASSWORD, "192.0.2.9"), str)


def test_who_guesses_a_name_keeps_nobody_out_of_a_browser_they_have_signed_in_with(house: House) -> None:
    house.enter("ravi")
    device = house.door.device("ravi")
    for n in range(PER_NAME):
        assert house.door.enter("ravi", "wrong guess", f"198.51.100.{n}") == Refused()  # from many addresses
    for n in range(PER_PLACE):
        assert house.door.enter(f"name{n}", "wrong guess", "192.0.2.7") == Refused()  # and from the office's own
    assert house.door.enter("ravi", PASSWORD, "192.0.2.7") == Refused(wait=30)  # a browser that nobody knows waits a little
    assert isinstance(house.door.enter("ravi", PASSWORD, "192.0.2.7", device), str)
    assert isinstance(house.door.enter("ravi", PASSWORD, "203.0.113.5", device), str)


def test_a_browser_that_is_known_may_not_guess_either_and_is_known_for_its_own_name_and_password_only(house: House) -> None:
    device = house.door.device("ravi")
    for _ in range(PER_NAME_AND_PLACE):
        assert house.door.enter("ravi", "wrong guess", "192.0.2.7", device) == Refused()
    assert house.door.enter("ravi", PASSWORD, "192.0.2.8", device) == Refused(wait=180)
    for n in range(PER_NAME):
        house.door.enter("asha", "wrong guess", f"198.51.100.{n}")
    forged = (device, device[:-1] + "x", "x.", ".", "", "é\udce9.\udce9", house.door.device("asha").replace(".", "x."))
    assert {house.door.enter("asha", PASSWORD, "192.0.2.9", one) for one in forged} == {Refused(wait=18)}
    before = house.door.device("asha")
    house.door.accounts.set_password("asha", OTHER)
    assert house.door.enter("asha", OTHER, "192.0.2.9", before) == Refused(wait=18)


def test_however_many_addresses_guess_a_name_is_tried_5000_times_a_day_at_most(house: House) -> None:
    tried = 0
    for n in range(60):
        for address in range(8):
            tried += house.door.enter("ravi", "wrong guess", f"2001:db8:{n % 64:x}:{address}::1") == Refused()
        house.clock.passes(minutes=1)
    assert 200 < tried <= 250  # 50 at first, then 200 an hour


def test_the_addresses_of_one_ipv6_network_are_one_place() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2::9") != network("2001:db8:1:3::9")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7") == "192.0.2.7"
    assert [network(odd) for odd in ("", "testclient", "fe80::1%eth0")] == ["", "testclient", "fe80::/64"]


def test_ones_own_password_can_be_changed_while_somebody_guesses_it(house: House) -> None:
    here = house.enter("ravi")
    for n in range(PER_NAME):
        house.door.enter("ravi", "wrong guess", f"198.51.100.{n}")
    for _ in range(PER_PLACE):
        house.door.enter("nobody", "wrong guess", "192.0.2.7")
    house.door.change_password(here, PASSWORD, OTHER, "192.0.2.7")
    assert house.door.reader(here) is not None
    for _ in range(PER_NAME_AND_PLACE):
        with pytest.raises(AccountsError, match="not right"):
            house.door.change_password(here, PASSWORD, OTHER, "192.0.2.7")
    with pytest.raises(AccountsError, match="too many failures"):
        house.door.change_password(here, OTHER, PASSWORD, "192.0.2.7")


def test_a_clock_that_is_set_back_keeps_nobody_out(house: House) -> None:
    for _ in range(PER_NAME_AND_PLACE):
        house.door.enter("ravi", "wrong guess", "192.0.2.7")
    house.door.accounts.set_password("asha", OTHER)
    before = house.enter("asha", OTHER)
    house.clock.now -= timedelta(days=3)
    assert house.door.reader(before) is not None
    assert house.door.reader(house.enter("asha", OTHER)) is not None  # though the account was changed "later" than that
    assert house.door.enter("ravi", PASSWORD, "192.0.2.7") == Refused(wait=180)
    house.clock.passes(minutes=3)
    again = house.enter("ravi")
    house.door.change_password(again, PASSWORD, OTHER, "192.0.2.7")
    assert house.door.reader(again) is not None
    house.door.leave(again, everywhere=True)
    assert house.door.reader(again) is None


def test_a_clock_that_is_set_back_keeps_nobody_out_whom_a_provider_vouches_for(house: House) -> None:
    house.door.accounts.add("mina@example.org", "trainer")
    earlier = house.clock.now - timedelta(days=3)
    house.clock.now = earlier
    with pytest.raises(AccountsError):  # what was said before the clock was found to be wrong may have been ended
        house.door.vouched(MINA, "mina@example.org", earlier - timedelta(seconds=2))
    house.clock.passes(seconds=2)
    assert house.door.vouched(MINA, "mina@example.org", house.clock.now) is not None


def test_what_ended_sessions_ends_them_also_at_the_same_moment_of_the_clock(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 25, 9, tzinfo=UTC)
    door = SignIn(tmp_path, 12, cost=CHEAP, clock=lambda: moment)
    door.accounts.add("asha", "admin", None, PASSWORD)
    token = door.enter("asha", PASSWORD, "")
    assert isinstance(token, str)
    door.accounts.sign_out("asha")
    assert door.reader(token) is None


def test_a_name_that_is_no_account_is_not_told_since_it_may_be_a_password(house: House) -> None:
    house.door.enter(OTHER, "", "192.0.2.7")
    house.door.enter("RAVI", "wrong guess", "192.0.2.7")
    assert house.told == [("", "sign_in_failed", "192.0.2.7"), ("ravi", "sign_in_failed", "192.0.2.7")]


def test_of_many_sessions_of_one_person_the_oldest_end(house: House) -> None:
    tokens = [house.enter("ravi") for _ in range(MOST + 2)]
    assert [house.door.reader(token) is not None for token in tokens] == [False, False] + [True] * MOST


def test_whom_a_provider_vouches_for_is_let_in_unless_disabled_or_signed_out(house: House) -> None:
    assert house.door.vouched(MINA, "mina@example.org", None) is None
    house.door.accounts.add("mina@example.org", "trainer")
    moment = house.clock.now
    found = house.door.vouched(MINA, "Mina@example.org", moment)
    assert found is not None
    assert (found.name, found.role, found.groups) == ("mina@example.org", "trainer", frozenset())
    house.clock.passes(hours=1)
    house.door.accounts.sign_out("mina@example.org")
    with pytest.raises(AccountsError) as told:
        house.door.vouched(MINA, "mina@example.org", moment)
    assert told.value.code == "signed_out"
    house.door.accounts.change("mina@example.org", disabled=True)
    with pytest.raises(AccountsError) as told:
        house.door.vouched(MINA, "mina@example.org", house.clock.now)
    assert told.value.code == "disabled"
