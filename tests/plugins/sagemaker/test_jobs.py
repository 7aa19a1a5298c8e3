"""Names of jobs, pairs as lines, and which job is in force: without any service."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.sagemaker.job import JobState, TransformJob, demand_completed, job_name
from squatwatch.sagemaker.jobs import job_in_force
from squatwatch.sagemaker.pairs import lines_of
from squatwatch.sagemaker.waiting import ended_job

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)


class Service:
    """Jobs in these states, `job-1` first; what is made is in the state that comes next."""

    def __init__(self, *states: JobState, next_state: JobState = JobState.IN_PROGRESS):
        self.jobs = {f"job-{number}": state for number, state in enumerate(states, 1)}
        self.next_state, self.made, self.stopped = next_state, [], []

    def describe(self, name):
        return TransformJob(name, self.jobs[name], NOW) if name in self.jobs else None

    def create(self, request):
        self.made.append(request["name"])
        self.jobs[request["name"]] = self.next_state
        return True

    def stop(self, name):
        self.stopped.append(name)

    def in_force(self, answers: tuple[str, ...] = (), note=lambda name: None) -> TransformJob:
        return job_in_force(
            self, lambda attempt: f"job-{attempt}", lambda name: {"name": name}, lambda name: name in answers, note
        )


@pytest.mark.parametrize("version", ["bilstm-0123456789", "bilstm-0123456789.abcdef01", "a_b..c" * 20, "-"])
@pytest.mark.parametrize("attempt", [1, 99])
def test_a_name_is_one_that_sagemaker_takes(version, attempt):
    name = job_name(version, "0123456789abcdef" * 4, attempt)
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", name)
    assert name.endswith(f"-0123456789abcdef-{attempt}")


def test_lines_are_ascii_and_end_where_a_pair_does():
    pairs = [("grüße\u2028\n", "paypal"), ('"', "dhl")]
    lines = lines_of(pairs)
    assert lines.isascii() and [tuple(json.loads(line).values()) for line in lines.splitlines()] == pairs


@pytest.mark.parametrize(
    ("states", "answers", "name", "made"),
    [
        ([], [], "job-1", ["job-1"]),
        ([JobState.IN_PROGRESS], [], "job-1", []),
        ([JobState.COMPLETED], ["job-1"], "job-1", []),
        ([JobState.COMPLETED], [], "job-2", ["job-2"]),
        ([JobState.FAILED], [], "job-2", ["job-2"]),
        ([JobState.STOPPING], [], "job-2", ["job-2"]),
        ([JobState.STOPPED, JobState.FAILED, JobState.IN_PROGRESS], [], "job-3", []),
    ],
)
def test_the_next_attempt_is_made_only_after_one_without_answers(states, answers, name, made):
    service, noted = Service(*states), []
    assert service.in_force(tuple(answers), noted.append).name == name
    assert service.made == made and noted == [name]


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.STOPPED, JobState.COMPLETED])
def test_a_try_makes_one_job_however_it_ends(state):
    service = Service(next_state=state)
    assert service.in_force().state is state and service.made == ["job-1"]


def test_attempts_come_to_an_end():
    service = Service(*[JobState.FAILED] * 99)
    with pytest.raises(SquatwatchError, match=r"99 SageMaker jobs .* the last one is job-99: look at its log"):
        service.in_force()


def test_somebody_who_was_first_made_the_job():
    class TakenMeanwhile(Service):
        def create(self, request):
            super().create(request)
            return False

    service = TakenMeanwhile()
    assert service.in_force().name == "job-1"


@pytest.mark.parametrize(
    ("minutes", "state", "stopped"), [(59, None, []), (61, JobState.TOO_OLD, ["job-1"])], ids=["young", "old"]
)
def test_a_job_may_grow_so_old(minutes, state, stopped):
    service = Service(JobState.IN_PROGRESS)
    ended = ended_job(service, "job-1", timedelta(hours=1), lambda: NOW + timedelta(minutes=minutes))
    assert (ended.state if ended else None, service.stopped) == (state, stopped)


def test_a_job_that_is_gone_has_failed():
    assert ended_job(Service(), "job-1", timedelta(hours=1)).reason == "there is no job of that name"


@pytest.mark.parametrize(
    ("state", "reason", "error"),
    [
        (JobState.STOPPED, "", TryLater),
        (JobState.FAILED, "InternalServerError: again", TryLater),
        (JobState.FAILED, "CapacityError: Unable to provision requested ML compute capacity", TryLater),
        (JobState.FAILED, "ClientError: no", SquatwatchError),
        (JobState.FAILED, "", SquatwatchError),
        (JobState.TOO_OLD, "", SquatwatchError),
    ],
)
def test_what_another_try_may_mend_is_told_apart(state, reason, error):
    with pytest.raises(SquatwatchError) as told:
        demand_completed(TransformJob("job-1", state, NOW, reason), timedelta(hours=1), "squatwatch score")
    assert type(told.value) is error and str(told.value).endswith("run: squatwatch score")
