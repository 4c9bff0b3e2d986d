"""The one settings object, frozen, built once at the edge and passed down; and the one secret: the key to a language model.

The key is no setting. It is read here, and taken out of every text that leaves. It comes from ``SETU_LLM_KEY`` in the environment,
else from the file that ``SETU_SECRETS`` names: TOML with ``llm_key = "…"``, readable by its owner alone; else from ``secrets.toml`` of the
home, where `kb.generate.model_choice` keeps it with the server that it is for.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.records import Access, Limits
from kb.auth.roles import Role
from kb.errors import SettingsError
from kb.telemetry.addresses import collector, host_and_port

PREFIX = "SETU_"
_ORIGIN = re.compile(r"https://[\w.-]+(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?", re.ASCII)
"""Of a page elsewhere by TLS, or of one on this machine."""
UPLOADS = "uploads"
"""The folder of the home in which files lie that people sent."""
UPLOADED = "upload:/"
"""How the path of a paper begins that was sent and that a worker took in: it lies in no folder, and is the same on every machine."""
SYNCED = "synced"
"""The folder of the home in which the copies of papers lie that came from sources (`kb.sync`)."""
SLIDE_TEMPLATE = "slide-template.potx"
SLIDE_LOGOS = ("slide-logo.png", "slide-logo.jpg")
"""Names in the home of the template and the logo (one of them) for slides."""


def default_home() -> Path:
    """The data folder when ``SETU_HOME`` is not set: ``$XDG_DATA_HOME/setu``, else ``~/.local/share/setu``."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "setu"


class Settings(BaseSettings):
    """Where the data lies and which engines are used. Environment variables ``SETU_*`` win over ``settings.toml`` in the home."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    home: Path = Field(default_factory=default_home)
    """The folder of the data; in the environment only, since ``settings.toml`` lies in it."""
    embedder: str = "bundled"
    """``bundled`` (multilingual-e5-small, offline) or any sentence-transformers model by name or path."""
    embedder_query_prompt: str | None = None
    """Override the model's own prompt for questions, e.g. ``"query: "``; None takes what the model declares."""
    embedder_passage_prompt: str | None = None
    """The same for passages, e.g. ``"passage: "``."""
    allow_download: bool = False
    """Whether a sentence-transformers model named by hub name may be fetched from the network."""
    database_url: str | None = None
    """Where the base is kept beside the home: ``postgresql+psycopg://USER:PASSWORD@HOST/DATABASE``; None keeps it in files of the home."""
    objects_url: str | None = None
    """Where the files that were taken in are kept, beside ``database_url``: ``s3://bucket/prefix`` (``?endpoint=https://…``), or
    ``file:///folder`` that every machine mounts; None keeps them in the database."""
    originals_cache_mb: int = Field(default=1000, ge=0)
    """Room on this machine for copies of originals that the database or S3 keeps, so that pages of a paper are drawn at once."""
    queue: bool = True
    """Whether uploads to a base of ``database_url`` are taken in by workers (``setu worker``) on any machine, not where they arrive."""
    shard_urls: str = ""
    """URLs of databases that hold a part of the postings beside ``database_url``, with a space between; `setu shards` tells of them."""
    chroma_url: str | None = None
    """``http://host:port`` of a Chroma server that is run elsewhere; None lets Setu run its own on loopback."""
    exact_limit: int = Field(default=200_000, ge=0)
    """Up to how many passages of a language a question is compared with every one of them; Chroma is asked, and written, above it."""
    hnsw_limit: int = Field(default=1_000_000, ge=0)
    """The same for pgvector, which is asked above it where the base is on a PostgreSQL that has it."""
    vector_search: Literal["auto", "scan", "hnsw"] = "auto"
    """How the nearest passages are found: ``auto`` by comparing all up to a limit, above it by Chroma or pgvector; ``scan`` by comparing
    all, however many; ``hnsw`` by pgvector, of whatever size a language is."""
    max_file_mb: int = Field(default=200, gt=0)
    """How large a file may be that is taken in; for uploads in the chat also ``maxUploadSize`` in ``.streamlit/config.toml``."""
    max_pages: int = Field(default=5000, gt=0)
    """How many pages a PDF may have."""
    max_parts: int = Field(default=2000, gt=0)
    """How many files an archive and parts a mail may hold, those of archives and mails in it included."""
    max_characters: int = Field(default=20_000_000, gt=0)
    """How many characters of text may come in one file, with all that is packed into it."""
    max_rows: int = Field(default=100_000, gt=0)
    """How many rows of tables may come in one file, with all that is packed into it."""
    readers: int = Field(default=0, ge=0)
    """Processes that read files; 0: one for every core."""
    file_seconds: float = Field(default=900.0, gt=0)
    """How long reading a file of up to 50 pages may take; a longer one may take longer, in proportion."""
    file_memory_mb: int = Field(default=2048, gt=0)
    """What reading one file may add to the memory of its process."""
    page_cache_mb: int = Field(default=1000, ge=0)
    """Room for pages that were read, so that an interrupted ingest goes on where it stopped; 0 keeps none."""
    web_private: bool = False
    """Whether an address that is ingested may lie on this machine or in a private network."""
    max_question_chars: int = Field(default=2000, gt=0)
    """How long a question may be."""
    questions_per_minute: int = Field(default=20, ge=0)
    """How many questions one person who signed in, or one visitor of the chat, may ask in a minute; 0: no limit."""
    uploads_per_hour: int = Field(default=200, ge=0)
    """How many files the same may add in an hour; 0: no limit."""
    session_hours: float = Field(default=12.0, gt=0, le=24 * 30)
    """How long one stays signed in."""
    open_on_loopback: bool = True
    """Whether the chat may be used from this machine without signing in, where neither accounts nor an OpenID provider are set up."""
    webhook_lead_days: int = Field(default=7, ge=0, le=366)
    """How many days before an obligation falls due webhooks are told of it."""
    embed_origins: str = ""
    """Origins of pages that may frame the chat at ``/embed``, such as ``https://portal.example.org``, with a comma between; "": none."""
    oidc_name_claim: str = "email"
    """What an OpenID provider says that is the name of the account; an e-mail address that it says is unverified is refused."""
    oidc_role_claim: str | None = None
    """What it says that is the role of people without account: ``viewer``, ``trainer``, ``editor``, ``admin``, or a list that holds one."""
    oidc_groups_claim: str | None = None
    """What it says that lists the access groups of people without account."""
    oidc_default_role: Role | None = None
    """The role of people without account and role; None refuses them."""
    oidc_audience: str = ""
    """For whom a provider's token must be made by which a program asks ``setu serve``, with a comma between; without it for the chat
    (``client_id``) or ``api_address``."""
    heading_weight: float = Field(default=3.0, ge=0)
    """What a title or heading counts that the question asks for word by word; as all weights, in standard deviations of the dense score."""
    authority_weight: float = Field(default=0.1, ge=0)
    """What a signed agreement is ahead of a newspaper that answers as well."""
    recency_weight: float = Field(default=0.1, ge=0)
    """What the newest document is ahead of an undated one that answers as well."""
    diversity: float = Field(default=0.1, ge=0)
    """What a passage loses for each passage of its document beyond two that is above it in the list; 0 lets one document fill it."""

    address: str = Field(default="http://127.0.0.1:8501", pattern=r"^https?://\S+$")
    """Where the chat is reached, for the links in what the terminal exports; the chat takes the address that the browser used."""
    api_address: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """Where ``setu serve`` is reached, for whom a provider's tokens are made; without it the address and port that it listens on."""

    glossary: Path | None = None
    """A file of the office's own terms, beside Setu's; None takes ``glossary.tsv`` of the home where there is one."""
    slide_template: Path | None = None
    """The office's PowerPoint template for slides (``.potx`` or ``.pptx``); None takes the one of the home that an admin sent, if there."""
    slide_logo: Path | None = None
    """The logo on slides, a PNG or JPEG; None takes the one of the home that an admin sent, if there."""
    reranker: str | None = None
    """A sentence-transformers CrossEncoder, by name or path, that reads the best passages again; None: no reranking."""
    rerank_top: int = Field(default=30, gt=0, le=200)
    """Passages that the reranker reads."""
    rerank_ms: int = Field(default=2000, gt=0)
    """After so many milliseconds the order stands as it was, and the user is told."""

    verifier: str | None = None
    """A sentence-transformers CrossEncoder trained on natural-language inference, by name or path, that scores how far quotes support a
    statement; None: the alignment of the embedder's token states."""
    llm: str | None = None
    """The language model that writes answers: ``openai:NAME``, ``anthropic:NAME``, ``ollama:NAME``, or ``http://host:port/v1#NAME`` of any
    OpenAI-compatible server; None: answers quote, and no model is asked."""
    llm_key: SecretStr | None = None
    """Its key; from the environment only. Without it the file ``secrets`` is read, or what `setu llm set` keeps."""
    secrets: Path | None = None
    """A TOML file with ``llm_key``, which only its owner may read (mode 600); None takes ``secrets.toml`` of the home, if there."""
    llm_tokens: int = Field(default=12_000, ge=1000)
    """What one answer may cost in tokens, prompts and output together, repairs and further tries included."""
    llm_seconds: float = Field(default=60.0, gt=0)
    """How long one answer may take a language model; then what is there counts, or the papers are quoted."""
    llm_failing: Literal["drop", "mark"] = "drop"
    """What becomes of a statement that fails its check also the second time: left out, or shown as unsupported."""
    llm_day_person: int = Field(default=0, ge=0)
    """What answers of one person may cost on a day, in tokens; who is not signed in counts as one person. 0: no limit."""
    llm_day: int = Field(default=0, ge=0)
    """What all answers may cost on a day, in tokens; 0: no limit."""
    llm_at_once: int = Field(default=4, ge=1)
    """How many answers a process has a language model write at once; the others wait for their turn, up to half of ``llm_seconds``."""
    llm_inside: str = ""
    """Hosts that are in the house beside this machine and private networks, with a comma between: a model there may read papers that are
    not to leave it."""

    judge: str | None = None
    """A language model that `python -m eval` has judge the citations of answers, named as in ``llm``; None: the verifier alone judges."""

    sync_schedule: bool = True
    """Whether the chat and `setu serve` sync sources on their schedule; without it `setu sources sync --due` does, as from a timer."""

    log: Literal["text", "json", "off"] = "text"
    """The form of ``logs/setu.log`` in the home, one line for each event; ``off`` writes none. No text of a question or paper is in it."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From what on an event is logged."""
    log_to: Literal["home", "stderr"] = "home"
    """Where the log goes: to its file in the home, or to stderr, as for a container."""
    log_mb: int = Field(default=10, gt=0)
    """From what size on a log file is set aside; five are kept."""
    metrics: str = ""
    """``HOST:PORT`` where the chat and `setu serve` each show figures for Prometheus, at ``/metrics``, such as ``127.0.0.1:9464``; "" shows
    none. Whoever reaches it may read it: loopback, or a network of the house. The figures hold no text and no name."""
    traces: str = ""
    """The address of an OpenTelemetry collector that takes OTLP over HTTP, such as ``http://127.0.0.1:4318``; "" takes that of
    ``OTEL_EXPORTER_OTLP_ENDPOINT``, and sends nothing where that is not set either. No text and no name is in a trace."""

    _metrics = field_validator("metrics")(host_and_port)
    _traces = field_validator("traces")(collector)

    @field_validator("llm_inside")
    @classmethod
    def _hosts(cls, value: str) -> str:
        named = [part.strip().strip("[]").casefold().rstrip(".") for part in value.split(",") if part.strip()]
        if any(set(host) & set("/@#*? ") for host in named):
            raise ValueError("hosts are wanted, such as llm.example.org, with a comma between, and no whole addresses")
        return ",".join(named)

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        named = [part.strip().rstrip("/") for part in value.split(",") if part.strip()]
        if not all(_ORIGIN.fullmatch(one) for one in named):
            raise ValueError(
                "origins are wanted, such as https://portal.example.org or http://127.0.0.1:8080, with a comma between, without a path"
            )
        return ",".join(named)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def inside_hosts(self) -> frozenset[str]:
        """The hosts of ``llm_inside``."""
        return frozenset(self.llm_inside.split(",")) - {""}

    @property
    def embedding_origins(self) -> tuple[str, ...]:
        """The origins of ``embed_origins``."""
        return tuple(filter(None, self.embed_origins.split(",")))

    @property
    def server_url(self) -> str | None:
        """The URL of the database server that holds the base; None where it lies in a file."""
        return self.database_url if self.database_url and not self.database_url.startswith("sqlite") else None

    @property
    def sql_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'catalogue.sqlite'}"

    @property
    def vectors_dir(self) -> Path:
        """The folder that belongs to the Chroma process alone."""
        return self.home / "vectors"

    @property
    def page_cache(self) -> Path | None:
        """The folder of pages that were read; None when none are kept."""
        return self.home / "pages" if self.page_cache_mb else None

    @property
    def limits(self) -> Limits:
        """What one file may cost; in the home nothing is read but what was sent to it or came from a source, nor is ``secrets``."""
        secrets = [self.secrets.expanduser()] if self.secrets is not None else []  # that of the home lies in it
        shared = (str(self.home / UPLOADS), str(self.home / SYNCED))
        access = Access(private=tuple(str(one.absolute()) for one in (self.home, *secrets)), shared=shared)
        return Limits(
            max_bytes=self.max_file_mb * 2**20, max_expanded_bytes=2 * self.max_file_mb * 2**20, max_pages=self.max_pages,
            max_members=self.max_parts, max_characters=self.max_characters, max_rows=self.max_rows, private_addresses=self.web_private,
            access=access,
        )  # fmt: skip

    @classmethod
    def home_in_force(cls) -> Path:
        """The home folder, whatever its ``settings.toml`` says. Raises `SettingsError` when the environment is wrong."""
        try:
            return cls().home
        except ValidationError as error:
            raise _wrong(error) from error

    @staticmethod
    def in_environment() -> frozenset[str]:
        """The names of the settings that the environment sets."""
        return frozenset(k[len(PREFIX) :].lower() for k in os.environ if k.startswith(PREFIX))

    @staticmethod
    def stored(home: Path) -> dict[str, Any]:
        """What ``settings.toml`` in a home says; nothing where there is none.

        Raises:
            SettingsError: it is not valid TOML, or holds what belongs elsewhere.
        """
        file = home / "settings.toml"
        try:
            stored = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SettingsError(f"{file} is not valid TOML: {error}. Correct the line it names.") from error
        if "llm_key" in stored:
            raise SettingsError(f"{file} holds llm_key, and others may read it. Move it to SETU_LLM_KEY or the file of SETU_SECRETS.")
        if "home" in stored:
            raise SettingsError(f"{file} holds home, but lies in it. Set SETU_HOME in the environment instead.")
        return stored

    @classmethod
    def load(cls, **overrides: Any) -> Settings:
        """Build settings from ``overrides``, then the environment, then ``settings.toml`` in the home folder.

        Raises:
            SettingsError: an unknown key, or a value of the wrong type.
        """
        known = {name.upper() for name in cls.model_fields}
        unknown = [k for k in os.environ if k.startswith(PREFIX) and k[len(PREFIX) :] not in known]
        if unknown:
            raise SettingsError(
                f"Unknown setting {', '.join(sorted(unknown))} in the environment. Known: {', '.join(sorted(PREFIX + k for k in known))}."
            )
        try:
            home = cls(**overrides).home
        except ValidationError as error:
            raise _wrong(error) from error
        stored = cls.stored(home)
        try:
            merged = {k: v for k, v in stored.items() if k not in cls.in_environment()} | overrides
            return cls(**merged)
        except ValidationError as error:
            raise _wrong(error, home / "settings.toml") from error


class InForce:
    """The settings that a knowledge base and all its views go by; another one may take their place while it runs."""

    def __init__(self, settings: Settings) -> None:
        self.now = settings


def _wrong(error: ValidationError, file: Path | None = None) -> SettingsError:
    """The error that names each setting, and where it was set: in the environment, or in the file."""

    def place(name: str) -> str:
        return f"{PREFIX}{name.upper()}" if name in Settings.in_environment() or file is None else f"{name} in {file}"

    details = "; ".join(f"{place('.'.join(map(str, e['loc'])))}: {e['msg']}" for e in error.errors())
    return SettingsError(f"A setting is wrong: {details}. Correct it; `setu settings --example` shows what each may be.")


HIDDEN = "•••"
_SHORTEST = 6
"""A key shorter than this is not searched for in texts: "test" stands in many."""
SECRETS = "secrets.toml"
"""The file of the home that keeps the key, ``llm_key``, and what it is for, ``server``: mode 600, and in no backup."""


def llm_server(llm: str) -> str:
    """The part of the setting ``llm`` that a key is for: the provider, or the address of the server."""
    text = llm.strip()
    return text.partition("#")[0].rstrip("/") if text.startswith(("http://", "https://")) else text.partition(":")[0]


def llm_key(settings: Settings) -> SecretStr | None:
    """The key to the language model, or None when none is set; one that the home keeps for another server is none.

    Raises:
        SettingsError: the secrets file is missing, may be read by others, or is no TOML of that form. No message quotes the file.
    """
    if settings.llm_key is not None and settings.llm_key.get_secret_value().strip():
        return SecretStr(settings.llm_key.get_secret_value().strip())
    if settings.secrets is not None:
        return _from_file(settings.secrets.expanduser())[0]
    if not settings.llm or not (kept := settings.home / SECRETS).exists():
        return None
    key, server = _from_file(kept)
    return key if server in ("", llm_server(settings.llm)) else None


def _from_file(file: Path) -> tuple[SecretStr | None, str]:
    """The key, and the server that it is for; "" where the file does not say."""
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The secrets file {file} cannot be read: {error.strerror}. Correct SETU_SECRETS, or make the file.") from error
    except UnicodeDecodeError:
        raise SettingsError(f"The secrets file {file} is not UTF-8 text. Save it as such.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"The secrets file {file} may be read by others (mode {stat.S_IMODE(mode):03o}). Run: chmod 600 {file}")
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        # The parser's own words can quote the line, and with it the key.
        raise SettingsError(f'The secrets file {file} is not valid TOML. It must hold one line: llm_key = "…"') from None
    if not set(held) <= {"llm_key", "server"} or not all(isinstance(value, str) for value in held.values()):
        raise SettingsError(f'The secrets file {file} must hold one line, llm_key = "…", and nothing else but server = "…".')
    key = held.get("llm_key", "").strip()
    return SecretStr(key) if key else None, held.get("server", "")


def scrub(text: str, secrets: Iterable[SecretStr | None]) -> str:
    """The text without the secrets, should a server have sent one back."""
    for secret in secrets:
        value = secret.get_secret_value() if secret is not None else ""
        if len(value) >= _SHORTEST:
            text = text.replace(value, HIDDEN)
    return text
