"""The database of those who take part: SQLite in the home, or PostgreSQL by its address."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kg.errors import TakingPartError
from webapp.taking_part.assessment import models as _assessment  # noqa: F401 - its tables
from webapp.taking_part.mentoring import models as _mentoring  # noqa: F401 - its tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

    from kg.settings import Settings

__all__ = ["DATABASE_FILE", "Database", "open_database"]

DATABASE_FILE: Final = "people.sqlite"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_WRITES: Final = "ihub_writes"
_BUSY_SECONDS: Final = 15
_UPGRADE_LOCK: Final = 0x69687562  # any number that nothing else in the database locks


class Database:
    """Connections to the database, and the version of its tables.

    Args:
        url: Its address.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._sqlite = url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(url) if self._sqlite else _postgresql_engine(url)
        self._writing = self._engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database throughout and changes nothing."""
        options: dict[str, Any] = (
            {} if self._sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with self._engine.connect().execution_options(**options) as connection, Session(connection) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are kept together when the block ends, and none of them when it fails.

        SQLite takes one of these at a time, so that nothing read in it can be out of date when it is written.
        """
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def revision(self) -> str | None:
        """Return the version of the tables, or None where there are none.

        Raises:
            TakingPartError: The database does not answer.
        """
        try:
            with self._engine.connect() as connection:
                return MigrationContext.configure(connection).get_current_revision()
        except SQLAlchemyError as error:
            raise TakingPartError(
                f"does not answer: {type(error).__name__}", file=self.name, hint="is IHUB_DATABASE_URL right?"
            ) from error

    def upgrade(self) -> str:
        """Make the tables, or bring them to the newest version; return that. Processes that do it take turns."""
        with self._writing.begin() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return _newest()

    def require_current(self) -> None:
        """Check that the tables are what this program works with.

        Raises:
            TakingPartError: There are none, or of another version.
        """
        found = self.revision()
        if found != _newest():
            state = f"has the tables of version {found}" if found else "has no tables yet"
            raise TakingPartError(f"{state}, not {_newest()}", file=self.name, hint="run ihub people upgrade")

    @property
    def name(self) -> str:
        """The address without its password, for messages."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def open_database(settings: Settings) -> Database:
    """Return the database of these settings; nothing is asked of it yet.

    Raises:
        TakingPartError: PostgreSQL is asked for without its driver.
    """
    if not settings.database_url:
        settings.home.mkdir(parents=True, exist_ok=True)
        return Database(make_url(f"sqlite:///{settings.home / DATABASE_FILE}"))
    url = make_url(settings.database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    try:
        return Database(url)
    except ImportError as error:
        hint = "pip install 'ihub-graph[postgresql]'"
        raise TakingPartError("needs the PostgreSQL driver", file=url.host, hint=hint) from error


def _sqlite_engine(url: URL) -> Engine:
    if url.database:
        Path(url.database).touch(mode=0o600)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # The driver's own transactions leave out what changes tables; ours begin where SQLAlchemy says so.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Taking the lock at once means waiting for it, where taking it later would fail.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _BUSY_SECONDS})


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _newest() -> str:
    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    assert head, "the package brings its migrations"  # noqa: S101 - a broken installation
    return head
