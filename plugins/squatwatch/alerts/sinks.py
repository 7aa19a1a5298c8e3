"""Where alerts go: `alerts.yml` (SQUATWATCH_ALERTS_FILE), one entry a sink. Secrets are in Airflow connections.

soc-splunk: {transport: splunk, connection: splunk_hec, format: ecs}
team: {transport: email, to: [soc@example.com], sender: squatwatch@example.com, connection: smtp, brands: [paypal]}
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from squatwatch.alerts.alert import ACTIONS, Action
from squatwatch.errors import SquatwatchError
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.settings import Settings

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
CONNECTION = r"^[\w.-]+$"
ADDRESS = r"^[^\s@<>,;]+@[^\s@<>,;]+$"
BEGIN = "write one as docs/alerts.md says (Connecting a sink) and set SQUATWATCH_ALERTS_FILE to its path"


class Sink(BaseModel):
    """What every sink has. `brands` None is all of them. `batch` alerts at most are sent together."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str
    brands: tuple[str, ...] | None = Field(None, min_length=1)
    actions: tuple[Action, ...] = Field(ACTIONS, min_length=1)
    batch: int = Field(500, ge=1, le=5000)

    def wants(self, brand: str) -> bool:
        return self.brands is None or brand in self.brands


class FormattedSink(Sink):
    format: Literal["ecs", "stix", "ocsf"] = "ecs"


class FileSink(FormattedSink):
    transport: Literal["file"]
    path: Path  # a folder; relative to the data root


class S3Sink(FormattedSink):
    transport: Literal["s3"]
    url: str = Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[^\s]*)?$")
    connection: str = Field("aws_default", pattern=CONNECTION)


class SplunkSink(FormattedSink):
    transport: Literal["splunk"]
    connection: str = Field(pattern=CONNECTION)
    index: str | None = Field(None, pattern=r"^[a-z0-9_][a-z0-9_-]*$")
    sourcetype: str = Field("_json", pattern=r"^[\w:.-]+$")


class WebhookSink(FormattedSink):
    transport: Literal["webhook"]
    connection: str = Field(pattern=CONNECTION)
    batch: int = Field(100, ge=1, le=5000)


class EmailSink(Sink):
    """A digest is made of the alerts themselves; what is kept of each in the outbox is the hash of its ECS document."""

    format: ClassVar[str] = "ecs"
    transport: Literal["email"]
    to: tuple[Annotated[str, Field(pattern=ADDRESS)], ...] = Field(min_length=1)
    sender: str = Field(pattern=ADDRESS)
    connection: str = Field("smtp_default", pattern=CONNECTION)
    batch: int = Field(1000, ge=1, le=5000)


AnySink = Annotated[FileSink | S3Sink | SplunkSink | WebhookSink | EmailSink, Field(discriminator="transport")]
_adapter: TypeAdapter[AnySink] = TypeAdapter(AnySink)


def read_sinks(settings: Settings) -> list[Sink]:
    """The sinks of alerts.yml, none where it is not set. Raises SquatwatchError naming file, sink and field."""
    path = settings.alerts_file
    if path is None:
        return []
    entries = _entries(path)
    brands = set(read_brands(brands_path(settings))["brand"])
    return [_sink(path, name, fields, brands) for name, fields in entries.items()]


def demand_sinks(settings: Settings, name: str | None = None) -> list[Sink]:
    """All sinks, or the one that is named; raises SquatwatchError where there is none."""
    sinks = read_sinks(settings)
    if not sinks:
        raise SquatwatchError(f"there is no alerts file, so no alert goes anywhere; {BEGIN}")
    found = [sink for sink in sinks if name in (None, sink.name)]
    if not found:
        known = ", ".join(sink.name for sink in sinks)
        raise SquatwatchError(f"{settings.alerts_file} has no sink {name!r}; it has {known}")
    return found


def _entries(path: Path) -> dict[str, Any]:
    try:
        entries = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SquatwatchError(f"the alerts file {path} cannot be read ({error}); {BEGIN}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise SquatwatchError(f"the alerts file {path} is not YAML{line}; {BEGIN}") from None
    if not isinstance(entries, dict) or not entries:
        raise SquatwatchError(f"the alerts file {path} names no sink; {BEGIN}")
    return entries


def _sink(path: Path, name: object, fields: object, brands: set[str]) -> Sink:
    what = f"the alerts file {path}, sink {name}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise SquatwatchError(f"{what}: a name has small letters, digits, - and _, at most 50")
    if not isinstance(fields, dict) or "name" in fields:
        raise SquatwatchError(f"{what}: a sink is a mapping with transport and what that needs, without a name in it")
    try:
        sink = _adapter.validate_python(fields | {"name": name})
    except ValidationError as error:
        raise SquatwatchError(f"{what}: {'; '.join(_problem(each) for each in error.errors())}") from None
    if unknown := sorted(set(sink.brands or ()) - brands):
        raise SquatwatchError(f"{what}: brands: {', '.join(unknown)} is not in the brands file; correct one of them")
    return sink


def _problem(error: dict[str, Any]) -> str:
    """The field and what is wrong; never the value, in case somebody wrote a password there."""
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return "transport: file, s3, splunk, webhook or email"
    place = ".".join(str(part) for part in error["loc"][1:])
    return f"{place}: {error['msg']}" if error["type"] != "extra_forbidden" else f"{place}: there is no such field"
