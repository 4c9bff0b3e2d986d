"""Kill ingests with SIGKILL at random moments and look, after each, whether anything was lost, doubled or left half done.

    python tools/kill_test.py --kills 100 --json report.json
    SETU_DATABASE_URL=postgresql+psycopg://… python tools/kill_test.py --kills 100      # in an empty database

Two processes write at once, each its own changing folder: files change, come and go, and documents are deleted by hand. A third
process reads all the time. In every round both writers are killed, each at a random moment of its work or of its start; now and
then the vector server with them. Then the store is opened again and compared with what was there before and what the folders
hold: each document must be wholly the one or wholly the other.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tools")]

from kill_papers import STAMP, Papers, half, paper  # noqa: E402

from kb import Filters, KnowledgeBase, Settings, UnknownDocumentError  # noqa: E402
from kb.index.chroma import find_owner  # noqa: E402
from kb.store.maintenance import store_state  # noqa: E402

EARLY = 0.15
"""Share of kills that fall before the writer holds the lock: while it starts, opens the store or waits for the other one."""
SERVER_TOO = 0.15
"""Share of kills that take the vector server along."""


@dataclass
class Report:
    """What happened; every list must stay empty."""

    documents: int = 0
    kills: int = 0
    too_late: int = 0
    half_done: int = 0
    """Rounds after which staged versions or disowned vectors lay about, which the restart had to undo."""
    server_kills: int = 0
    updated: int = 0
    removed: int = 0
    looks: int = 0
    passages_seen: int = 0
    inconsistent: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half_seen: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Writers that ended with an error of their own, and what they said."""
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.inconsistent or self.lost or self.doubled or self.half_seen or self.failed)


@dataclass(frozen=True)
class Held:
    """A published document: its edition, and how many versions of it are kept."""

    edition: int
    versions: int


def write(home: Path, folder: Path, delete: Sequence[str]) -> None:
    """Be a writer: delete documents by hand, take the folder in, withdraw what is no longer in it."""
    with KnowledgeBase.open(Settings.load(home=home, readers=1)) as kb:
        print("open", flush=True)
        with kb._publisher.writing():
            print("writing", flush=True)
            for uri in delete:
                for document in kb.documents():
                    if document.source == uri:
                        kb.delete(document.id)
            kb.ingest([folder], prune=True)
    print("done", flush=True)


def read(home: Path) -> None:
    """Be a reader until standard input ends: whatever is found of a document must be one whole edition."""
    looks, seen, problems = 0, 0, []
    chance = random.Random(7)
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        print("open", flush=True)
        while _still_open():
            known = [d.id for d in kb.documents() if d.state == "published"]
            some = tuple(chance.sample(known, min(12, len(known))))
            hits = kb.search(f"office of a{chance.randrange(60):04}", k=80, filters=Filters(documents=some)).hits
            found: dict[int, list[tuple[int, str]]] = {}
            for hit in hits:
                found.setdefault(hit.document_id, []).append((hit.version, hit.text))
                try:
                    if kb.text(hit.document_id, hit.version)[hit.start : hit.end] != hit.text:
                        problems.append(f"document {hit.document_id}: a passage is not its text")
                except UnknownDocumentError:
                    continue  # deleted between the two looks
            for document, passages in found.items():
                if problem := half(passages):
                    problems.append(f"document {document}: {problem}")
            looks, seen = looks + 1, seen + len(hits)
            time.sleep(0.2)
    print(json.dumps({"looks": looks, "seen": seen, "problems": problems[:20]}), flush=True)


def _still_open() -> bool:
    return not select.select([0], [], [], 0)[0]


def observe(kb: KnowledgeBase, report: Report) -> dict[str, Held]:
    """What is published, each document checked in itself."""
    found: dict[str, Held] = {}
    for info in kb.documents():
        if info.state == "rejected":
            continue
        text = kb.text(info.id)
        stamps = STAMP.findall(text)
        edition = int(stamps[0][2]) if stamps else 0
        if info.source in found:
            report.doubled.append(info.source)
        if problem := half([(info.version, text)]):
            report.lost.append(f"{info.source}: {problem}")
        hits = kb.search("office", k=20, filters=Filters(documents=(info.id,))).hits
        if problem := half([(h.version, h.text) for h in hits]):
            report.lost.append(f"{info.source} in search: {problem}")
        if info.chunks != len(hits):
            report.doubled.append(f"{info.source}: {info.chunks} passages, {len(hits)} found")
        kept = kb.original(info.id)
        if kept is None or kept.read_bytes() != paper(Path(info.source.rpartition(" › ")[2]).name, edition):
            report.lost.append(f"{info.source}: the copy of the file is not what was read")
        versions = kb.history(info.id)
        if [v.number for v in versions] != list(range(1, len(versions) + 1)) or [v.state for v in versions].count("current") != 1:
            report.doubled.append(f"{info.source}: versions {[(v.number, v.state) for v in versions]}")
        found[info.source] = Held(edition, len(versions))
    return found


def compare(before: dict[str, Held], now: dict[str, Held], wanted: dict[str, int], removed: set[str], report: Report) -> None:
    """Every document is as it was or as its folder has it; of one that was not removed no version went missing."""
    for uri in before.keys() | now.keys() | wanted.keys():
        was, held = before.get(uri), now.get(uri)
        if (held.edition if held else None) not in {was.edition if was else None, wanted.get(uri)}:
            report.lost.append(f"{uri}: was {was}, should become edition {wanted.get(uri)}, is {held}")
        if was and held and held.versions < was.versions:
            report.lost.append(f"{uri}: had {was.versions} versions, has {held.versions}")
        if was and held is None and uri not in removed:
            report.lost.append(f"{uri}: is gone though nobody removed it")


def left_over(home: Path) -> bool:
    """Whether a killed writer left something that the next start has to undo."""
    settings = Settings.load(home=home)
    if settings.server_url is not None:
        return store_state(settings).staged > 0
    with closing(sqlite3.connect(home / "catalogue.sqlite", timeout=30)) as conn:
        staged = conn.execute("select count(*) from versions where state = 'staged'").fetchone()[0]
        disowned = conn.execute("select count(*) from vector_garbage").fetchone()[0]
    return bool(staged or disowned)


@contextmanager
def child(*arguments: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """This script as another process, that is gone afterwards."""
    command = [sys.executable, str(Path(__file__)), *arguments]
    with log.open("a", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, cwd=PROJECT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str], word: str) -> bool:
    """Wait until a writer says ``word``; False when it ended before."""
    assert process.stdout is not None
    return any(line.strip() == word for line in process.stdout)


class Test:
    """One run over one home."""

    def __init__(self, work: Path, documents: int, seed: int) -> None:
        self.home, self.log = work / "home", work / "log"
        self.chance = random.Random(seed)
        second = max(10, documents // 4)
        self.papers = [Papers(work / "a", documents, self.chance), Papers(work / "b", second, self.chance)]
        self.report = Report(documents=documents + second)
        self.usual = [0.0, 0.0]
        """Seconds that each writer's work takes when it is let be."""
        self.held: dict[str, Held] = {}
        self.removed: set[str] = set()
        self.by_hand: list[list[str]] = [[], []]
        """Of the removed documents, those that each writer is to delete itself; the others it finds gone."""

    def wanted(self) -> dict[str, int]:
        """The editions that the folders hold."""
        return {uri: edition for papers in self.papers for uri, edition in papers.editions.items()}

    def run(self, kills: int, seconds: float) -> Report:
        """Fill, then kill until there were so many kills or the time is over, then let everything finish."""
        started = time.monotonic()
        for papers in self.papers:
            papers.fill()
        self.finish()
        self.change()
        self.finish()  # what a round takes when nobody kills it
        with child("--read", str(self.home), log=self.log) as reader:
            heard(reader, "open")
            while self.report.kills < kills and time.monotonic() - started < seconds:
                self.round()
                print(f"{self.report.kills} kills", file=sys.stderr, flush=True)
            self.finish()
            told = json.loads(reader.communicate()[0].splitlines()[-1])
        self.report.looks, self.report.passages_seen, self.report.half_seen = told["looks"], told["seen"], told["problems"]
        self.report.lost += [f"at the end: {uri}, edition {edition}" for uri, edition in self.outstanding()]
        self.doctor()
        self.report.seconds = round(time.monotonic() - started, 1)
        return self.report

    def outstanding(self) -> set[tuple[str, int]]:
        """What is in the store and not in the folders, or the other way round."""
        return {(uri, held.edition) for uri, held in self.held.items()} ^ set(self.wanted().items())

    def change(self) -> None:
        """Change both folders."""
        for at, papers in enumerate(self.papers):
            gone = papers.change()
            self.removed |= set(gone)
            self.by_hand[at] = gone[::2]
            self.report.removed += len(gone)
            self.report.updated += papers.size // 3

    def writer(self, at: int) -> AbstractContextManager[subprocess.Popen[str]]:
        """One of the two writers, started."""
        return child("--write", str(self.home), str(self.papers[at].folder), *self.by_hand[at], log=self.log)

    def finish(self) -> None:
        """Both writers, one after the other, let be."""
        for at in (0, 1):
            with self.writer(at) as process:
                heard(process, "writing")
                begun = time.monotonic()
                if not heard(process, "done"):
                    self.report.failed.append("a writer that nobody killed did not finish")
                self.usual[at] = time.monotonic() - begun
        self.by_hand = [[], []]
        self.look()

    def round(self) -> None:
        """Both writers at once, each killed; whichever has the lock first works first."""
        self.change()
        with self.writer(0) as one, self.writer(1) as two:
            killers = [
                Thread(target=self.kill, args=(process, at, self.chance.random(), self.chance.random(), self.chance.random()))
                for at, process in ((0, one), (1, two))
            ]
            for killer in killers:
                killer.start()
            for killer in killers:
                killer.join()
        self.report.half_done += left_over(self.home)
        self.look()

    def kill(self, process: subprocess.Popen[str], at: int, early: float, moment: float, server: float) -> None:
        """Kill a writer at a moment that is equally likely to be any of its work; the last three are random numbers in [0, 1)."""
        if early < EARLY:
            time.sleep(3.0 * moment)
        else:
            heard(process, "writing")
            time.sleep(self.usual[at] * moment)
        if server < SERVER_TOO:
            self.kill_server()
        process.send_signal(signal.SIGKILL)
        ended = process.wait()
        if ended == -signal.SIGKILL:
            self.report.kills += 1
        elif ended == 0:
            self.report.too_late += 1
            self.usual[at] *= 0.95  # other programs left it more of the machine than when it was measured
        else:
            self.report.failed.append(f"a writer ended with status {ended} by itself")

    def kill_server(self) -> None:
        """Kill the vector server, whoever uses it."""
        owner = find_owner(self.home / "vectors")
        if owner is not None:
            with owner.line:
                os.kill(owner.pid, signal.SIGKILL)
            self.report.server_kills += 1

    def look(self) -> None:
        """Open the store as after a restart, verify it, and compare it with before."""
        with KnowledgeBase.open(Settings.load(home=self.home)) as kb:
            self.report.inconsistent += kb.verify()
            now = observe(kb, self.report)
        compare(self.held, now, self.wanted(), self.removed, self.report)
        self.held = now

    def doctor(self) -> None:
        """The command itself, once more."""
        command = [sys.executable, "-m", "ui.cli.main", "doctor", "--verify"]
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env={**os.environ, "SETU_HOME": str(self.home), "SETU_EXACT_LIMIT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if "consistent" not in done.stdout or done.returncode not in (0, 1):
            self.report.inconsistent.append(done.stdout + done.stderr)


def main() -> None:
    """Run the test, or be one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--documents", type=int, default=60, help="in the first folder; the second holds a quarter of them")
    parser.add_argument("--minutes", type=float, default=120.0, help="after so many, report on the kills there were")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the report")
    parser.add_argument("--keep", type=Path, help="an empty folder for the store and the papers, which then stay")
    parser.add_argument("--write", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.write:
        write(Path(chosen.write[0]), Path(chosen.write[1]), chosen.write[2:])
    elif chosen.read:
        read(chosen.read)
    else:
        with nullcontext(chosen.keep) if chosen.keep else tempfile.TemporaryDirectory(prefix="setu-kill-") as work:
            test = Test(Path(work), chosen.documents, chosen.seed)
            report = test.run(chosen.kills, 60 * chosen.minutes)
            if not report.is_clean:
                print("\n".join(test.log.read_text(encoding="utf-8").splitlines()[-40:]), file=sys.stderr)
        shown = json.dumps(asdict(report), indent=2, ensure_ascii=False)
        if chosen.json:
            chosen.json.write_text(shown + "\n", encoding="utf-8")
        print(shown)
        sys.exit(0 if report.is_clean else 1)


if __name__ == "__main__":
    main()
