"""What is missing or broken on this machine, and how to put it right: libraries, disk, store, OCR, fonts, sandbox, sign-in.

Of signing in it is said which of the three ways is set up, and whether it would work.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from ingest.errors import IngestError
from kb.errors import AccountsError, KnowledgeBaseError

if TYPE_CHECKING:
    from kb import KnowledgeBase
    from kb.settings import Settings

Outcome: TypeAlias = Literal["ok", "warning", "failed"]

FREE_BYTES: Final = 500 * 1024 * 1024
OCR: Final = {"mar": "tesseract-ocr-mar", "hin": "tesseract-ocr-hin", "jpn": "tesseract-ocr-jpn", "jpn_vert": "tesseract-ocr-jpn-vert"}
OCR_BASE: Final = {"eng": "tesseract-ocr-eng", "osd": "tesseract-ocr-osd"}
FONTS: Final = {"mr": ("Devanagari", "fonts-noto-core"), "ja": ("Japanese", "fonts-noto-cjk")}
COMMAND_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``warning``: a feature is missing; ``failed``: Setu cannot do its work."""

    name: str
    outcome: Outcome
    detail: str
    remedy: str = ""


def check_python() -> Check:
    """Python's version; an unsuitable one could not have been installed into."""
    return Check("python", "ok", ".".join(map(str, sys.version_info[:3])))


def check_sqlite() -> Check:
    """SQLite's version and its full-text search."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.OperationalError as error:
        return Check(
            "sqlite", "failed", f"{sqlite3.sqlite_version}: {error}", "Use a Python whose sqlite3 module has FTS5 (Debian's python3 has)."
        )
    finally:
        connection.close()
    return Check("sqlite", "ok", f"{sqlite3.sqlite_version} with FTS5")


def check_disk(home: Path) -> Check:
    """Whether the data folder can be written and has room."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return unusable(home, error)
    free = shutil.disk_usage(home).free
    detail = f"{home}, {free / 1024**3:.1f} GiB free"
    if free < FREE_BYTES:
        return Check("disk", "failed", detail, "Make room: at least 0.5 GiB is needed to index safely.")
    return Check("disk", "ok", detail)


def check_private(home: Path) -> Check:
    """Whether others may read what is kept, or take its locks; what they may is put right."""
    from kb.files import tighten

    mended, left = tighten(home)
    if left:
        detail = f"others may use {len(left)} files of {home}, e.g. {left[0]}"
        return Check("private", "warning", detail, f"As their owner run: chmod -R go= {home}")
    if mended:
        return Check("private", "ok", f"others might use {mended} files of {home}; now only their owner may")
    return Check("private", "ok", "only its owner may use the data folder")


def unusable(home: Path, error: OSError) -> Check:
    """The failed check of a data folder that cannot be read or written."""
    reason = "a file, not a folder" if isinstance(error, FileExistsError | NotADirectoryError) else error.strerror or type(error).__name__
    return Check("disk", "failed", f"{home}: {reason}", "Give yourself the right to write there, or point SETU_HOME at another folder.")


def check_embedder(settings: Settings) -> Check:
    """Whether the embedding model loads and embeds."""
    from kb.embed.embedder import open_embedder

    started = time.perf_counter()
    try:
        embedder = open_embedder(settings)
        length = len(embedder.query("सेतु"))
    except (KnowledgeBaseError, ImportError, OSError) as error:
        return Check("embedder", "failed", str(error), "Set the project up again, or unset SETU_EMBEDDER to use the bundled model.")
    return Check("embedder", "ok", f"{embedder.name}, {length} dimensions, {(time.perf_counter() - started) * 1000:.0f} ms")


def check_server(settings: Settings) -> Check | None:
    """Whether the server of `SETU_DATABASE_URL` answers, and which it is; None where the base is in files."""
    from kb.store.maintenance import server_state

    try:
        found = server_state(settings)
    except KnowledgeBaseError as error:
        return Check("database", "failed", str(error), "Follow the message; until then nothing can be read or written.")
    return Check("database", "ok", found) if found is not None else None


def check_originals(settings: Settings) -> Check | None:
    """Whether the place of `SETU_OBJECTS_URL` can be used; None where none is named."""
    if not settings.objects_url:
        return None
    from kb.store.originals.object_store import object_place

    try:
        place = object_place(settings.objects_url)
        place.check()
    except KnowledgeBaseError as error:
        return Check("originals", "failed", str(error), "Follow the message; until then no paper is taken in, and no page of one is drawn.")
    return Check("originals", "ok", place.shown)


def check_vectors(kb: KnowledgeBase) -> Check:
    """Whether Chroma answers, where it is asked."""
    started = time.perf_counter()
    try:
        detail = kb.health()["vectors"]
    except KnowledgeBaseError as error:
        return Check("vectors", "failed", str(error), "Close other programs that use this SETU_HOME and try again; then run setu reindex.")
    return Check("vectors", "ok", f"{detail}, {(time.perf_counter() - started) * 1000:.0f} ms")


def check_store(kb: KnowledgeBase, verify: bool) -> Check:
    """What is indexed and, when asked, whether catalogue, vectors and keywords agree."""
    documents = kb.documents()
    detail = f"{len(documents)} documents, {sum(d.chunks for d in documents)} passages"
    if not verify:
        return Check("store", "ok", f"{detail} (not verified; use --verify)")
    problems = kb.verify()
    if problems:
        by_index = all("setu reindex" in problem for problem in problems)
        remedy = (
            "Run setu reindex; it embeds only what has no vector of today's."
            if by_index
            else "Do what is said of each; setu reindex mends no paper."
        )
        return Check("store", "failed", f"{detail}: " + "; ".join(problems), remedy)
    return Check("store", "ok", f"{detail}, consistent")


def check_sandbox() -> Check:
    """Whether the processes that read papers and draw their pages are without a network."""
    from ingest.processes.sandbox import can_leave_network

    if can_leave_network():
        return Check("sandbox", "ok", "papers are read without a network, and without our keys and settings")
    remedy = "Deny the service the network by other means (deploy/setu.service does)"
    if sys.platform == "linux":
        remedy += (
            ", or let it make namespaces of users and networks: RestrictNamespaces=user net in its unit, sysctl user.max_user_namespaces"
        )
    return Check("sandbox", "warning", "papers are read without our keys and settings, but not without the network", f"{remedy}.")


def check_ocr() -> Check:
    """Whether scanned pages can be read: Tesseract and its language data."""
    output = _output(["tesseract", "--list-langs"])
    if output is None:
        packages = ["tesseract-ocr", *OCR.values(), *OCR_BASE.values()]
        return Check("tesseract", "warning", "not installed; scanned pages cannot be read", f"sudo apt-get install {' '.join(packages)}")
    installed = set(output.split())
    missing = [package for code, package in {**OCR, **OCR_BASE}.items() if code not in installed]
    if missing:
        return Check("tesseract", "warning", "language data is missing", f"sudo apt-get install {' '.join(missing)}")
    return Check("tesseract", "ok", "with Marathi, Hindi, Japanese (also vertical) and English")


def check_fonts() -> Check:
    """Whether this machine can draw Devanagari and Japanese."""
    missing: dict[str, str] = {}
    for code, (script, package) in FONTS.items():
        output = _output(["fc-list", f":lang={code}", "family"])
        if output is None:
            return Check(
                "fonts",
                "warning",
                "cannot tell: fc-list is not installed",
                "sudo apt-get install fontconfig fonts-noto-core fonts-noto-cjk",
            )
        if not output.strip():
            missing[script] = package
    if missing:
        return Check("fonts", "warning", f"no font for {' and '.join(missing)}", f"sudo apt-get install {' '.join(missing.values())}")
    return Check("fonts", "ok", "Devanagari and Japanese")


def examine(settings: Settings, *, verify: bool, tell: Callable[[Check], None]) -> bool:
    """Run every check in turn that can be made, ``tell`` each outcome at once, and say whether none failed."""
    outcomes: list[Outcome] = []

    def note(check: Check) -> bool:
        outcomes.append(check.outcome)
        tell(check)
        return check.outcome != "failed"

    note(check_python())
    usable = note(check_sqlite())
    # The model keeps what it made of its weights in the data folder: without one, its error would be that of the folder again.
    writable = note(check_disk(settings.home))
    if writable:
        note(check_private(settings.home))
    server = check_server(settings)
    usable = (server is None or note(server)) and usable
    if (originals := check_originals(settings)) is not None:
        note(originals)
    if writable and note(check_embedder(settings)) and usable:
        _examine_store(settings, verify, note)
    note(check_signin(settings))
    note(check_sandbox())
    note(check_ocr())
    note(check_fonts())
    return "failed" not in outcomes


def _examine_store(settings: Settings, verify: bool, note: Callable[[Check], bool]) -> None:
    from kb import KnowledgeBase

    try:
        with KnowledgeBase.open(settings) as kb:
            if note(check_vectors(kb)):
                note(check_store(kb, verify))
    except (KnowledgeBaseError, IngestError) as error:
        note(Check("store", "failed", str(error), "Follow the message; if the catalogue is damaged, restore SETU_HOME from a backup."))


def _output(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=COMMAND_SECONDS, check=True)
        return done.stdout  # in UTF-8 whatever the locale says: names of fonts are
    except (OSError, subprocess.SubprocessError):
        return None


NEEDED: Final = ("redirect_uri", "cookie_secret")
OF_PROVIDER: Final = ("client_id", "client_secret", "server_metadata_url")
SHORTEST_SECRET: Final = 32


def check_signin(settings: Settings, files: tuple[Path, ...] | None = None) -> Check:
    """How people come in, and what is wrong with it. ``files`` are where Streamlit looks for its secrets; None: where it does."""
    from kb.auth.account_store import AccountStore
    from kb.auth.accounts import Accounts

    try:
        with closing(Accounts(AccountStore.of(settings))) as people:
            people.check()
            signs_in, everybody = people.exist(), [one for one in people.all() if not one.disabled]
    except AccountsError as error:
        return Check("sign-in", "failed", str(error), "Until then nobody can sign in.")
    except OSError as error:
        return Check("sign-in", "failed", f"{error.filename}: {error.strerror}", "Give it to the user Setu runs as.")
    for file in secrets_files() if files is None else files:
        if file.is_file():
            found = _provider(file, len(everybody))
            if found is not None:
                return found
    if not signs_in:
        return Check("sign-in", "ok", "nobody signs in: the chat is open on this machine, and nowhere else")
    if not any(one.role == "admin" for one in everybody):
        return Check("sign-in", "warning", "with a password, but nobody may manage people", "Run: setu users add NAME --role admin")
    return Check("sign-in", "ok", f"with a password, {len(everybody)} accounts")


def secrets_files() -> tuple[Path, ...]:
    """Where Streamlit looks for its secrets when the chat is started in the folder of the program."""
    named = os.environ.get("STREAMLIT_SECRETS_FILES")
    if named:
        return (Path(named),)
    return Path.home() / ".streamlit" / "secrets.toml", Path(__file__).parents[2] / ".streamlit" / "secrets.toml"


def _provider(file: Path, accounts: int) -> Check | None:
    """The check of a provider; None when the file names none."""
    try:
        auth = tomllib.loads(file.read_text(encoding="utf-8")).get("auth")
    except OSError as error:
        return Check("sign-in", "failed", f"{file} cannot be read: {error.strerror}", "Give it to the user Setu runs as.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # the parser's own words could quote the secret
        return Check("sign-in", "failed", f"{file} is not valid TOML", "Correct it; deploy/secrets.toml shows its form.")
    if auth is None:
        return None
    if not isinstance(auth, Mapping):
        return Check("sign-in", "failed", f"[auth] in {file} is no table", "Correct it; deploy/secrets.toml shows its form.")
    missing = _missing(auth)
    if missing:
        return Check("sign-in", "failed", f"[auth] in {file} lacks {', '.join(missing)}", "Add it; deploy/secrets.toml shows its form.")
    if importlib.util.find_spec("authlib") is None:
        return Check("sign-in", "failed", "an OpenID provider is set up, but Authlib is not installed", "pip install 'setu-qa[oidc]'")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Check("sign-in", "warning", f"{file} may be read by others, and holds the client's secret", f"Run: chmod 600 {file}")
    if len(str(auth["cookie_secret"])) < SHORTEST_SECRET:
        return Check("sign-in", "warning", f"cookie_secret in {file} is short", "Make one: openssl rand -hex 32")
    hosts = sorted({urlsplit(str(one["server_metadata_url"])).hostname or "?" for one in _providers(auth)})
    return Check("sign-in", "ok", f"by OpenID at {', '.join(hosts)}, {accounts} accounts")


def _providers(auth: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    named = [held for held in auth.values() if isinstance(held, Mapping) and "client_id" in held]
    return [auth, *named] if "client_id" in auth or not named else named


def _missing(auth: Mapping[str, Any]) -> list[str]:
    lacking = [key for key in NEEDED if not auth.get(key)]
    return list(dict.fromkeys([*lacking, *(key for one in _providers(auth) for key in OF_PROVIDER if not one.get(key))]))
