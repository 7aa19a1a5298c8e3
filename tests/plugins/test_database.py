"""The database that several processes write at once: SQLite beside the data, or PostgreSQL."""

import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from squatwatch.database.engine import _sqlite_settings
from squatwatch.database.place import has_database
from squatwatch.errors import SquatwatchError
from squatwatch.labels.store import label_store, read_labels

WRITER = """
import sys
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.settings import read_settings
store = label_store(read_settings())
for number in range(50):
    store.add([Label(f"{sys.argv[1]}-{number}", "a.com", "paypal", "squat", sys.argv[1])])
"""


def write_at_once(environment):
    """Three processes that find no table yet and write it full."""
    environment = {"PYTHONPATH": ":".join(sys.path), **environment}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name], env=environment) for name in ("ana", "bo", "cy")]
    assert [writer.wait() for writer in writers] == [0, 0, 0]


def test_several_processes_write_sqlite(settings):
    write_at_once({"SQUATWATCH_HOME": str(settings.home)})
    assert read_labels(settings).height == 150
    with sqlite3.connect(settings.home / "squatwatch.db") as database:
        assert database.execute("pragma journal_mode").fetchone() == ("wal",)


def test_several_processes_write_postgresql(settings, postgresql_url):
    write_at_once({"SQUATWATCH_HOME": str(settings.home), "SQUATWATCH_DATABASE_URL": postgresql_url})
    away = settings.model_copy(update={"database_url": SecretStr(postgresql_url)})
    assert read_labels(away).height == 150
    assert not (settings.home / "squatwatch.db").exists()


def test_to_ask_makes_no_database(settings):
    assert read_labels(settings).is_empty() and not has_database(settings)
    assert not settings.home.exists()


def test_a_database_that_is_not_there_is_named_without_its_password(settings):
    url = SecretStr("postgresql+psycopg2://ana:secret@127.0.0.1:1/squatwatch?connect_timeout=1")
    with pytest.raises(SquatwatchError, match=r"postgresql\+psycopg2://ana:\*\*\*@127.0.0.1:1") as refused:
        label_store(settings.model_copy(update={"database_url": url}))
    assert "secret" not in str(refused.value)


def test_a_url_that_is_none(settings):
    with pytest.raises(SquatwatchError, match="SQUATWATCH_DATABASE_URL is no SQLAlchemy URL"):
        label_store(settings.model_copy(update={"database_url": SecretStr("the cellar")}))


def test_two_that_find_a_new_file_both_come_to_wal():
    """Of two processes that change the journal at once SQLite tells one that the file is locked, without waiting."""

    class Locked:
        answers = iter(["delete", "locked", "delete", "wal", "normal"])

        def execute(self, statement):
            if (answer := next(self.answers)) == "locked":
                raise sqlite3.OperationalError("database is locked")
            return SimpleNamespace(fetchone=lambda: (answer,))

    connection = Locked()
    _sqlite_settings(connection, None)
    assert list(connection.answers) == []


@pytest.mark.parametrize("folder", ["50% off", "My%20Data", "what?now", "a#b", "a:b@c"])
def test_the_database_lies_in_the_data_root_whatever_its_name_has(settings, tmp_path, folder):
    home = tmp_path / folder
    label_store(settings.model_copy(update={"home": home}))
    assert (home / "squatwatch.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_a_tilde_in_the_url_of_a_file_is_the_home_folder(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    monkeypatch.chdir(tmp_path)
    label_store(settings.model_copy(update={"database_url": SecretStr("sqlite:///~/watch/labels.db")}))
    assert (tmp_path / "ana/watch/labels.db").is_file() and not (tmp_path / "~").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgres://ana:secret@127.0.0.1/x", r"postgres:// is no database; write postgresql\+psycopg2://"),
        ("postgresql+pg8000://ana:secret@127.0.0.1/x", r"pg8000, is not installed.*postgresql\+psycopg2://"),
        ("mysql://ana:secret@127.0.0.1/x", r"MySQLdb, is not installed"),
    ],
)
def test_a_url_whose_driver_is_missing_says_what_to_write(settings, url, message):
    with pytest.raises(SquatwatchError, match=message) as refused:
        label_store(settings.model_copy(update={"database_url": SecretStr(url)}))
    assert "SQUATWATCH_DATABASE_URL" in str(refused.value) and "secret" not in str(refused.value)
