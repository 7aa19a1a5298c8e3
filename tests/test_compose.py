"""The compose file, the Dockerfile and .env.example are held against what they name; no container engine is needed."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from importlib import import_module, resources
from pathlib import Path

import compose_file
import jsonschema
import pytest
from compose_file import COMPOSE, DOCKERFILE, SERVE_STAGE, SERVICES, TEXT, VARIABLE

from squatwatch.settings import Settings, read_settings, secret_settings

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / ".env.example").read_text()
OPTIONAL = dict(re.findall(r"^#(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
SECRET_FILES = {name: config["content"] for name, config in COMPOSE["configs"].items()}
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
PORTS = {"SQUATWATCH_PORT", "FLOWER_PORT", "SQUATWATCH_SERVE_PORT"}
OF_OTHER_PROGRAMS = {
    "POSTGRES_USER",
    "POSTGRES_PASSWORD_FILE",
    "POSTGRES_DB",
    "AIRFLOW_CONN_AWS_DEFAULT",  # an Airflow connection
    "AIRFLOW_CONN_CZDS",  # another
    "AWS_CA_BUNDLE",  # boto's
    "SSL_CERT_FILE",  # OpenSSL's
    "HTTPS_PROXY",  # of every program that asks others
    "NO_PROXY",
}


def environment():
    """Every (service, variable, value) of the file."""
    return [
        (name, variable, value)
        for name, service in SERVICES.items()
        for variable, value in service.get("environment", {}).items()
    ]


def airflow_commands():
    """Every command line that begins with `airflow`, as its words."""
    lines = [["airflow", *service["command"]] for service in OURS.values() if "entrypoint" not in service]
    scripts = [
        text
        for service in OURS.values()
        for text in [*service["command"], *service.get("healthcheck", {}).get("test", [])]
    ]
    said = [line.removeprefix("exec ") for text in scripts for line in text.splitlines()]
    lines += [line.split() for line in said if line.startswith("airflow ")]
    return [[word.strip("\"'") for word in line] for line in lines]


def test_it_follows_the_compose_specification():
    schema = json.loads(
        resources.files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text()
    )
    jsonschema.validate(COMPOSE, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(COMPOSE | {"services": {"worker": {"comand": "worker"}}}, schema)


def test_the_services_are_those_of_airflows_own_file():
    assert set(SERVICES) == {
        "postgres",
        "redis",
        "init",
        "api-server",
        "scheduler",
        "dag-processor",
        "triggerer",
        "worker",
        "gpu-worker",
        "flower",
        "serve",  # ours alone
        "cli",  # Airflow's own runs `airflow`, this one `squatwatch`
    }
    assert set(OURS) == set(SERVICES) - {"postgres", "redis"}


def test_only_what_asks_for_a_login_is_published_and_only_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "api-server": ["127.0.0.1:${SQUATWATCH_PORT:-8080}:8080"],
        "flower": ["127.0.0.1:${FLOWER_PORT:-5555}:5555"],
        "serve": ["127.0.0.1:${SQUATWATCH_SERVE_PORT:-8090}:8090"],
    }
    assert not any("network_mode" in service or "privileged" in service for service in SERVICES.values())


# --- secrets ---------------------------------------------------------------------------------------------------------
def test_no_secret_has_a_default_and_a_missing_one_stops_everything():
    variables = {(name, kind) for name, kind, _ in VARIABLE.findall(TEXT)}
    secrets = {name for name, kind in variables if kind == "?"}
    assert secrets == {
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
        "AIRFLOW_FERNET_KEY",
        "AIRFLOW_SECRET_KEY",
        "AIRFLOW_JWT_SECRET",
        "AIRFLOW_ADMIN_PASSWORD",
    }
    optional = PORTS | {"SQUATWATCH_HOME", "FLOWER_PASSWORD", "SQUATWATCH_SERVE_ACCESS"}
    assert variables - {(name, "?") for name in secrets} == {(name, "-") for name in optional}


def test_secrets_are_files_and_no_variables_or_arguments_of_programs():
    assert len(SECRET_FILES) == 10
    services = json.dumps(COMPOSE | {"configs": {}})
    assert {name for name, _, _ in VARIABLE.findall(services)} == PORTS | {"SQUATWATCH_HOME"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_the_files_that_it_names_and_no_other(name):
    service = SERVICES[name]
    mounted = {entry["target"]: entry["source"] for entry in service["configs"]}
    words = [*service.get("environment", {}).values(), *service.get("command", [])]
    assert set(mounted) == set(re.findall(r"/run/secrets/[\w.]+", " ".join(map(str, words))))
    assert mounted and set(mounted.values()) <= set(SECRET_FILES)


@pytest.mark.parametrize("password", ["", "sesame"])
def test_flower_does_not_start_without_a_password(password, tmp_path):
    """Its lines with a program `airflow` that only says what it was given."""
    program = tmp_path / "airflow"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    (tmp_path / "flower_login").write_text(SECRET_FILES["flower_login"].replace("${FLOWER_PASSWORD:-}", password))
    service = SERVICES["flower"]
    words = [*service["entrypoint"], service["command"][0].replace("/run/secrets", str(tmp_path))]
    done = subprocess.run(words, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True)
    wanted = (0, "celery flower\n") if password else (1, "FLOWER_PASSWORD is not set")
    assert done.returncode == wanted[0] and done.stdout.startswith(wanted[1])


def test_every_secret_is_explained_in_the_example_and_left_empty():
    empty = set(re.findall(r"^(\w+)=$", EXAMPLE, re.MULTILINE))
    assert empty == {name for name, kind, _ in VARIABLE.findall(TEXT) if kind == "?"}


def test_every_other_variable_of_the_example_is_used():
    optional = set(OPTIONAL) - {"COMPOSE_PROFILES"}
    assert optional
    used = {name for name, _, _ in VARIABLE.findall(TEXT)} | {variable for _, variable, _ in environment()}
    assert optional <= used


def test_the_key_that_the_example_makes_is_a_fernet_key():
    from cryptography.fernet import Fernet

    (command,) = re.findall(r'Fernet key:\s+python3 -c "(.*)"', EXAMPLE)
    printed = []
    exec(command, {"print": printed.append})
    Fernet(printed[0])


def test_the_first_command_of_operations_fills_every_secret(tmp_path):
    from cryptography.fernet import Fernet

    (command,) = re.findall(r"^(python3 -c .*) > \.env$", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    filled = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    secrets = dict(re.findall(r"^(\w+)=(.*)$", filled, re.MULTILINE))
    assert set(secrets) == compose_file.SECRETS and len(set(secrets.values())) == len(secrets)
    Fernet(secrets["AIRFLOW_FERNET_KEY"])
    assert re.sub(r"^(\w+=).+$", r"\1", filled, flags=re.MULTILINE).strip() == EXAMPLE.strip()


# --- variables -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("variable", sorted({variable for _, variable, _ in environment()}))
def test_every_variable_is_known(variable):
    from airflow.configuration import conf

    if variable.startswith("SQUATWATCH_"):
        in_files = {f"{name}_file" for name in secret_settings(Settings)}
        assert variable.removeprefix("SQUATWATCH_").lower() in {*Settings.model_fields, *in_files}
    elif option := re.fullmatch(r"AIRFLOW__([A-Z_]+?)__([A-Z_]+?)(_CMD)?", variable):
        section, name = (part.lower() for part in option.groups()[:2])
        assert name in conf.configuration_description[section]["options"]
        assert not option[3] or (section, name) in conf.sensitive_config_values  # else Airflow ignores the command
    else:
        assert variable in OF_OTHER_PROGRAMS


def test_every_setting_is_passed_on():
    """The two that are left out name a folder of the image, and the database that the file itself starts."""
    values = COMPOSE["x-settings"].items()
    passed = {name for name, value in values if str(value).startswith(("None", f"${{{name}:-"))}
    own = {"SQUATWATCH_DBT_PROJECT", "SQUATWATCH_DATABASE_URL"}
    own.add("SQUATWATCH_DATABASE_URL_FILE")
    assert COMPOSE["x-settings"].items() <= COMPOSE["x-airflow"]["environment"].items()
    settings = {f"SQUATWATCH_{name.upper()}" for name in Settings.model_fields}
    settings |= {f"SQUATWATCH_{name.upper()}_FILE" for name in secret_settings(Settings)}
    assert own < settings
    assert {name for name in passed if name.startswith("SQUATWATCH_")} == settings - own


def test_databases_are_reached_by_the_driver_that_the_lock_has():
    """Without a driver's name SQLAlchemy 2.1 takes psycopg 3, which nothing installs."""
    assert SECRET_FILES["database_url"].startswith("postgresql+psycopg2://")


def test_pip_is_new_enough_for_the_lock():
    """Pip 23 refuses a lock with hashes in which one package asks for another with an extra."""
    version, digest = re.search(r"pip==(\d+)\S* --hash=sha256:([0-9a-f]{64})'", DOCKERFILE).groups()
    assert int(version) >= 26 and digest
    assert DOCKERFILE.index("/tmp/pip.txt\n") < DOCKERFILE.index("COPY ${LOCK}")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """What Airflow, Celery and squatwatch make of the worker's variables, in a process where no server is there."""
    dot_env = dict.fromkeys(compose_file.SECRETS, "sesame")
    secrets = tmp_path_factory.mktemp("secrets")
    for name, content in compose_file.secret_files("worker", dot_env).items():
        (secrets / name).write_text(content)
    folders = {"/opt/airflow": str(tmp_path_factory.mktemp("airflow")), "/opt/squatwatch": str(ROOT)}
    folders["/run/secrets"] = str(secrets)
    variables = compose_file.environment("worker", dot_env)
    for of_image, here in folders.items():
        variables = {name: value.replace(of_image, here) for name, value in variables.items()}
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SQUATWATCH_"))}
    done = subprocess.run([sys.executable, "-c", BUILD], env=outside | variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


BUILD = """
import json
from airflow import settings
from airflow.api_fastapi.app import create_auth_manager
from airflow.executors.executor_loader import ExecutorLoader
from airflow.providers.celery.executors.celery_executor import app
from celery.backends.database import SessionManager
from squatwatch.database import engine
from squatwatch.settings import settings as squatwatch_settings

settings.configure_orm()
app.conf.database_create_tables_at_setup = False  # there is no server to make them on
results = SessionManager().get_engine(app.backend.url, **app.backend.engine_options)
broker = app.connection()
ours = engine._engine(engine._url(squatwatch_settings().home, squatwatch_settings().database_url))
print(json.dumps({
    "executor": ExecutorLoader.get_default_executor_name().module_path,
    "auth manager": type(create_auth_manager()).__name__,
    "broker": [broker.transport.driver_type, broker.hostname, broker.port, broker.password, broker.virtual_host],
    "engines": [str(each.url) for each in (settings.engine, settings.async_engine, results, ours)],
}))
"""


def test_every_engine_can_be_built_from_the_values_of_the_file(built):
    assert built["engines"] == [
        "postgresql+psycopg2://airflow:***@postgres/airflow",
        "postgresql+asyncpg://airflow:***@postgres/airflow",  # Airflow makes it of the first
        "postgresql+psycopg2://airflow:***@postgres/airflow",
        "postgresql+psycopg2://airflow:***@postgres/airflow",
    ]


def test_broker_executor_and_auth_manager_can_be_built_from_the_values_of_the_file(built):
    assert built["broker"] == ["redis", "redis", 6379, "sesame", "0"]
    assert built["executor"] == "airflow.providers.celery.executors.celery_executor.CeleryExecutor"
    named = COMPOSE["x-airflow"]["environment"]["AIRFLOW__CORE__AUTH_MANAGER"]
    assert built["auth manager"] == named.rpartition(".")[2]


def test_a_worker_that_is_lost_is_noticed_in_about_a_minute():
    """Three beats may be late before a task counts as lost: a busy worker is not a dead one."""
    from airflow.configuration import conf

    silence = int(COMPOSE["x-airflow"]["environment"]["AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"])
    until_it_is_looked_for = conf.getfloat("scheduler", "task_instance_heartbeat_timeout_detection_interval")
    assert silence + until_it_is_looked_for <= 75
    assert silence >= 4 * conf.getint("workers", "min_heartbeat_interval")


def test_the_target_serve_is_a_container_of_sagemaker_and_not_what_the_services_build():
    [stage] = SERVE_STAGE.findall((ROOT / "Dockerfile").read_text("utf-8"))
    variables = {f"SQUATWATCH_{name.upper()}" for name in Settings.model_fields}
    assert (
        set(re.findall(r"SQUATWATCH_\w+(?==)", stage)) == {"SQUATWATCH_HOME", "SQUATWATCH_SERVE_CONTAINER"} <= variables
    )
    assert 'ENTRYPOINT ["squatwatch"]' in stage and 'CMD ["serve"]' in stage
    assert re.findall(r"com\.amazonaws\.sagemaker\.capabilities\.(\S+)=true", stage) == [
        "multi-models",
        "accept-bind-to-port",
    ]
    assert re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.MULTILINE) == ["installed", "airflow"]
    assert not any(
        "target" in service["build"] for service in SERVICES.values() if isinstance(service.get("build"), dict)
    )


def test_the_variables_of_the_image_are_known():
    from airflow.configuration import conf

    options = re.findall(r"AIRFLOW__([A-Z_]+?)__([A-Z_]+)=", DOCKERFILE)
    assert len(options) == 3
    for section, name in options:
        assert name.lower() in conf.configuration_description[section.lower()]["options"]
    assert re.findall(r"SQUATWATCH_(\w+)=", DOCKERFILE) == ["HOME"]


def test_connections_name_services_of_the_file():
    urls = [value for value in SECRET_FILES.values() if "://" in value]
    urls.append(COMPOSE["x-airflow"]["environment"]["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"])
    hosts = {re.search(r"[@/]([\w-]+)(?::\d+)?/\w+/?$", url).group(1) for url in urls}
    assert hosts == {"postgres", "redis", "api-server"}


def test_classes_that_are_named_exist():
    values = {value for _, _, value in environment() if str(value).startswith("airflow.")}
    assert values
    for value in values:
        module, name = value.rsplit(".", 1)
        assert hasattr(import_module(module), name)
    (celery,) = {
        re.search(r"celery --app (\S+)\.app ", str(SERVICES[name])).group(1) for name in ("worker", "gpu-worker")
    }
    assert import_module(celery).app.main


LOG_OF_A_TASK = """
import sys
from pathlib import Path
from airflow.logging_config import configure_logging, get_remote_task_log

configure_logging()
folder, name = Path(sys.argv[1]), "dag_id=daily_detections/attempt=1.log"
(folder / name).parent.mkdir(parents=True)
(folder / name).write_text("scored 3 pairs")
get_remote_task_log().upload(folder / name)
"""


def test_logs_of_tasks_go_to_s3_with_the_variables_of_the_example(tmp_path):
    """S3 is moto's server; the connection is the example's, with its endpoint."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        url = "http://{}:{}".format(*server.get_host_and_port())
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-central-1"}
        s3 = boto3.client("s3", endpoint_url=url, **keys)
        s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        logging = {name: value for name, value in OPTIONAL.items() if name.startswith("AIRFLOW__LOGGING__")}
        assert len(logging) == 3 and set(logging) <= set(COMPOSE["x-airflow"]["environment"])
        connection = json.loads(OPTIONAL["AIRFLOW_CONN_AWS_DEFAULT"].strip("'"))
        connection |= {"login": "a", "password": "b"}
        connection["extra"]["endpoint_url"] = url
        paths = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(tmp_path / "logs")}
        variables = os.environ | logging | paths | {"AIRFLOW_CONN_AWS_DEFAULT": json.dumps(connection)}
        subprocess.run([sys.executable, "-c", LOG_OF_A_TASK, str(tmp_path / "logs")], env=variables, check=True)
        key = "squatwatch/logs/dag_id=daily_detections/attempt=1.log"
        assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"scored 3 pairs"
    finally:
        server.stop()


# --- commands --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", airflow_commands(), ids=" ".join)
def test_every_airflow_command_exists(words):
    from airflow.cli.cli_parser import get_parser

    assert get_parser().parse_args(words[1:]).func


def test_every_component_has_its_command():
    assert {tuple(words[1:3]) for words in airflow_commands()} >= {
        ("api-server",),
        ("scheduler",),
        ("dag-processor",),
        ("triggerer",),
        ("celery", "worker"),
        ("db", "migrate"),
    }


def test_python_in_the_file_is_python():
    checks = [
        service["healthcheck"]["test"][3]
        for service in OURS.values()
        if "python" in service.get("healthcheck", {}).get("test", [])
    ]
    for code in checks:
        compile(code, "docker-compose.yml", "exec")
    assert len(checks) == 3


def test_score_goes_to_the_queue_that_a_worker_serves():
    queues = {
        name: service["command"][3] for name, service in OURS.items() if service["command"][:2] == ["celery", "worker"]
    }
    assert queues == {"worker": Settings.model_fields["score_queue"].default, "gpu-worker": "gpu"}
    assert re.search(r"^#SQUATWATCH_SCORE_QUEUE=gpu$", EXAMPLE, re.MULTILINE)


def test_the_gpu_worker_reserves_a_gpu_and_no_other_machine_needs_one():
    (device,) = SERVICES["gpu-worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["driver"] == "nvidia" and device["capabilities"] == ["gpu"]
    assert SERVICES["gpu-worker"]["profiles"] == ["gpu"]
    assert not any("deploy" in service for name, service in SERVICES.items() if name != "gpu-worker")


def test_what_not_everybody_needs_starts_by_a_profile_of_its_name():
    profiles = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert profiles == {"gpu-worker": ["gpu"], "flower": ["flower"], "serve": ["serve"], "cli": ["cli"]}


def test_who_may_ask_for_scores_is_read_by_the_account_of_the_server_alone(tmp_path):
    """Its lines, as it starts and starts again, with a program `squatwatch` that only tells the mode of the file."""
    service = SERVICES["serve"]
    program = tmp_path / "squatwatch"
    program.write_text('#!/bin/sh\nstat --format %a,%u "$SQUATWATCH_SERVE_ACCESS_FILE"\n')
    program.chmod(0o755)
    (tmp_path / "access.json").write_text("{}")
    copy = service["environment"]["SQUATWATCH_SERVE_ACCESS_FILE"]
    lines = service["command"][0].replace("/run/secrets", str(tmp_path)).replace(copy, str(tmp_path / "copy.json"))
    variables = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SQUATWATCH_SERVE_ACCESS_FILE": str(tmp_path / "copy.json")}
    for _ in range(2):
        done = subprocess.run(
            [*service["entrypoint"], lines], env=variables, capture_output=True, text=True, check=True
        )
        assert done.stdout == f"600,{os.getuid()}\n"


def test_the_server_of_scores_asks_neither_airflow_nor_the_database_and_has_none_of_their_secrets():
    assert [config["source"] for config in SERVICES["serve"]["configs"]] == ["serve_access"]
    assert not [name for name in SERVICES["serve"]["environment"] if name.startswith("AIRFLOW__")]
    assert SERVICES["serve"]["depends_on"] == {}
    grace = int(SERVICES["serve"]["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_fields["serve_seconds"].default


def test_the_server_of_scores_takes_a_data_root_in_s3(monkeypatch):
    """Which demands that a database is named; it has none."""
    dot_env = dict.fromkeys(compose_file.SECRETS, "secret") | {"SQUATWATCH_HOME": "s3://bucket/squatwatch"}
    for name, value in compose_file.environment("serve", dot_env).items():
        if name.startswith("SQUATWATCH_"):
            monkeypatch.setenv(name, value)
    assert read_settings().store_url == "s3://bucket/squatwatch"


def test_the_access_file_of_the_example_is_one(tmp_path):
    from squatwatch.access import Door

    path = tmp_path / "access.json"
    path.write_text(OPTIONAL["SQUATWATCH_SERVE_ACCESS"].strip("'").replace('key": ""', 'key": "of the test alone"'))
    path.chmod(0o400)
    Door(path)


def test_cli_is_the_command_of_the_image():
    assert SERVICES["cli"]["entrypoint"] == ["squatwatch"] and "> /usr/local/bin/squatwatch" in DOCKERFILE


# --- files -----------------------------------------------------------------------------------------------------------
def test_everything_copied_is_in_the_repository_and_let_through():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    sources = [source for source in re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE) if source != "${LOCK}"]
    locks = [re.search(r"ARG LOCK=(\S+)", DOCKERFILE).group(1), SERVICES["gpu-worker"]["build"]["args"]["LOCK"]]
    assert set(sources) == {"dags", "dbt", "ml", "plugins"} and locks == ["requirements.lock", "requirements-gpu.lock"]
    for path in sources + locks:
        assert (ROOT / path).exists()
        assert f"!{path}" in ignored


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-gpu.lock"])
def test_a_lock_has_hashes_and_what_the_services_need(lock):
    text = (ROOT / lock).read_text()
    names = set(re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==", text, re.MULTILINE))
    assert {"apache-airflow", "apache-airflow-providers-celery", "psycopg2-binary", "asyncpg", "redis"} <= names
    assert "tensorflow" in names and ("nvidia-cudnn-cu12" in names) == ("gpu" in lock)
    entries = re.findall(r"^[a-z0-9._-]+(?:\[.*?\])?==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert all("--hash=sha256:" in entry for entry in entries)


def test_paths_of_the_image_are_those_that_the_file_mounts_and_names():
    made = re.search(r"mkdir -p (.*) \\", DOCKERFILE).group(1).split()
    mounted = {mount.split(":")[1] for service in OURS.values() for mount in service["volumes"]}
    assert mounted == set(made)
    named = {value for _, variable, value in environment() if str(value).startswith("/opt")}
    assert all(any(value.startswith(f"{folder}/") for folder in made) for value in named)


@pytest.mark.parametrize("home", ["", "s3://bucket/squatwatch"])
def test_whatever_reads_the_data_root_has_it(home):
    """Tasks run in the workers; the Detections page and its settings are read in the API server."""
    ways = {name: [volume for volume in service["volumes"] if ":/data" in volume] for name, service in OURS.items()}
    assert {name for name, way in ways.items() if way != ["data:/data"]} == {"serve"}
    assert ways["serve"] == ["data:/data:ro"]  # it only reads
    dot_env = dict.fromkeys(compose_file.SECRETS, "secret") | ({"SQUATWATCH_HOME": home} if home else {})
    seen = {name: compose_file.environment(name, dot_env) for name in OURS}
    assert {variables["SQUATWATCH_HOME"] for variables in seen.values()} == {home or "/data"}
    image = compose_file.of_image().keys()
    assert [name for name, variables in seen.items() if not image <= variables.keys()] == []


def test_the_roots_on_the_path_are_those_of_the_distribution():
    (path,) = re.findall(r"PYTHONPATH=(\S+)", DOCKERFILE)
    for folder, package in zip(path.split(":"), ["squatwatch", "squatwatch_ml"], strict=True):
        assert (ROOT / Path(folder).relative_to("/opt/squatwatch") / package / "__init__.py").is_file()


def test_tasks_have_time_to_finish_when_a_worker_stops():
    grace = SERVICES["worker"]["stop_grace_period"]
    assert timedelta(minutes=int(grace.removesuffix("m"))) >= timedelta(minutes=1)
