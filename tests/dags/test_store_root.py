"""The tasks of a date on a data root in a store, each on a machine that has nothing."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from squatwatch.airflow_tasks.daily import (
    DownloadOperator,
    HealthOperator,
    PublishOperator,
    ShardOperator,
    StepOperator,
)
from squatwatch.settings import settings
from squatwatch.store.door import follow_warehouse
from squatwatch.warehouse.connection import ask

pytestmark = [pytest.mark.slow, pytest.mark.machines]

DAY = date(2026, 11, 7)


@pytest.fixture
def on_an_empty_machine(tmp_path, monkeypatch):
    """on_an_empty_machine() makes the settings of this process those of one more machine."""
    monkeypatch.setenv("SQUATWATCH_HOME", f"file://{tmp_path}/share")
    monkeypatch.setenv("SQUATWATCH_DATABASE_URL", f"sqlite:///{tmp_path}/labels.db")
    machines = iter(range(20))

    def begin():
        monkeypatch.setenv("SQUATWATCH_SCRATCH", f"{tmp_path}/{next(machines)}")
        settings.cache_clear()

    return begin


def test_each_task_finds_what_the_one_before_has_committed(on_an_empty_machine, caplog):
    context = {
        "params": {"run_date": str(DAY)},
        "dag_run": SimpleNamespace(logical_date=None, start_date=datetime.now(UTC), run_type="manual"),
        "ti": SimpleNamespace(try_number=1),
        "outlet_events": {},
    }
    steps = [StepOperator(task_id="load"), HealthOperator(task_id="health")]
    shards = [ShardOperator(task_id=step, shard=shard) for step in ("transform", "score") for shard in ("2/2", "1/2")]
    tasks = [DownloadOperator(task_id="download", source="sample"), *steps, *shards, PublishOperator(task_id="publish")]
    for task in tasks:
        on_an_empty_machine()
        task.execute(context)
    assert "2,745 registrations" in caplog.text and "17 detections" in caplog.text
    on_an_empty_machine()
    assert "has the date as it is" in PublishOperator(task_id="publish").execute(context)
    follow_warehouse(settings())
    assert ask(settings().home, "select count(*) from detections where is_detection")[1] == [(17,)]
