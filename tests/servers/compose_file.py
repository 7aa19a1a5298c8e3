"""docker-compose.yml and the Dockerfile as Docker reads them: what each service runs and with which variables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
SERVE_STAGE = re.compile(r"^FROM installed AS serve\n.*?(?=^# the last one)", re.MULTILINE | re.DOTALL)
DOCKERFILE = SERVE_STAGE.sub("", (ROOT / "Dockerfile").read_text("utf-8"))  # of the services of the file
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")
SECRETS = {name for name, kind, _ in VARIABLE.findall(TEXT) if kind == "?"}


def filled_in(text: object, dot_env: Mapping[str, str]) -> str:
    """The text with the values of `.env` in it; KeyError where the file demands one that is not there."""

    def value(variable: re.Match[str]) -> str:
        name, kind, default = variable.groups()
        return dot_env[name] if kind == "?" else dot_env.get(name) or default or ""

    return VARIABLE.sub(value, str(text)).replace("$$", "$")


def environment(service: str, dot_env: Mapping[str, str]) -> dict[str, str]:
    """The variables that the service's program sees: those of its image, then those of the file.

    A name without a value is what `.env` says, and where that says nothing, Docker takes the image's own value away.
    """
    given = SERVICES[service].get("environment", {})
    passed_on = {name: dot_env.get(name) for name, value in given.items() if value is None}
    seen = of_image() | passed_on | {n: filled_in(value, dot_env) for n, value in given.items() if value is not None}
    return {name: value for name, value in seen.items() if value is not None}


def secret_files(service: str, dot_env: Mapping[str, str]) -> dict[str, str]:
    """The names and contents of the files that the service finds in /run/secrets."""
    return {
        Path(mount["target"]).name: filled_in(COMPOSE["configs"][mount["source"]]["content"], dot_env)
        for mount in SERVICES[service].get("configs", [])
    }


def of_image() -> dict[str, str]:
    """The variables that the Dockerfile sets."""
    lines = re.findall(r"^ENV (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in shlex.split(line))


def command(service: str, dot_env: Mapping[str, str]) -> list[str]:
    """The words of the service's command line; the image's own entrypoint where it names no other."""
    entrypoint = SERVICES[service].get("entrypoint") or (["airflow"] if "build" in SERVICES[service] else [])
    return [*entrypoint, *(filled_in(word, dot_env) for word in SERVICES[service]["command"])]
