"""A data root in Ceph's S3: another server than the one that all other tests have."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import ceph
import pytest
from s3_server import client, connection, no_credentials_of_the_machine
from same_tables import content

from squatwatch.cli.steps import run_day
from squatwatch.settings import read_settings
from squatwatch.store import s3
from squatwatch.store.door import follow, follow_warehouse
from squatwatch.store.s3 import S3Store
from squatwatch.store.whole.move_out import move_out_of_store
from squatwatch.store.whole.prune import prune

pytestmark = [pytest.mark.slow, pytest.mark.machines]

DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def server():
    if lacking := ceph.lacking():
        pytest.skip(f"Ceph is not installed ({', '.join(lacking)}): apt-get install radosgw ceph-mon ceph-osd")
    with no_credentials_of_the_machine() as patch, ceph.ceph_server("squat") as address:
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(address))
        s3._client.cache_clear()
        yield address
        s3._client.cache_clear()


def test_of_many_writers_one_is_first(server, tmp_path):
    store, start, firsts = S3Store("squat", "race", "aws_default"), threading.Barrier(12), []

    def write(number: int) -> None:
        file = tmp_path / str(number)
        file.write_text(f"{number} writes")
        start.wait()
        firsts.append(bool(store.create("commits/1", file)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(firsts) == [False] * 11 + [True]


def test_a_date_is_the_same_as_in_a_folder_mirrored_moved_and_pruned(server, tmp_path):
    run_day(read_settings(home=tmp_path / "data"), DAY, None, refetch=False)

    def machine(name: str):
        database = f"sqlite:///{tmp_path}/labels.db"
        return read_settings(home="s3://squat/watch", scratch=tmp_path / name, database_url=database, store_mirror=True)

    run_day(machine("a"), DAY, None, refetch=False)
    reader = machine("b")
    follow(reader)
    follow_warehouse(reader)
    assert content(reader.home, [DAY]) == content(tmp_path / "data", [DAY])
    listed = client(server).list_objects_v2(Bucket="squat", Prefix="watch/published/detections/")
    assert [one["Key"] for one in listed["Contents"]] == [
        f"watch/published/detections/run_date={DAY}/detections.parquet"
    ]
    assert prune(machine("c"), timedelta(days=1)).count == 0
    move_out_of_store(machine("d"), tmp_path / "back")
    assert content(tmp_path / "back", [DAY]) == content(tmp_path / "data", [DAY])
