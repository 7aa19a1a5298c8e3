"""The task `score` with SageMaker: deferred while the job is at work, and no job is left behind."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import scored_remotely
from airflow.sdk.exceptions import AirflowException, AirflowFailException, TaskDeferred
from airflow.triggers.base import TriggerEvent
from scored_remotely import DAY, rows_of

from squatwatch import pipeline
from squatwatch.airflow_tasks.scoring import ScoreOperator, TransformJobTrigger
from squatwatch.lake.shards import WHOLE
from squatwatch.settings import settings as settings_of_process

pytestmark = pytest.mark.slow  # a container and a service are started for it


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with scored_remotely.remote(tmp_path_factory.mktemp("container")) as remote:
        yield remote


@pytest.fixture
def remote(servers, tmp_path, monkeypatch):
    """The servers without jobs; the settings of the process are those of a machine whose date was not scored."""
    servers.sagemaker.forget()
    scored_remotely.machine(tmp_path / "data", servers)
    for name, value in {
        "HOME": tmp_path / "data",
        "BRANDS_FILE": servers.brands_file,
        "SCORER": "sagemaker",
        "SAGEMAKER_MODEL": "squatwatch",
        "SAGEMAKER_URL": f"s3://scoring/{tmp_path.name}",
        "SAGEMAKER_POLL_SECONDS": "0.1",
        "SAGEMAKER_TIMEOUT_MINUTES": "1",
    }.items():
        monkeypatch.setenv(f"SQUATWATCH_{name}", str(value))
    settings_of_process.cache_clear()
    yield servers
    servers.sagemaker.go_on.set()


@pytest.fixture
def context():
    dag_run = SimpleNamespace(logical_date=datetime.combine(DAY, datetime.min.time(), UTC), run_type="manual")
    return {"params": {}, "dag_run": dag_run}


def deferred(context) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as deferral:
        ScoreOperator(task_id="score", shard="1/1").execute(context)
    assert deferral.value.method_name == "execute"
    return deferral.value


def as_in_a_triggerer(deferral: TaskDeferred) -> TransformJobTrigger:
    """The trigger made anew from what the database keeps of it."""
    path, arguments = deferral.trigger.serialize()
    assert path == "squatwatch.airflow_tasks.scoring.TransformJobTrigger"
    return TransformJobTrigger(**arguments)


def fired(trigger: TransformJobTrigger) -> TriggerEvent:
    async def first() -> TriggerEvent:
        return await anext(aiter(trigger.run()))

    return asyncio.run(asyncio.wait_for(first(), 60))


def resumed(deferral: TaskDeferred, event: TriggerEvent, context) -> str:
    task = ScoreOperator(task_id="score", shard="1/1")  # in another process
    return task.resume_execution(deferral.method_name, {"event": event.payload}, context)


def states(remote) -> list[str]:
    return [job["TransformJobStatus"] for job in remote.sagemaker.jobs.values()]


def test_the_task_goes_on_with_the_same_job_when_it_has_ended(remote, context):
    deferral = deferred(context)
    assert deferral.timeout.total_seconds() == 660
    assert resumed(deferral, fired(as_in_a_triggerer(deferral)), context).startswith("48 candidates on SageMaker")
    assert states(remote) == ["Completed"]
    assert rows_of(settings_of_process().home)["detections"].height > 20


def test_a_job_that_failed_fails_the_task_and_is_followed_by_no_other(remote, context):
    remote.sagemaker.failure = "ClientError: no"
    deferral = deferred(context)
    event = fired(as_in_a_triggerer(deferral))
    with pytest.raises(AirflowFailException, match="failed: ClientError: no; mend that, then run: squatwatch score"):
        resumed(deferral, event, context)
    assert states(remote) == ["Failed"]


def test_a_job_that_never_ends_is_stopped_by_the_trigger(remote, context, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SAGEMAKER_TIMEOUT_MINUTES", "0.01")
    settings_of_process.cache_clear()
    remote.sagemaker.go_on.clear()
    deferral = deferred(context)
    event = fired(as_in_a_triggerer(deferral))
    with pytest.raises(AirflowFailException, match=r"did not end in 0\.01 minutes and was stopped"):
        resumed(deferral, event, context)
    assert states(remote)[0] in ("Stopping", "Stopped")


def test_a_task_that_is_cleared_while_it_is_deferred_stops_the_job_and_the_next_makes_another(remote, context):
    remote.sagemaker.go_on.clear()
    deferral = deferred(context)
    asyncio.run(as_in_a_triggerer(deferral).on_kill())
    assert states(remote)[0] in ("Stopping", "Stopped")
    remote.sagemaker.go_on.set()
    again = deferred(context)
    assert resumed(again, fired(as_in_a_triggerer(again)), context).startswith("48 candidates")
    assert states(remote) == ["Stopped", "Completed"]


def test_a_job_that_was_stopped_meanwhile_is_left_to_airflows_retries(remote, context):
    remote.sagemaker.go_on.clear()
    deferral = deferred(context)
    asyncio.run(as_in_a_triggerer(deferral).on_kill())
    with pytest.raises(AirflowException, match="somebody stopped the SageMaker job") as stopped:
        resumed(deferral, fired(as_in_a_triggerer(deferral)), context)
    assert not isinstance(stopped.value, AirflowFailException)


def test_a_task_that_is_ended_in_its_worker_stops_the_job(remote, context, monkeypatch):
    """Airflow calls on_kill at SIGTERM: here before the task could be deferred."""
    remote.sagemaker.go_on.clear()
    task = ScoreOperator(task_id="score", shard="1/1")
    monkeypatch.setattr(task, "defer", lambda **_: task.on_kill())
    task.execute(context)
    assert states(remote)[0] in ("Stopping", "Stopped")


def test_what_the_trigger_may_not_do_is_told_by_the_task(remote, context):
    deferral = deferred(context)
    remote.sagemaker.denied = {"DescribeTransformJob"}
    event = fired(as_in_a_triggerer(deferral))
    with pytest.raises(AirflowFailException, match="not authorized to perform: sagemaker:DescribeTransformJob"):
        resumed(deferral, event, context)


def test_a_shard_that_is_scored_here_is_not_deferred(remote, context, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SCORER", "local")
    settings_of_process.cache_clear()
    assert ScoreOperator(task_id="score", shard="1/1").execute(context).startswith("48 candidates on the cpu")
    assert remote.sagemaker.asked == []


def test_airflow_itself_defers_and_resumes_the_task(airflow_database, load_dags, remote, monkeypatch):
    """The DAG with all other steps taken as done; the job ends when Airflow has looked at it a few times."""
    monkeypatch.setitem(pipeline.STEPS, "health", lambda *_: "all well")
    monkeypatch.setattr(pipeline, "shards", lambda *_: [WHOLE])
    remote.sagemaker.go_on.clear()
    asked = remote.sagemaker.asked
    remote.sagemaker.before = lambda action: remote.sagemaker.go_on.set() if len(asked) > 4 else None
    midnight = datetime.combine(DAY, datetime.min.time(), UTC)
    dag = load_dags()["daily_detections"]
    run = dag.test(logical_date=midnight, mark_success_pattern="download|load|transform|publish")
    [score] = [task for task in run.get_task_instances() if task.task_id == "score"]
    assert str(score.state) == "success"
    assert states(remote) == ["Completed"] and len(asked) > 4
    assert rows_of(settings_of_process().home)["detections"].height > 20
