"""When a task is tried again: soon after its worker was lost, with more and more patience after it has failed."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from squatwatch.airflow_tasks.retries import Backoff

NOON = datetime(2026, 11, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(("try_number", "minutes"), [(1, 1), (2, 4), (3, 16), (4, 30), (1000, 30)])
def test_a_task_that_fails_waits_longer_each_time(try_number, minutes):
    decision = Backoff().evaluate(ConnectionError("the disk of the data root is away"), try_number, max_tries=3)
    assert decision.retry_delay == timedelta(minutes=minutes)


@pytest.mark.parametrize("try_number", [1, 2, 3])
def test_a_task_whose_worker_was_lost_does_not_wait(load_dags, try_number):
    """The scheduler then asks no policy: all that it knows of the task is in the serialized DAG."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.serialization.serialized_objects import DagSerialization

    dag = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(load_dags()["daily_detections"]))
    assert len(dag.tasks) == 8
    for task in dag.tasks:
        lost = SimpleNamespace(task=task, try_number=try_number, end_date=NOON, retry_delay_override=None)
        assert TaskInstance.next_retry_datetime(lost) - NOON <= timedelta(seconds=15), task.task_id


def test_the_tasks_of_a_day_are_tried_four_times(load_dags):
    tasks = load_dags()["daily_detections"].tasks
    assert tasks and all(task.retries == 3 and isinstance(task.retry_policy, Backoff) for task in tasks)
