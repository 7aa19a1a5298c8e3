"""docker-compose.yml started by a Docker engine of the tests' own, and what people do with it.

Beside the services of the file there is `s3`, which speaks S3 over TLS with a certificate of an authority of the tests.
"""

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
from certificates import certified
from cryptography.fernet import Fernet
from ports import free_port
from signed_requests import access_rules

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
    """The services of the file, with those of all profiles that stay up.

    `compose` is `docker compose`, with an override for this machine. `ports` are those of loopback by service, and
    `authorities` is the file with the certificate of whoever vouches for `s3`.
    """

    def __init__(self, program: str, host: str, folder: Path):
        self.ports = {name: free_port() for name in ("api-server", "flower", "serve", "s3")}
        self.address = f"http://127.0.0.1:{self.ports['api-server']}"
        self.authorities = _make_certificates(folder / "tls")
        self.env_file = folder / ".env"
        self.dot_env = {name: secrets.token_hex(16) for name in [*compose_file.SECRETS, "FLOWER_PASSWORD"]}
        self.set(
            AIRFLOW_FERNET_KEY=Fernet.generate_key().decode(),
            COMPOSE_PROFILES="gpu,serve,flower",
            FLOWER_PORT=self.ports["flower"],
            SQUATWATCH_PORT=self.ports["api-server"],
            SQUATWATCH_SCORE_QUEUE="gpu",
            SQUATWATCH_SERVE_ACCESS=json.dumps(access_rules()),
            SQUATWATCH_SERVE_PORT=self.ports["serve"],
        )
        (folder / "override.yml").write_text(_override() + _s3(folder / "tls", self.ports["s3"]))
        files = ["--file", ROOT / "docker-compose.yml", "--file", folder / "override.yml"]
        self.words = [program, "--project-name", "squatwatch-test", "--env-file", self.env_file, *files]
        self.variables = {"DOCKER_HOST": host, "PATH": "/usr/bin:/bin", "HOME": str(folder)}

    def set(self, **values: object) -> None:
        """Writes values into .env, in the place of what was said of them before."""
        self.dot_env |= {name: str(value) for name, value in values.items()}
        self.env_file.write_text("".join(f"{name}='{value}'\n" for name, value in self.dot_env.items()))

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
        """Returns what the service's check of health says against it, with the end of its log; "" where it is well."""
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


def _make_certificates(folder: Path) -> Path:
    """Makes those of `s3` and of its authority, and returns the file with the latter."""
    folder.mkdir()
    authority = certified()
    server = certified("s3", "127.0.0.1", by=authority)  # by its name among the services, and through its port
    (folder / "s3.key").write_bytes(server.key_pem)
    (folder / "s3.pem").write_bytes(server.pem)
    (folder / "authorities.pem").write_bytes(authority.pem)
    return folder / "authorities.pem"


def _s3(certificates: Path, port: int) -> str:
    """The service `s3`, moto's server, which has all in memory; root, as pytest's folders are for their owner alone."""
    command = "moto_server --host 0.0.0.0 --port 443 --ssl-cert /tls/s3.pem --ssl-key /tls/s3.key"
    return f"""\
  s3:
    image: squatwatch
    pull_policy: never
    user: root
    entrypoint: {json.dumps(command.split())}
    ports: ["127.0.0.1:{port}:443"]
    volumes: {json.dumps([*docker_engine.programs(), f"{certificates}:/tls:ro"])}
"""


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
