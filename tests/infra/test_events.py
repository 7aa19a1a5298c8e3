"""What EventBridge starts, and what it tells."""

from __future__ import annotations

import json
import re

import pytest


def patterns(plan):
    rules = plan.of("aws_cloudwatch_event_rule").values()
    return {values["name"].removeprefix("squatwatch-"): json.loads(values["event_pattern"]) for values in rules}


def matches(pattern, event) -> bool:
    """Return whether an event fits a pattern, as EventBridge compares them: equal values, and prefixes."""
    if isinstance(pattern, dict):
        return all(name in event and matches(inner, event[name]) for name, inner in pattern.items())
    return any(event.startswith(one["prefix"]) if isinstance(one, dict) else event == one for one in pattern)


def put(key: str, bucket: str = "squatwatch-111122223333-eu-central-1"):
    """Return the event of an object that was put."""
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
    }


def ended(kind: str, name: str, status: str):
    """Return the event of a job that has ended."""
    return {
        "source": "aws.sagemaker",
        "detail-type": f"SageMaker {kind} Job State Change",
        "detail": {f"{kind}JobName": name, f"{kind}JobStatus": status},
    }


@pytest.mark.parametrize(
    ("event", "rules"),
    [
        (put("data/catalog/00000007.duckdb"), {"published"}),
        (put("data/objects/detections/run_date=2026-11-07/a.parquet"), set()),
        (put("label-1/2026-11-07.ecs.ndjson"), {"label-1"}),
        (put("label-1/2026-11-07.ecs.ndjson", "another"), set()),
        (ended("Transform", "squatwatch-20261107-1", "Completed"), {"transformed"}),
        (ended("Transform", "squatwatch-20261107-1", "Failed"), {"transform-failed"}),
        (ended("Transform", "squatwatch-20261107-1", "Stopped"), {"transform-failed"}),
        (ended("Transform", "squatwatch-20261107-1", "InProgress"), set()),
        (ended("Transform", "another-20261107", "Failed"), set()),
        (ended("Training", "squatwatch-20261107", "Failed"), {"training-failed"}),
        (ended("Training", "squatwatch-20261107", "Completed"), set()),
    ],
)
def test_an_event_is_told_where_it_should_be(event, rules, plan):
    assert {name for name, pattern in patterns(plan).items() if matches(pattern, event)} == rules


def test_failures_go_to_alarms_and_results_to_results(plan):
    topics = {values["arn"]: values["name"].removeprefix("squatwatch-") for values in plan.of("aws_sns_topic").values()}
    targets = plan.of("aws_cloudwatch_event_target").values()
    told = {(values["rule"].removeprefix("squatwatch-"), topics.get(values["arn"], "siem")) for values in targets}
    assert told == {
        ("published", "results"),
        ("label-1", "results"),
        ("label-1", "siem"),
        ("transformed", "results"),
        ("transform-failed", "alarms"),
        ("training-failed", "alarms"),
    }
    assert {values["endpoint"] for values in plan.of("aws_sns_topic_subscription").values()} == {"soc@example.org"}


def test_what_is_not_delivered_is_kept(plan):
    queue = plan.one("aws_sqs_queue")["arn"]
    targets = [*plan.of("aws_cloudwatch_event_target").values()]
    targets += [values["target"][0] for values in plan.of("aws_scheduler_schedule").values()]
    assert {target["dead_letter_config"][0]["arn"] for target in targets} == {queue}


def test_the_bucket_tells_eventbridge(plan):
    assert plan.one("aws_s3_bucket_notification")["eventbridge"]


def test_every_schedule_has_a_time_that_exists(plan):
    for values in plan.of("aws_scheduler_schedule").values():
        minute, hour, day, month, weekday, year = re.fullmatch(r"cron\((.*)\)", values["schedule_expression"])[
            1
        ].split()
        assert 0 <= int(minute) < 60 and 0 <= int(hour) < 24 and (month, year) == ("*", "*")
        assert [day, weekday].count("?") == 1 and weekday in ("?", "*", "SUN", "MON")
        assert values["schedule_expression_timezone"] == "UTC"


# --- the training job ------------------------------------------------------------------------------------------------
@pytest.fixture
def training(plan):
    return json.loads(plan.of("aws_scheduler_schedule")["aws_scheduler_schedule.training"]["target"][0]["input"])


def test_sagemaker_would_take_the_training_job(training):
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    call = get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob")
    assert ParamValidator().validate(training, call.input_shape).generate_report() == ""
    name = training["TrainingJobName"].replace("<aws.scheduler.execution-id>", "d32c5kddcf5bb8c3")
    assert re.fullmatch(call.input_shape.members["TrainingJobName"].metadata.get("pattern", ".*"), name)
    assert training["ResourceConfig"]["InstanceType"] in call.service_model.shape_for("TrainingInstanceType").enum


def test_the_training_job_is_spot_and_goes_on_where_it_was(training):
    assert training["EnableManagedSpotTraining"]
    stopping = training["StoppingCondition"]
    assert stopping["MaxWaitTimeInSeconds"] >= stopping["MaxRuntimeInSeconds"]  # else SageMaker refuses it
    assert training["CheckpointConfig"]["LocalPath"] == training["Environment"]["SQUATWATCH_HOME"]
    assert training["CheckpointConfig"]["S3Uri"].endswith("/<aws.scheduler.execution-id>")


def test_the_training_job_is_private_and_encrypted(training, plan):
    key = plan.one("aws_kms_key")["arn"]
    assert {training["OutputDataConfig"]["KmsKeyId"], training["ResourceConfig"]["VolumeKmsKeyId"]} == {key}
    assert training["EnableNetworkIsolation"] and training["EnableInterContainerTrafficEncryption"]
    assert set(training["VpcConfig"]["Subnets"]) == {values["id"] for values in plan.of("aws_subnet").values()}
    assert {tag["Key"] for tag in training["Tags"]} == {"project", "stack", "environment", "owner", "cost_centre"}


# --- the models ------------------------------------------------------------------------------------------------------
def test_many_models_are_one_prefix(plan):
    families = plan.of("aws_sagemaker_model")["aws_sagemaker_model.families"]["primary_container"][0]
    bucket = plan.one("aws_s3_bucket")["bucket"]
    assert (families["mode"], families["model_data_url"]) == ("MultiModel", f"s3://{bucket}/models/")


def test_both_models_are_the_same_image_in_the_private_network(plan):
    models = plan.of("aws_sagemaker_model").values()
    assert len({model["primary_container"][0]["image"] for model in models}) == 1
    subnets = {values["id"] for values in plan.of("aws_subnet").values()}
    assert all(set(model["vpc_config"][0]["subnets"]) == subnets for model in models)
    assert plan.of("aws_sagemaker_model")["aws_sagemaker_model.batch"]["enable_network_isolation"]


def test_squatwatch_takes_the_settings_of_its_containers(plan):
    from squatwatch.settings import Settings

    names = {
        name
        for model in plan.of("aws_sagemaker_model").values()
        for name in model["primary_container"][0]["environment"]
    }
    assert {name.removeprefix("SQUATWATCH_").lower() for name in names} <= set(Settings.model_fields)


def test_the_stream_keeps_what_the_siem_does_not_take(plan):
    endpoint = plan.one("aws_kinesis_firehose_delivery_stream")["http_endpoint_configuration"][0]
    assert endpoint["url"].startswith("https://") and endpoint["secrets_manager_configuration"][0]["enabled"]
    assert endpoint["access_key"] is None
    assert endpoint["s3_configuration"][0]["prefix"] == "siem-failed/"
