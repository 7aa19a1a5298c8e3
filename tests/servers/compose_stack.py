"""docker-compose.yml started by a Docker engine of the tests' own, and what people do with it."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import compose_file
import docker_engine
import httpx
from cryptography.fernet import Fernet
from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATH = f"{ROOT}/.venv/bin:/usr/local/bin:/usr/bin:/bin"
COPIED = [f"{ROOT}/{name}:/opt/squatwatch/{name}:ro" for name in ("dags", "dbt", "ml", "plugins")]

# what the official image's entrypoint does
POSTGRES_ENTRYPOINT = r"""
data=/var/lib/postgresql/data
if [ ! -s $data/PG_VERSION ]; then
    initdb --pgdata $data --username $POSTGRES_USER --pwfile $POSTGRES_PASSWORD_FILE --auth-host scram-sha-256 \
        --encoding UTF8 --locale C.UTF-8 --no-sync
    echo "host all all all scram-sha-256" >> $data/pg_hba.conf
    echo "create database $POSTGRES_DB" | postgres --single -j -D $data postgres
fi
exec postgres -D $data -c listen_addresses='*' -k /run/postgresql
"""


class Stack:
    """The services of the file with profile `gpu`. `compose` is `docker compose`, with an override for this machine."""

    def __init__(self, program: str, host: str, folder: Path):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.dot_env = {name: secrets.token_hex(16) for name in compose_file.SECRETS}
        self.dot_env |= {"AIRFLOW_FERNET_KEY": Fernet.generate_key().decode(), "SQUATWATCH_PORT": str(self.port)}
        self.dot_env |= {"COMPOSE_PROFILES": "gpu", "SQUATWATCH_SCORE_QUEUE": "gpu"}
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in self.dot_env.items()))
        (folder / "override.yml").write_text(_override())
        files = ["--file", ROOT / "docker-compose.yml", "--file", folder / "override.yml"]
        self.words = [program, "--project-name", "squatwatch-test", "--env-file", folder / ".env", *files]
        self.variables = {"DOCKER_HOST": host, "PATH": "/usr/bin:/bin", "HOME": str(folder)}

    def compose(self, *words: str, **options: Any) -> subprocess.CompletedProcess:
        done = subprocess.run([*self.words, *words], env=self.variables, capture_output=True, **options)
        assert done.returncode == 0, (words, done.stderr.decode()[-4000:])
        return done

    def squatwatch(self, *words: str) -> str:
        """What a command prints, in a container of its own."""
        return self.compose("run", "--rm", "--no-deps", "-T", "cli", *words).stdout.decode()

    def python(self, code: str) -> str:
        run = ["run", "--rm", "--no-deps", "-T", "--entrypoint", "python", "cli", "-c", code]
        return self.compose(*run).stdout.decode()

    def ill(self, service: str) -> str:
        """What the service's own check of health, run once, says against it, with the end of its log; else nothing."""
        kind, *words = compose_file.SERVICES[service]["healthcheck"]["test"]
        check = words if kind == "CMD" else ["sh", "-c", words[0].replace("$$", "$")]
        done = subprocess.run([*self.words, "exec", "-T", service, *check], env=self.variables, capture_output=True)
        if done.returncode == 0:
            return ""
        log = self.compose("logs", "--no-color", "--tail", "40", service).stdout
        return "\n".join([f"{service} is ill", *(text.decode() for text in (done.stdout, done.stderr, log))])

    def login(self, user: str, password: str) -> httpx.Client:
        """A client with the login; it asks below the address."""
        body = {"username": user, "password": password}
        token = wait_for(lambda: self._asked("POST", "/auth/token", json=body))
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=60, trust_env=False)

    def _asked(self, method: str, path: str, **options: Any) -> Any:
        return answer_of(lambda: httpx.request(method, self.address + path, timeout=30, trust_env=False, **options))


def answer_of(ask: Callable[[], httpx.Response]) -> Any:
    """The JSON of the answer, None where the server is away or ill, as it is while PostgreSQL starts again."""
    try:
        answer = ask()
    except httpx.TransportError:
        return None
    assert answer.status_code < 400 or answer.status_code >= 500, answer.text
    return answer.json() if answer.status_code < 400 else None


def wait_for(
    condition: Callable[[], Any], seconds: float = 300, every: float = 1, why: Callable[[], str] = lambda: "in vain"
) -> Any:
    """The first value of the condition that is true; where it takes too long, it fails and says why."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s: {why()}"
        time.sleep(every)
    return value


@contextmanager
def stack(program: str, folder: Path) -> Iterator[Stack]:
    """An engine with the images that the file names, and the stack, not yet started; all of it ends."""
    with docker_engine.engine() as host:
        _make_images(host)
        here = Stack(program, host, folder)
        try:
            yield here
        finally:
            here.compose("--profile", "*", "down", "--volumes", "--timeout", "5")


def _make_images(host: str) -> None:
    instructions = [line for line in compose_file.DOCKERFILE.splitlines() if line.split(" ")[0] in KEPT]
    variables = compose_file.of_image() | {"PATH": PATH}
    for name in {service["image"] for service in compose_file.SERVICES.values() if "build" in service}:
        docker_engine.make_image(host, name, variables, *instructions)
    for name in ("postgres", "redis"):
        image = compose_file.SERVICES[name]["image"]
        docker_engine.make_image(host, image, {"PATH": f"{_postgresql()}:{PATH}"}, f"USER {name}", "WORKDIR /data")


def _postgresql() -> Path:
    """The folder of PostgreSQL's own programs; Debian keeps them off the path."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]


KEPT = ("USER", "WORKDIR", "ENTRYPOINT", "CMD")
CHEAP_TO_CHECK = ("postgres", "redis", "api-server", "scheduler")


def _override() -> str:
    """Mounts in the place of what a build would copy, no GPU, and only such checks of health as cost nothing."""
    lines = ["services:"]
    for name, service in compose_file.SERVICES.items():
        mounts = docker_engine.programs() + (COPIED if "build" in service else [])
        lines += [f"  {name}:", "    pull_policy: never", f"    volumes: {json.dumps(mounts)}"]
        if "build" in service:
            lines.append("    build: !reset null")
        if "deploy" in service:
            lines += ["    deploy: !reset null", "    environment: {SQUATWATCH_DEVICE: auto}"]
        if name in CHEAP_TO_CHECK:
            lines.append("    healthcheck: {interval: 3s, start_period: 5m}")
        elif "healthcheck" in service:
            lines.append("    healthcheck: {disable: true}")
        if name == "postgres":
            entrypoint = ["/bin/sh", "-ec", POSTGRES_ENTRYPOINT.replace("$", "$$")]
            lines += [f"    entrypoint: {json.dumps(entrypoint)}", "    stop_signal: SIGINT"]
    return "\n".join(lines) + "\n"
