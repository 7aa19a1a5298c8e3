"""The one database: what is written as it happens and could not be made again from a date's lists, such as labels.

SQLite in WAL mode beside the data by default; any SQLAlchemy URL with SQUATWATCH_DATABASE_URL, Airflow's PostgreSQL for
example. Several processes may write at once. Each module that keeps something here defines its own table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from sqlite3 import Connection, OperationalError
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr
from tenacity import retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_random

from squatwatch.database.place import default_path
from squatwatch.errors import DatabaseTrouble, SquatwatchError
from squatwatch.settings import Settings, in_home

metadata = sa.MetaData()
EXAMPLE = "postgresql+psycopg2://user@host/db"
BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up in an INTEGER only
BUSY_SECONDS = 30  # that SQLite waits for another process
LONGEST_TO_WAL = 5  # seconds
PARAMETERS = 500  # of a statement; SQLite takes a limited number


def engine_with(settings: Settings, table: sa.Table) -> sa.Engine:
    """Return the database that is configured, the table in it; one engine a process and URL.

    Raises DatabaseTrouble where it cannot be reached or written.
    """
    engine = _engine(_url(settings.home, settings.database_url))
    _create(engine, table)
    return engine


@contextmanager
def named_errors(engine: sa.Engine) -> Iterator[None]:
    """Turn a failure into a SquatwatchError that names the database, without its password."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        address = engine.url.render_as_string(hide_password=True)
        problem = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        raise DatabaseTrouble(f"the database at {address} cannot be read or written: {problem}") from None


@contextmanager
def alone(engine: sa.Engine, table: sa.Table) -> Iterator[sa.Connection]:
    """Give a transaction during which nobody else writes to the table; it is committed unless the block raises.

    So that what is read first still holds when something is written because of it.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("begin immediate")
        elif engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f'lock table "{table.name}" in share row exclusive mode')
        yield connection


def rows_of(engine: sa.Engine, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
    """Return the rows of a query, read in one transaction. Raises as `named_errors`."""
    with named_errors(engine), engine.connect() as connection:
        return connection.execute(query).mappings().all()


def naive(moment: datetime) -> datetime:
    """Return the moment as UTC without a time zone, as the database keeps times."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(kept: datetime) -> datetime:
    """Return a time that the database kept with its time zone, which is UTC."""
    return kept.replace(tzinfo=UTC)


def _url(home: Path, database_url: SecretStr | None) -> sa.URL:
    """Return the URL of the database; it may carry a password, so it is for no log and no message.

    Raises SquatwatchError where SQUATWATCH_DATABASE_URL is no such URL.
    """
    if database_url is None:
        # not parsed from text, in which % and ? of a folder's name would mean something else
        return sa.URL.create("sqlite", database=str(default_path(home)))
    try:
        url = sa.make_url(database_url.get_secret_value())
    except sa.exc.ArgumentError:
        raise SquatwatchError(f"SQUATWATCH_DATABASE_URL is no SQLAlchemy URL, such as {EXAMPLE}") from None
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(database=str(in_home(Path(url.database))))
    return url


@cache
def _engine(url: sa.URL) -> sa.Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = sa.create_engine(
            url, connect_args={"timeout": BUSY_SECONDS} if is_sqlite else {}, pool_pre_ping=not is_sqlite
        )
    except sa.exc.NoSuchModuleError:
        raise SquatwatchError(f"SQUATWATCH_DATABASE_URL: {url.drivername}:// is no database; write {EXAMPLE}") from None
    except ModuleNotFoundError as missing:
        raise SquatwatchError(
            f"SQUATWATCH_DATABASE_URL: the driver of {url.drivername}://, {missing.name}, is not installed. "
            f"Install it, or name a driver that is: {EXAMPLE} (pip install psycopg2-binary)"
        ) from None
    if is_sqlite:
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        sa.event.listen(engine, "connect", _sqlite_settings)
    return engine


@cache
def _create(engine: sa.Engine, table: sa.Table) -> None:
    with named_errors(engine):
        try:
            table.create(engine, checkfirst=True)
            for index in table.indexes:  # one that an earlier release did not have
                index.create(engine, checkfirst=True)
        except sa.exc.DBAPIError:  # another process may have made it between the check and the making
            if not sa.inspect(engine).has_table(table.name):
                raise


def _sqlite_settings(connection: Connection, _record: object) -> None:
    if _journal_mode(connection) == "delete":
        _to_wal(connection)
    connection.execute("pragma synchronous = normal")


@retry(
    retry=retry_if_exception_type(OperationalError) | retry_if_result(lambda mode: mode == "delete"),
    stop=stop_after_delay(LONGEST_TO_WAL),
    wait=wait_random(0, 0.1),
    retry_error_callback=lambda state: None,  # a file system that has no WAL does without
)
def _to_wal(connection: Connection) -> str:
    """Return the journal mode after asking for WAL. At this alone SQLite does not wait for other processes."""
    return _journal_mode(connection, " = wal")


def _journal_mode(connection: Connection, change: str = "") -> str:
    return str(connection.execute(f"pragma journal_mode{change}").fetchone()[0])
