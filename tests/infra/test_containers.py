"""Airflow's containers are those of docker-compose.yml, and squatwatch and Airflow understand what they are told."""

from __future__ import annotations

import json
import re
import shlex
import ssl

import pytest
from compose_file import COMPOSE, SERVICES
from terraform import ROOT, STACK, VARIABLES
from typer.testing import CliRunner

from squatwatch.settings import read_settings

RUNNING = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")
NOT_HERE = {
    "postgres": "RDS",
    "redis": "ElastiCache",
    "gpu-worker": "Fargate has no GPU",
    "flower": "CloudWatch has the figures",
    "serve": "SageMaker has an endpoint",
    "cli": "the tasks that run once are made of it",
    "init": "runs once, by hand",
}
HOME = "/opt/airflow"


def test_every_service_of_compose_is_here_or_has_another_place(plan):
    services = {values["name"] for values in plan.of("aws_ecs_service").values()}
    assert services == set(RUNNING) == set(SERVICES) - set(NOT_HERE)


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_runs_what_compose_runs(name, plan):
    container = plan.containers(name)["airflow"]
    assert container["command"] == SERVICES[name]["command"] and "entryPoint" not in container
    health = [word.replace("$$", "$") for word in SERVICES[name]["healthcheck"]["test"]]
    assert container["healthCheck"]["command"] == health


def test_variables_are_those_of_compose(plan):
    """A value that differs is listed, so that it is seen."""
    ours = {one["name"]: one["value"] for one in plan.containers("worker")["airflow"]["environment"]}
    compose = COMPOSE["x-airflow"]["environment"]
    same = {name: str(compose[name]) for name in ours if compose.get(name) is not None}
    differing = {name for name, value in same.items() if value != ours[name]}
    assert differing == {"AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "SQUATWATCH_HOME"}
    assert set(ours) - set(compose) == {"AWS_DEFAULT_REGION", "PGSSLMODE"}
    secrets = {one["name"] for one in plan.containers("worker")["airflow"]["secrets"]}
    told = {re.sub(r"_(CMD|FILE)$", "", name) for name, value in compose.items() if "/run/secrets" in str(value)}
    assert secrets == told


def test_squatwatch_takes_its_settings(plan, monkeypatch, tmp_path):
    for one in plan.containers("worker")["airflow"]["environment"]:
        if one["name"].startswith("SQUATWATCH_"):
            monkeypatch.setenv(one["name"], one["value"].replace(HOME, str(tmp_path)))
    settings = read_settings(database_url="sqlite://")
    bucket = plan.one("aws_s3_bucket")["bucket"]
    assert settings.store_url == f"s3://{bucket}/data"
    assert settings.store_kms_key == plan.one("aws_kms_key")["arn"]
    assert list(settings.sources) == ["s3"]


def test_the_alerts_file_writes_label_1(plan, tmp_path):
    from squatwatch.alerts.sinks import read_sinks

    prepare = plan.containers("worker")["prepare"]
    file = tmp_path / "alerts.yml"
    file.write_text(next(one["value"] for one in prepare["environment"] if one["name"] == "ALERTS"))
    (sink,) = read_sinks(read_settings(database_url="sqlite://", alerts_file=file))
    assert (sink.name, sink.transport) == ("label-1", "s3")
    assert sink.url == f"s3://{plan.one('aws_s3_bucket')['bucket']}/label-1"
    assert f"{HOME}/alerts.yml" in prepare["command"][0]


@pytest.mark.parametrize("name", [*RUNNING, "init", "daily", "prune"])
def test_a_container_cannot_write_its_image_and_has_no_more_rights_than_it_needs(name, plan):
    for container in plan.containers(name).values():
        assert container["readonlyRootFilesystem"] and not container.get("privileged")
        assert {one["containerPath"] for one in container["mountPoints"]} == {HOME, "/tmp"}
        assert container["logConfiguration"]["logDriver"] == "awslogs"
    assert set(plan.containers(name)) == {"prepare", "airflow"}
    assert plan.containers(name)["airflow"]["dependsOn"] == [{"containerName": "prepare", "condition": "SUCCESS"}]
    assert "user" not in plan.containers(name)["airflow"]  # the image's own, which is not root


def test_a_task_has_no_secret_that_it_does_not_use(plan):
    assert not plan.containers("prune")["airflow"]["secrets"]
    assert not any("secrets" in plan.containers(name)["prepare"] for name in (*RUNNING, "init", "daily", "prune"))


@pytest.mark.parametrize("name", [*RUNNING, "init", "daily", "prune"])
def test_ecs_would_take_the_definition(name, plan):
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    call = get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")
    containers = list(plan.containers(name).values())
    report = ParamValidator().validate({"family": name, "containerDefinitions": containers}, call.input_shape)
    assert report.generate_report() == ""


def test_no_secret_is_a_variable(plan):
    for definition in plan.of("aws_ecs_task_definition").values():
        text = definition["container_definitions"]
        assert not [secret for secret in VARIABLES["secrets"].values() if secret in text]
        for container in json.loads(text):
            for one in container.get("secrets") or []:
                assert one["valueFrom"].startswith(
                    plan.of("aws_secretsmanager_secret")["aws_secretsmanager_secret.airflow"]["arn"]
                )


def secret_urls() -> dict[str, str]:
    """Return the URLs that stand in the secret, with words for what only AWS knows."""
    text = (STACK / "secrets.tf").read_text("utf-8")
    urls = dict(re.findall(r'^ +(\w+) += "([\w+]+://.*)"$', text, re.M))
    hosts = {"endpoint": "db.example.org:5432", "primary_endpoint_address": "redis.example.org"}
    for name, host in hosts.items():
        urls = {key: re.sub(rf"\$\{{aws_\w+\.this\.{name}\}}", host, url) for key, url in urls.items()}
    return {key: re.sub(r"\$\{var\.secrets\.\w+\}", "sesame", url) for key, url in urls.items()}


def test_keys_of_the_secret_are_those_that_containers_ask_for(plan):
    written = set(re.findall(r"^    (\w+) += ", (STACK / "secrets.tf").read_text("utf-8"), re.M))
    asked = {
        one["valueFrom"].split(":")[-3]
        for name in (*RUNNING, "init")
        for one in plan.containers(name)["airflow"]["secrets"]
    }
    assert asked == written


def test_databases_are_reached_by_the_drivers_of_the_lock():
    from sqlalchemy import create_engine
    from sqlalchemy.ext.asyncio import create_async_engine

    urls = secret_urls()
    assert urls["result_backend"] == f"db+{urls['database_url']}"
    assert (
        str(create_engine(urls["database_url"]).url) == "postgresql+psycopg2://airflow:***@db.example.org:5432/airflow"
    )
    engine = create_async_engine(
        urls["database_url"].replace("psycopg2", "asyncpg")
    )  # as Airflow makes it of the first
    _, arguments = engine.dialect.create_connect_args(engine.url)
    assert "sslmode" not in arguments


def test_the_broker_is_reached_with_tls_and_its_certificate_checked():
    from kombu import Connection

    with Connection(secret_urls()["broker_url"]) as connection:
        assert connection.transport.driver_type == "redis"
        assert (connection.hostname, connection.port, connection.password) == ("redis.example.org", 6379, "sesame")
        assert connection.ssl["ssl_cert_reqs"] == ssl.CERT_REQUIRED


# --- tasks that run once ---------------------------------------------------------------------------------------------
def test_init_does_what_it_does_in_compose(plan):
    container = plan.containers("init")["airflow"]
    in_compose = SERVICES["init"]["command"][0]
    for line in container["command"][0].split("; "):
        assert line in in_compose
    assert "AIRFLOW_ADMIN_PASSWORD" in {one["name"] for one in container["secrets"]}


def test_the_daily_task_is_a_command_that_airflow_takes(plan):
    from airflow.cli.cli_parser import get_parser

    command = plan.containers("daily")["airflow"]["command"][0]
    words = shlex.split(re.sub(r"\$\(date [^)]*\)", "2026-11-07", command))
    asked = get_parser().parse_args(words[1:])
    assert words[0] == "airflow" and (asked.dag_id, asked.reprocess_behavior) == ("daily_detections", "none")
    assert json.loads(asked.dag_run_conf) == {"alert": True}  # else what was missed would be told to nobody


def test_commands_of_squatwatch_exist(plan):
    from squatwatch.cli import app

    _, *words = plan.containers("prune")["airflow"]["command"][0].split()
    assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0
    job = json.loads(plan.of("aws_scheduler_schedule")["aws_scheduler_schedule.training"]["target"][0]["input"])
    command, *options = job["AlgorithmSpecification"]["ContainerArguments"]
    said = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout
    assert all(option in said for option in options if option.startswith("--"))


def test_both_entry_points_are_there_once_the_image_is_built():
    """The image for SageMaker is the same one with another entry point."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "FROM installed AS serve\n" in text and "--target serve" in (ROOT / "docs/aws.md").read_text("utf-8")
    assert 'ENTRYPOINT ["squatwatch"]' in text and "multi-models=true" in text and "/usr/local/bin/squatwatch" in text
