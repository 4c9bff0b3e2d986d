"""Pictures of pages that strangers made: drawn by processes that may be slow, swell or die, and everybody else has theirs meanwhile."""

from __future__ import annotations

import contextlib
import io
import os
import random
import resource
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from ingest.processes import sandbox
from ingest.processes.messages import Drawn, DrawPage
from ingest.processes.page_images import ImageError, ImageLimits, PageImages
from tests.ingest.hostile_pdfs import many_paths, nested_tilings
from tests.ingest.pdfs import drawn, scan, text_page

LINES = ("The Parties shall establish a Joint Committee.", "It meets twice a year in Kalpanagar.", "Each Party bears its own costs.")
DAMAGED = 60
SLOW_S = 3.0


@pytest.fixture
def make() -> Iterator[Callable[..., PageImages]]:
    """Makes the pictures of a server with limits, and ends its processes."""
    made: list[PageImages] = []

    def images(**limits: float) -> PageImages:
        made.append(PageImages(ImageLimits(**limits)))  # type: ignore[arg-type]
        return made[-1]

    yield images
    for one in made:
        one.close()


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    file = tmp_path / "sound.pdf"
    file.write_bytes(drawn(*(text_page([*LINES, f"Page {n}"]) for n in range(1, 9))))
    return file


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    file = tmp_path / "endless.pdf"
    file.write_bytes(nested_tilings())
    assert file.stat().st_size < 1200
    return file


@pytest.fixture
def pids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that were started, as they are started."""
    started: list[int] = []
    honest = sandbox.ReadingProcess.__init__

    def noted(self: sandbox.ReadingProcess, *args: object) -> None:
        honest(self, *args)  # type: ignore[arg-type]
        started.append(self.pid)

    monkeypatch.setattr(sandbox.ReadingProcess, "__init__", noted)
    return started


def _size(found: Drawn) -> tuple[int, int]:
    with Image.open(io.BytesIO(found.png)) as picture:
        picture.load()
        return picture.size


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not _is_alive(pid)


def test_the_quote_is_boxed_and_the_picture_kept_for_everybody(make, sound: Path, pids: list[int]) -> None:
    images = make()
    page = DrawPage(sound, 1, LINES[1])
    first = images.image(page, "asha")
    assert (_size(first), first.lines) == ((1190, 1684), 1)
    assert images.image(page, "kenji") is first
    assert images.image(DrawPage(sound, 2), "kenji").lines == 0
    assert len(pids) == 1


def test_a_page_that_takes_for_ever_is_given_up_and_everybody_else_has_theirs_meanwhile(
    make, sound: Path, endless: Path, pids: list[int]
) -> None:
    images = make(seconds=SLOW_S)
    with ThreadPoolExecutor() as pool:
        doomed = pool.submit(images.image, DrawPage(endless, 1), "mallory")
        while not pids:
            time.sleep(0.01)
        for number in (1, 2, 3):
            assert _size(images.image(DrawPage(sound, number), "asha")) == (1190, 1684)
        assert not doomed.done()
        with pytest.raises(ImageError) as caught:
            doomed.result(timeout=120)
    assert caught.value.reason == "slow"
    assert _gone(pids[0])
    begun = time.monotonic()
    with pytest.raises(ImageError):  # nor is it tried again at each look
        images.image(DrawPage(endless, 1), "mallory")
    assert time.monotonic() - begun < SLOW_S / 2


def test_that_a_page_could_not_be_drawn_is_not_held_against_it_for_ever(make, endless: Path, pids: list[int]) -> None:
    images = make(seconds=0.5, failed_seconds=0)
    for times in (1, 2):
        with pytest.raises(ImageError):
            images.image(DrawPage(endless, 1), "asha")
        assert len(pids) == times


def test_a_page_that_takes_all_memory_costs_its_process_and_not_ours(make, tmp_path: Path, sound: Path) -> None:
    file = tmp_path / "large.pdf"
    file.write_bytes(many_paths())
    assert file.stat().st_size < 1_000_000
    images = make(memory_mb=300)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(ImageError):  # PDFium may as well leave out a picture for which it gets no memory
        assert _size(images.image(DrawPage(file, 1), "mallory")) == (1190, 1684)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB
    assert _size(images.image(DrawPage(sound, 1), "mallory")) == (1190, 1684)


def test_one_page_at_a_time_is_drawn_for_a_person(make, sound: Path, endless: Path, pids: list[int]) -> None:
    images = make(seconds=SLOW_S)
    with ThreadPoolExecutor() as pool:
        doomed = pool.submit(images.image, DrawPage(endless, 1), "mallory")
        while not pids:
            time.sleep(0.01)
        second = pool.submit(images.image, DrawPage(sound, 1), "mallory")
        time.sleep(1.0)
        assert len(pids) == 1
        assert isinstance(doomed.exception(timeout=120), ImageError)
        assert _size(second.result(timeout=120)) == (1190, 1684)


def test_no_more_processes_draw_than_may(make, endless: Path, pids: list[int]) -> None:
    images = make(seconds=1.0, processes=2)
    most = 0
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(images.image, DrawPage(endless, 1, before=str(n)), f"person {n}") for n in range(4)]
        while not all(one.done() for one in asked):
            most = max(most, sum(_is_alive(pid) for pid in list(pids)))
            time.sleep(0.02)
    assert all(isinstance(one.exception(), ImageError) for one in asked)
    assert most <= 2


def test_a_page_that_two_want_is_drawn_once(make, endless: Path, pids: list[int]) -> None:
    images = make(seconds=SLOW_S)
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(images.image, DrawPage(endless, 1), name) for name in ("asha", "kenji")]
        assert all(isinstance(one.exception(timeout=120), ImageError) for one in asked)
    assert len(pids) == 1


class _MovedOnError(Exception):
    pass


def test_a_drawing_ends_when_nobody_waits_for_it_any_more(make, endless: Path, pids: list[int]) -> None:
    images = make(seconds=600)
    stay = threading.Event()

    def move_on() -> None:
        if pids and stay.wait(0):
            raise _MovedOnError

    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(images.image, DrawPage(endless, 1), name, move_on) for name in ("asha", "kenji")]
        time.sleep(3.0)
        assert _is_alive(pids[0])
        stay.set()
        assert all(isinstance(one.exception(timeout=60), _MovedOnError) for one in asked)
    assert _gone(pids[0])


def test_who_leafs_on_finds_the_process_warm(make, sound: Path, pids: list[int]) -> None:
    images = make(grace_seconds=60)
    images.warm()
    images.warm()

    def move_on() -> None:
        raise _MovedOnError

    for number in range(1, 8):
        with contextlib.suppress(_MovedOnError):
            images.image(DrawPage(sound, number), "asha", move_on)
    assert _size(images.image(DrawPage(sound, 8), "asha")) == (1190, 1684)
    assert len(pids) == 1


def test_a_process_that_died_while_it_was_idle_is_replaced(make, sound: Path, pids: list[int]) -> None:
    images = make()
    images.image(DrawPage(sound, 1), "asha")
    os.kill(pids[0], 9)
    assert _size(images.image(DrawPage(sound, 2), "asha")) == (1190, 1684)
    assert len(pids) == 2


@pytest.mark.parametrize(
    "body",
    [
        'return Drawn(b"GIF89a", 0)',
        'return Drawn(b"", 0)',
        'return Drawn(png(1461, 9), 0)',
        'return Drawn(png(1200, 12_000), 0)',
        'return PagesDone()',
        'os.kill(os.getpid(), 9)',
        'raise RuntimeError("x")',
        'return Drawn("text", "many")',
    ],
)  # fmt: skip
def test_what_is_no_picture_of_ours_is_not_shown(make, sound: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(
        sandbox,
        "_START",
        f"""
import io, os
from PIL import Image
import ingest.processes.worker as worker
from ingest.processes.messages import Drawn, PagesDone
def png(*size):
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "PNG")
    return out.getvalue()
def drawn(task):
    {body}
worker._drawn = drawn
worker.main()
""",
    )
    with pytest.raises(ImageError) as caught:
        make().image(DrawPage(sound, 1), "asha")
    assert caught.value.reason == "damaged"


@pytest.mark.parametrize(
    "page", [DrawPage(Path("/nowhere/gone.pdf"), 1), DrawPage(Path("sound"), 9), DrawPage(Path("sound"), 1, "x", boxes=b"?")]
)
def test_a_file_page_or_record_that_is_not_there_is_no_picture(make, sound: Path, page: DrawPage) -> None:
    wanted = page if page.pdf.is_absolute() else DrawPage(sound, page.number, page.quote, page.before, page.boxes)
    with pytest.raises(ImageError) as caught:
        make().image(wanted, "asha")
    assert caught.value.reason == "damaged"


def test_the_pictures_longest_unseen_make_room(make, sound: Path, pids: list[int]) -> None:
    images = make(kept_mb=0)
    first = images.image(DrawPage(sound, 1), "asha")
    assert images.image(DrawPage(sound, 1), "asha") is first  # the last one is kept, however large
    images.image(DrawPage(sound, 2), "asha")
    assert images.image(DrawPage(sound, 1), "asha") is not first


def _damaged() -> Iterator[bytes]:
    """PDFs cut short, with bits turned, with streams that end early and with sizes that are not true."""
    chance = random.Random(13)
    sources = [drawn(text_page(LINES), title="Memorandum"), scan(LINES), nested_tilings(2, 40)]
    while True:
        for at, data in enumerate(sources):
            kind = chance.randrange(4)
            changed = bytearray(data)
            if kind == 0:
                del changed[chance.randrange(len(data) // 3, len(data)) :]
            elif kind == 1:
                for _ in range(chance.choice((4, 64, 512))):
                    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            elif kind == 2:
                start = data.index(b"stream\n", chance.randrange(len(data) // 2))
                del changed[start + 9 : start + 9 + chance.randrange(1, 200)]
            else:
                digits = [n for n in range(len(data) // (2 if at == 1 else 1)) if data[n : n + 1].isdigit()]
                for n in chance.sample(digits, 8):
                    changed[n] = 48 + chance.randrange(10)
            yield bytes(changed)


@pytest.mark.timeout(600)
def test_a_damaged_page_is_a_picture_or_a_kind_word_and_never_the_end_of_who_asked(make, tmp_path: Path) -> None:
    images = make(seconds=5.0, memory_mb=300)
    outcomes: dict[str, int] = {}
    for number, data in zip(range(DAMAGED), _damaged(), strict=False):
        file = tmp_path / f"{number:02}-{zlib.crc32(data):08x}.pdf"
        file.write_bytes(data)
        try:
            found = images.image(DrawPage(file, 1, LINES[1]), "mallory")
            assert _size(found) > (0, 0)
            outcome = "drawn"
        except ImageError as error:
            outcome = error.reason
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert sum(outcomes.values()) == DAMAGED
    # They are damaged enough, and not all beyond drawing.
    assert outcomes["drawn"] > 10
    assert outcomes["damaged"] > 10
