"""Two clusters on one data root: the second one is told before it publishes or sends anything."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from sqlite3 import connect

import pytest
from pydantic import SecretStr

from squatwatch import pipeline
from squatwatch.database.identity import identity_of
from squatwatch.errors import SquatwatchError

WORDS = r"share is worked on with another database than SQUATWATCH_DATABASE_URL names.*prefix of its own with SQ"


@pytest.fixture
def cluster(machine, tmp_path):
    """cluster(name, machine) gives the settings of a machine of a cluster, which has a database of its own."""

    def new(name: str, machine_name: str = "a"):
        url = SecretStr(f"sqlite:///{tmp_path}/{name}.db")
        return machine(f"{name}-{machine_name}").model_copy(update={"database_url": url})

    return new


@pytest.mark.parametrize(
    "work",
    [
        pipeline.publish,
        lambda settings: pipeline.publish_date(settings, date(2024, 2, 29)),
        pipeline.alerts,
    ],
)
def test_a_second_cluster_neither_publishes_nor_sends_alerts(cluster, tmp_path, work):
    pipeline.alerts(cluster("first"))
    with pytest.raises(SquatwatchError, match=WORDS):
        work(cluster("second"))
    assert sorted(path.name for path in (tmp_path / "share").iterdir()) == ["cluster.json"]


def test_each_machine_of_a_cluster_is_welcome_and_asks_once(cluster, tmp_path):
    pipeline.alerts(cluster("first"))
    pipeline.alerts(cluster("first", "b"))
    (tmp_path / "share/cluster.json").write_text("not read again")
    pipeline.alerts(cluster("first", "b"))


def test_a_database_that_was_restored_elsewhere_is_the_same(cluster, tmp_path):
    pipeline.alerts(cluster("first"))
    with closing(connect(tmp_path / "first.db")) as database, closing(connect(tmp_path / "restored.db")) as restored:
        database.backup(restored)
    pipeline.alerts(cluster("restored"))


def test_a_database_that_is_gone_for_good_is_forgotten_by_removing_the_object(cluster, tmp_path):
    pipeline.alerts(cluster("first"))
    (tmp_path / "share/cluster.json").unlink()
    pipeline.alerts(cluster("second"))
    with pytest.raises(SquatwatchError, match=WORDS):
        pipeline.alerts(cluster("first", "b"))


def test_a_database_has_one_name(cluster):
    assert identity_of(cluster("first")) == identity_of(cluster("first", "b")) != identity_of(cluster("second"))
