"""docker-compose.yml and the Dockerfile as Docker reads them: which variables each service sees."""

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
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")
SECRETS = {name for name, kind, _ in VARIABLE.findall(TEXT) if kind == "?"}


def filled_in(text: object, dot_env: Mapping[str, str]) -> str:
    """The text with the values of `.env` in it; KeyError where the file demands one that is not there."""

    def value(variable: re.Match[str]) -> str:
        name, kind, default = variable.groups()
        return dot_env[name] if kind == "?" else dot_env.get(name) or default or ""

    return VARIABLE.sub(value, str(text)).replace("$$", "$")


def environment(service: str, dot_env: Mapping[str, str]) -> dict[str, str]:
    """The variables that the service's program sees: those of its image, then those of the file."""
    given = SERVICES[service].get("environment", {})
    passed_on = {name: dot_env[name] for name, value in given.items() if value is None and name in dot_env}
    return of_image() | passed_on | {n: filled_in(value, dot_env) for n, value in given.items() if value is not None}


def write_secrets(folder: Path, dot_env: Mapping[str, str]) -> None:
    """Writes the files that the services find in /run/secrets."""
    for mount in (mount for service in SERVICES.values() for mount in service["configs"]):
        content = COMPOSE["configs"][mount["source"]]["content"]
        (folder / Path(mount["target"]).name).write_text(filled_in(content, dot_env))


def of_image() -> dict[str, str]:
    """The variables that the Dockerfile sets."""
    lines = re.findall(r"^ENV (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in shlex.split(line))
