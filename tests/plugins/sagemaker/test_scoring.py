"""A date scored by SageMaker has the rows that it has scored here, by one job, whatever happens to who asked."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
import scored_remotely
from processes import Program, wait_for
from s3_server import client
from scored_remotely import DAY, candidates, rows_of

from squatwatch import pipeline
from squatwatch.airflow_tasks.scoring import WaitElsewhere
from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.lake.partitions import Lake
from squatwatch.lake.shards import WHOLE, Shard
from squatwatch.sagemaker.waiting import StillScoring
from squatwatch.sentences import sentence
from squatwatch.settings import Settings
from squatwatch.store.door import follow, work_on
from squatwatch.store.scope import Scope

pytestmark = pytest.mark.slow  # a container and a service are started for it


def states(remote) -> list[str]:
    return [job["TransformJobStatus"] for job in remote.sagemaker.jobs.values()]


def test_the_rows_are_those_of_this_machine(machine, remote):
    here, there = machine("here", scorer="local"), machine("there")
    pipeline.score(here, DAY)
    detected = pipeline.score(there, DAY)
    expected, found = rows_of(here.home), rows_of(there.home)
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert found[table].equals(rows), table
    assert expected["detections"].height > 20 and set(expected["detections"]["brand"]) == {
        "ebay",
        "microsoft",
        "paypal",
    }
    assert expected["detections"]["aligned"].list.len().sum() > 3
    lakes = Lake(here.home), Lake(there.home)
    assert len({lake.made_from("detections", DAY).fingerprint for lake in lakes}) == 1
    assert "48 candidates on SageMaker by model bilstm-" in sentence(detected)
    assert remote.sagemaker.payloads == [48]


def test_each_machine_of_a_job_gets_a_part(machine, remote):
    here, there = machine("here", scorer="local"), machine("there", sagemaker_instances=5)
    pipeline.score(here, DAY)
    pipeline.score(there, DAY)
    assert rows_of(there.home)["detections"].equals(rows_of(here.home)["detections"])
    assert remote.sagemaker.payloads == [10, 10, 10, 10, 8]
    [asked] = remote.sagemaker.requests.values()
    assert asked["TransformResources"]["InstanceCount"] == 5


def test_a_machine_that_would_get_no_part_is_not_asked_for(machine, remote):
    settings = machine(sagemaker_instances=5)
    Lake(settings.home).write("candidates", DAY, candidates().head(2))
    pipeline.score(settings, DAY)
    [asked] = remote.sagemaker.requests.values()
    assert asked["TransformResources"]["InstanceCount"] == 2


def test_each_shard_of_a_large_date_has_a_job(machine, remote):
    here, there = machine("here", scorer="local"), machine("there", shard_names=20)
    pipeline.score(here, DAY)
    pipeline.score(there, DAY)
    assert rows_of(there.home)["detections"].equals(rows_of(here.home)["detections"])
    assert len(remote.sagemaker.made()) == 3


def test_a_date_without_candidates_costs_no_job(machine, remote):
    settings = machine()
    Lake(settings.home).write("candidates", DAY, candidates().clear())
    assert pipeline.score(settings, DAY).row_count == 0
    assert remote.sagemaker.asked == []


def test_a_date_that_is_scored_again_costs_no_second_job(machine, remote):
    settings = machine()
    for _ in range(2):
        pipeline.score(settings, DAY)
    assert len(remote.sagemaker.made()) == 1


def test_other_pairs_and_another_floor_are_other_jobs(machine, remote):
    settings = machine()
    pipeline.score(settings, DAY)
    Lake(settings.home).write("candidates", DAY, candidates().head(7))
    pipeline.score(settings, DAY)
    with pytest.raises(SquatwatchError, match="another environment"):  # of which the container that runs knows nothing
        pipeline.score(machine(score_floor=0.2), DAY)
    assert len({name[:-2] for name in remote.sagemaker.made()}) == 3


def test_a_job_is_asked_for_with_what_the_settings_say(machine, remote):
    settings = machine(sagemaker_instance="ml.c5.xlarge", sagemaker_kms_key="1234abcd")
    pipeline.score(settings, DAY)
    [(name, asked)] = remote.sagemaker.requests.items()
    assert len(name) <= 63 and name.startswith("squatwatch-bilstm-") and name.endswith("-1")
    assert asked["TransformResources"] == {
        "InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "VolumeKmsKeyId": "1234abcd",
    }  # fmt: skip
    assert asked["TransformOutput"]["KmsKeyId"] == "1234abcd"
    [pairs] = client(remote.s3).list_objects_v2(Bucket="scoring", Prefix=f"{settings.sagemaker_url[13:]}/pairs")[
        "Contents"
    ]
    head = client(remote.s3).head_object(Bucket="scoring", Key=pairs["Key"])
    assert head["SSEKMSKeyId"] == "1234abcd"


# --- once, whatever happens ------------------------------------------------------------------------------------------
@pytest.fixture
def worker(machine, remote, tmp_path):
    """A process at work on the date; gives it when its job runs."""
    started = []

    def start() -> Program:
        settings = machine()
        environment = os.environ | {
            "SQUATWATCH_HOME": str(settings.home),
            "SQUATWATCH_BRANDS_FILE": str(remote.brands_file),
            "SQUATWATCH_SCORER": "sagemaker",
            "SQUATWATCH_SAGEMAKER_MODEL": "squatwatch",
            "SQUATWATCH_SAGEMAKER_URL": settings.sagemaker_url,
            "SQUATWATCH_SAGEMAKER_POLL_SECONDS": "0.1",
        }
        remote.sagemaker.go_on.clear()
        command = [sys.executable, "-m", "squatwatch", "score", "--date", str(DAY)]
        started.append(program := Program(command, environment, tmp_path / "worker.log"))
        looks = lambda: [name for action, name in remote.sagemaker.asked if action == "DescribeTransformJob"]  # noqa: E731
        wait_for(lambda: program.demand_alive() or len(looks()) > 3, "the job")
        return program

    yield start
    for program in started:
        if program.process.poll() is None:
            program.kill()


def test_a_try_after_a_killed_worker_takes_the_job_that_runs(worker, machine, remote):
    worker().kill()
    remote.sagemaker.go_on.set()
    assert pipeline.score(machine(), DAY).candidate_count == 48
    assert len(remote.sagemaker.made()) == 1


def test_who_waits_at_a_terminal_reads_how_the_job_stands(worker, remote):
    program = worker()
    [name] = remote.sagemaker.made()
    wait_for(lambda: "waiting" in program.output, "the line")
    remote.sagemaker.go_on.set()
    assert program.process.wait(60) == 0
    assert [line.strip() for line in program.output.splitlines() if "SageMaker job" in line] == [
        f"the SageMaker job {name} was made",
        f"waiting for the SageMaker job {name}: InProgress",
        f"the SageMaker job {name} has ended: Completed",
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_whoever_is_told_to_end_stops_the_job(worker, machine, remote, number):
    program = worker()
    program.process.send_signal(number)
    assert program.process.wait(60) != 0
    assert "Traceback" not in program.output
    wait_for(lambda: states(remote) == ["Stopped"], "the job to stop")
    remote.sagemaker.go_on.set()
    pipeline.score(machine(), DAY)
    assert states(remote) == ["Stopped", "Completed"]


def test_a_failed_job_is_told_and_the_next_try_makes_another(machine, remote):
    remote.sagemaker.failure = "AlgorithmError: See job logs for more information"
    with pytest.raises(SquatwatchError) as failure:
        pipeline.score(machine(), DAY)
    [name] = remote.sagemaker.made()
    assert f"{name} failed: AlgorithmError: See job logs" in str(failure.value)
    assert f"mend that, then run: squatwatch score --date {DAY}" in str(failure.value)
    assert not isinstance(failure.value, TryLater)
    pipeline.score(machine(), DAY)
    assert remote.sagemaker.made() == [name, f"{name[:-2]}-2"]


def test_a_failure_of_sagemaker_s_own_is_worth_another_try_of_the_task(machine, remote):
    remote.sagemaker.failure = "InternalServerError: We encountered an internal error. Please try again."
    with pytest.raises(TryLater, match="failed: InternalServerError"):
        pipeline.score(machine(), DAY)


def test_of_two_workers_at_once_one_makes_the_job(machine, remote):
    both = threading.Barrier(2)
    first = threading.local()

    def see_nothing_first(action: str) -> None:
        if action == "CreateTransformJob" and not getattr(first, "is_over", False):
            first.is_over = True
            both.wait(30)

    remote.sagemaker.before = see_nothing_first
    machines = [machine("one"), machine("two")]
    with ThreadPoolExecutor() as workers:
        for detected in workers.map(lambda settings: pipeline.score(settings, DAY), machines):
            assert detected.candidate_count == 48
    assert len(remote.sagemaker.made()) == 1
    assert [action for action, _ in remote.sagemaker.asked].count("CreateTransformJob") == 2
    assert rows_of(machines[0].home)["detections"].equals(rows_of(machines[1].home)["detections"])


def test_a_shard_says_its_command_too(machine, remote):
    remote.sagemaker.failure = "ClientError: no"
    with pytest.raises(SquatwatchError, match=rf"run: squatwatch score --date {DAY} --shard 2/3$"):
        pipeline.score_shard(machine(shard_names=20), DAY, Shard(2, 3))


def test_a_data_root_in_a_store_is_scored_with_one_job_by_machines_that_have_nothing(machine, remote, tmp_path):
    """The first one leaves, as a task does that is deferred; the second one takes the answers and commits the rows."""
    (tmp_path / "share").mkdir()
    share = {"home": f"file://{tmp_path}/share", "database_url": "sqlite://"}

    def fill(root: Settings) -> None:
        scored_remotely.write_models(root.home)
        Lake(root.home).write("candidates", DAY, candidates())

    work_on(machine(**share, scratch=tmp_path / "first"), Scope([DAY]), fill)
    remote.sagemaker.go_on.clear()
    with pytest.raises(StillScoring):
        pipeline.score_shard(machine(**share, scratch=tmp_path / "second"), DAY, WHOLE, WaitElsewhere())
    remote.sagemaker.go_on.set()
    pipeline.score(machine(**share, scratch=tmp_path / "third"), DAY)
    assert states(remote) == ["Completed"]
    follow(reader := machine(**share, scratch=tmp_path / "reader"), [DAY])
    here = machine("here", scorer="local")
    pipeline.score(here, DAY)
    assert rows_of(reader.home)["detections"].equals(rows_of(here.home)["detections"])


def test_more_pairs_than_a_request_takes_are_cut_and_put_together(machine, remote):
    """A request has more of them than the server takes by default: the job tells the container."""
    settings, count = machine(), 11_500
    names = [f"{number:060}" for number in range(count)]
    rows = pl.DataFrame({"domain": names, "domain_unicode": names, "label": names, "brand": ["paypal"] * count})
    none = {"sources": pl.lit([], pl.List(pl.String)), "allowlist_reason": pl.lit(None, pl.String)}
    Lake(settings.home).write("candidates", DAY, rows.with_columns(**none))
    assert pipeline.score(settings, DAY).candidate_count == count
    first, second = remote.sagemaker.payloads
    assert first > 10_000 and first + second == count
