"""What goes wrong with SageMaker is told with its remedy, and the rows that were there stay."""

from __future__ import annotations

import json

import pytest
from s3_server import client
from scored_remotely import DAY, rows_of

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.sagemaker import service

pytestmark = pytest.mark.slow  # a container and a service are started for it

AGAIN = f"run: squatwatch score --date {DAY}"


@pytest.fixture
def scored(machine):
    """A machine whose date was scored here before, and its rows."""
    settings = machine(scorer="local")
    pipeline.score(settings, DAY)
    return rows_of(settings.home)


def changed(**fields: object):
    """Spoils the third line."""

    def spoil(lines):
        lines[2] = json.dumps(json.loads(lines[2]) | fields).encode()
        return lines

    return spoil


def without(field: str):
    """Takes a field from the first line, which scores enough to have all."""

    def spoil(lines):
        said = json.loads(lines[0])
        del said[field]
        return [json.dumps(said).encode(), *lines[1:]]

    return spoil


SPOILT = {
    "lost rows": (lambda lines: lines[:-3], "has 45 lines for 48 pairs"),
    "nothing": (lambda lines: [], "has 0 lines for 48 pairs"),
    "rows twice": (lambda lines: [*lines, lines[-1]], "has 49 lines for 48 pairs"),
    "another order": (
        lambda lines: [lines[1], lines[0], *lines[2:]],
        "line 1, is about 'ebay-login' and 'ebay', not ('ebay', 'ebay')",
    ),
    "another brand": (changed(brand="dhl"), "line 3, is about 'myebay' and 'dhl'"),
    "no JSON": (lambda lines: [b"<html>502", *lines[1:]], "line 1, is no JSON object: b'<html>502'"),
    "no UTF-8": (lambda lines: [b'"\xff"', *lines[1:]], "line 1, is no JSON object"),
    "no object": (lambda lines: [b"[1]", *lines[1:]], "line 1, is no JSON object"),
    "NaN": (changed(score=float("nan")), "line 3, has the score nan, which is none from 0 to 1"),
    "infinity": (changed(score=float("inf")), "line 3, has the score inf"),
    "above one": (changed(score=1.5), "line 3, has the score 1.5"),
    "above all": (changed(score=10**400), "line 3, has the score inf"),
    "a text": (changed(score="0.9"), "line 3, has the score '0.9'"),
    "yes": (changed(score=True), "line 3, has the score True"),
    "no score": (without("score"), "line 1, has the score None"),
    "no reason": (without("reason"), "line 1, lacks the reason for its score"),
    "no components": (without("components"), "line 1, lacks the reason for its score"),
    "a component is none": (changed(components={"words": None}), "line 3, lacks the reason for its score"),
}


@pytest.mark.parametrize(("spoil", "message"), SPOILT.values(), ids=SPOILT)
def test_answers_that_cannot_be_used_are_refused_and_nothing_is_written(machine, remote, scored, spoil, message):
    settings = machine()
    remote.sagemaker.spoil = spoil
    with pytest.raises(SquatwatchError) as refused:
        pipeline.score(settings, DAY)
    assert message in str(refused.value)
    assert str(refused.value).endswith(f"Nothing was written; for another job {AGAIN}")
    now = rows_of(settings.home)
    assert all(now[table].equals(rows) for table, rows in scored.items())


def test_refused_answers_are_not_taken_by_the_next_try(machine, remote, scored):
    remote.sagemaker.spoil = lambda lines: lines[:-1]
    with pytest.raises(SquatwatchError, match="47 lines"):
        pipeline.score(machine(), DAY)
    remote.sagemaker.spoil = lambda lines: lines
    pipeline.score(machine(), DAY)
    [first, second] = remote.sagemaker.made()
    assert (first[-2:], second[-2:]) == ("-1", "-2")
    assert rows_of(machine().home)["detections"].equals(scored["detections"])


def test_answers_that_are_gone_are_made_anew(machine, remote, scored):
    settings = machine()
    pipeline.score(settings, DAY)
    s3 = client(remote.s3)
    for listed in s3.list_objects_v2(Bucket="scoring", Prefix=f"{settings.sagemaker_url[13:]}/answers/")["Contents"]:
        s3.delete_object(Bucket="scoring", Key=listed["Key"])
    pipeline.score(settings, DAY)
    assert len(remote.sagemaker.made()) == 2
    assert rows_of(settings.home)["detections"].equals(scored["detections"])


def test_answers_of_another_model_name_both(machine, remote, scored):
    remote.sagemaker.spoil = changed(model_version="bilstm-abcdefabcd")
    with pytest.raises(SquatwatchError) as refused:
        pipeline.score(machine(), DAY)
    version = pipeline.model_version(machine())
    assert f"line 3, was scored by the model 'bilstm-abcdefabcd', and {version} is in force here" in str(refused.value)


def test_a_container_that_lacks_the_families_here_is_another_model(machine, remote, tmp_path):
    brands = tmp_path / "brands.csv"
    brands.write_text("brand,brand_domain\nebay,ebay.com\n")
    with pytest.raises(SquatwatchError) as refused:
        pipeline.score(machine(brands_file=brands), DAY)
    general = pipeline.model_version(machine(brands_file=brands))
    assert f"by the model '{general}." in str(refused.value)
    assert f"and {general} is in force here" in str(refused.value)


def test_a_job_that_never_ends_is_stopped_and_told(machine, remote, scored):
    remote.sagemaker.go_on.clear()
    settings = machine(sagemaker_timeout_minutes=0.005)
    with pytest.raises(SquatwatchError, match=r"did not end in 0\.005 minutes and was stopped") as told:
        pipeline.score(settings, DAY)
    assert "SQUATWATCH_SAGEMAKER_TIMEOUT_MINUTES" in str(told.value) and AGAIN in str(told.value)
    [job] = remote.sagemaker.jobs.values()
    assert job["TransformJobStatus"] in ("Stopping", "Stopped")
    assert rows_of(settings.home)["detections"].equals(scored["detections"])


def test_a_job_that_somebody_stops_is_worth_another_try(machine, remote):
    remote.sagemaker.before = lambda action: [
        job.update(TransformJobStatus="Stopped")
        for job in remote.sagemaker.jobs.values()
        if action == "DescribeTransformJob"
    ]
    with pytest.raises(TryLater, match=f"somebody stopped the SageMaker job .*; for another one {AGAIN}"):
        pipeline.score(machine(), DAY)
    assert len(remote.sagemaker.made()) == 1


@pytest.mark.parametrize("action", ["CreateTransformJob", "DescribeTransformJob"])
def test_a_role_that_may_not_is_named_with_the_action(machine, remote, action):
    remote.sagemaker.denied = {action}
    with pytest.raises(SquatwatchError) as denied:
        pipeline.score(machine(), DAY)
    for part in (f"assumed-role/worker/task is not authorized to perform: sagemaker:{action}", "'aws_default'", AGAIN):
        assert part in str(denied.value)
    assert not isinstance(denied.value, TryLater) and remote.sagemaker.made() == []


def test_a_throttled_call_is_made_again_a_little_later(machine, remote):
    remote.sagemaker.busy = 2
    assert pipeline.score(machine(), DAY).candidate_count == 48
    throttled, again, *_ = [action for action, _ in remote.sagemaker.asked]
    assert throttled == again == "DescribeTransformJob" and len(remote.sagemaker.made()) == 1


def test_who_is_throttled_for_long_comes_again_later(machine, remote, monkeypatch):
    monkeypatch.setitem(service.OPTIONS, "retries", {"total_max_attempts": 1})
    remote.sagemaker.busy = 1
    with pytest.raises(TryLater, match=rf"SageMaker is busy \(ThrottlingException: Rate exceeded\); later {AGAIN}"):
        pipeline.score(machine(), DAY)


def test_a_job_is_waited_for_while_sagemaker_is_busy(machine, remote, monkeypatch):
    monkeypatch.setitem(service.OPTIONS, "retries", {"total_max_attempts": 1})
    remote.sagemaker.before = lambda action: setattr(
        remote.sagemaker, "busy", int(len(remote.sagemaker.asked) in (3, 5))
    )
    assert pipeline.score(machine(), DAY).candidate_count == 48


def test_a_model_that_sagemaker_has_not_is_named(machine, remote):
    with pytest.raises(SquatwatchError, match=r'Could not find model "other".*check the settings SQUATWATCH_SAGEMAKER'):
        pipeline.score(machine(sagemaker_model="other"), DAY)


def test_a_bucket_that_is_not_there_is_named_with_its_setting(machine, remote):
    with pytest.raises(SquatwatchError, match="make the bucket, or correct SQUATWATCH_SAGEMAKER_URL"):
        pipeline.score(machine(sagemaker_url="s3://nowhere/jobs"), DAY)
    assert remote.sagemaker.made() == []
