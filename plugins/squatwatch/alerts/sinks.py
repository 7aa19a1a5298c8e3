"""Sinks of alerts: `alerts.yml` (SQUATWATCH_ALERTS_FILE), one entry a sink. Secrets are in Airflow connections.

soc-splunk: {transport: splunk, connection: splunk_hec, format: ecs}
team: {transport: email, to: [soc@example.com], sender: squatwatch@example.com, connection: smtp, brands: [paypal]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from squatwatch.alerts.alert import ACTIONS, TAKEN_FOR, Action, Alert, TakenFor
from squatwatch.alerts.formats import FORMATS, FormatName
from squatwatch.alerts.formats.digest import digest
from squatwatch.alerts.waves import Item, as_one, in_waves
from squatwatch.errors import SquatwatchError
from squatwatch.files.yamlfile import load_yaml, yaml_problem
from squatwatch.lists.brands import normal_brand, read_brands
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.settings import HomePath, Settings

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
CONNECTION = r"^[\w.-]+$"
ADDRESS = r"^[^\s@<>,;]+@[^\s@<>,;]+$"
BEGIN = "write one as docs/alerts.md says (Connecting a sink) and set SQUATWATCH_ALERTS_FILE to its path"


def _as_list(value: object) -> object:
    """Return one value as a list of one: `brands: paypal` is `brands: [paypal]`."""
    return [value] if isinstance(value, str) else value


ONE_OR_MORE = BeforeValidator(_as_list)
Brand = Annotated[str, AfterValidator(normal_brand)]
Address = Annotated[str, Field(pattern=ADDRESS)]


class Sink(BaseModel):
    """A receiver of alerts. `brands` None means all of them; at most `batch` alerts are sent together.

    `waves`: whether the names of a wave are told one by one or in one alert. `taken_for`: what the ranking must take a
    name for, of a date that is ranked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str
    brands: Annotated[tuple[Brand, ...] | None, ONE_OR_MORE] = Field(None, min_length=1)
    actions: Annotated[tuple[Action, ...], ONE_OR_MORE] = Field(ACTIONS, min_length=1)
    batch: int = Field(500, ge=1, le=5000)
    waves: Literal["apart", "together"] = "apart"
    taken_for: Annotated[tuple[TakenFor, ...], ONE_OR_MORE] = Field(TAKEN_FOR, min_length=1)

    def wants(self, alert: Alert) -> bool:
        """Return whether the sink takes new alerts of this brand and kind."""
        return (self.brands is None or alert.brand in self.brands) and alert.taken_for in (None, *self.taken_for)

    def told(self, items: Sequence[Item], alert_of: Callable[[Item], Alert]) -> list[Sequence[Item]]:
        """Return the items in their order, those together that the sink is told of in one alert."""
        return in_waves(items, alert_of) if self.waves == "together" else [[item] for item in items]

    @property
    def document_format(self) -> FormatName:
        """The format of an alert's document, whose hash the outbox keeps."""
        return "ecs"

    def preview(self, alerts: Sequence[Alert]) -> str:
        """Return what would be sent, for people: a line of JSON an alert."""
        return "".join(f"{json.dumps(FORMATS[self.document_format](alert))}\n" for alert in self._alerts(alerts))

    def _alerts(self, alerts: Sequence[Alert]) -> list[Alert]:
        return [as_one(told) for told in self.told(alerts, lambda alert: alert)]


class FormattedSink(Sink):
    """A sink that takes documents in a format of its choice."""

    format: FormatName = "ecs"

    @property
    def document_format(self) -> FormatName:
        """The format that the sink asks for."""
        return self.format


class FileSink(FormattedSink):
    """A folder; a path that is not absolute lies in the data root."""

    transport: Literal["file"]
    path: HomePath


class S3Sink(FormattedSink):
    """A prefix in a bucket."""

    transport: Literal["s3"]
    url: str = Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[^\s]*)?$")
    connection: str = Field("aws_default", pattern=CONNECTION)


class SplunkSink(FormattedSink):
    """Splunk's HTTP Event Collector."""

    transport: Literal["splunk"]
    connection: str = Field(pattern=CONNECTION)
    index: str | None = Field(None, pattern=r"^[a-z0-9_][a-z0-9_-]*$")
    sourcetype: str = Field("_json", pattern=r"^[\w:.-]+$")


class WebhookSink(FormattedSink):
    """A URL that takes POST requests."""

    transport: Literal["webhook"]
    connection: str = Field(pattern=CONNECTION)
    batch: int = Field(100, ge=1, le=5000)


class EmailSink(Sink):
    """People, who are sent a digest; it has a form of its own."""

    transport: Literal["email"]
    to: Annotated[tuple[Address, ...], ONE_OR_MORE] = Field(min_length=1)
    sender: str = Field(pattern=ADDRESS)
    connection: str = Field("smtp_default", pattern=CONNECTION)
    batch: int = Field(1000, ge=1, le=5000)

    def preview(self, alerts: Sequence[Alert]) -> str:
        """Return the text of the mail, "" where there is nothing to tell."""
        return digest(self._alerts(alerts)).text if alerts else ""


AnySink = Annotated[FileSink | S3Sink | SplunkSink | WebhookSink | EmailSink, Field(discriminator="transport")]
_adapter: TypeAdapter[AnySink] = TypeAdapter(AnySink)


def read_sinks(settings: Settings) -> list[AnySink]:
    """Return the sinks of alerts.yml, none where it is not set. Raises SquatwatchError naming file, sink and field."""
    path = settings.alerts_file
    if path is None:
        return []
    entries = _entries(path)
    brands = set(read_brands(brands_path(settings))["brand"])
    return [_sink(path, name, fields, brands) for name, fields in entries.items()]


def demand_sinks(settings: Settings, name: str | None = None) -> list[AnySink]:
    """Return all sinks, or the one that is named. Raises SquatwatchError where there is none."""
    sinks = read_sinks(settings)
    if not sinks:
        raise SquatwatchError(f"there is no alerts file, so no alert goes anywhere; {BEGIN}")
    chosen = [sink for sink in sinks if name in (None, sink.name)]
    if not chosen:
        known = ", ".join(sink.name for sink in sinks)
        raise SquatwatchError(f"{settings.alerts_file} has no sink {name!r}; it has {known}")
    return chosen


def _entries(path: Path) -> dict[object, object]:
    try:
        entries = load_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SquatwatchError(f"the alerts file {path} cannot be read ({error}); {BEGIN}") from None
    except yaml.YAMLError as error:
        raise SquatwatchError(f"the alerts file {path} {yaml_problem(error)}; {BEGIN}") from None
    if not isinstance(entries, dict) or not entries:
        raise SquatwatchError(f"the alerts file {path} names no sink; {BEGIN}")
    return entries


def _sink(path: Path, name: object, fields: object, brands: set[str]) -> AnySink:
    what = f"the alerts file {path}, sink {name}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise SquatwatchError(f"{what}: a name has small letters, digits, - and _, at most 50")
    if not isinstance(fields, dict) or "name" in fields:
        raise SquatwatchError(f"{what}: a sink is a mapping with transport and what that needs, without a name in it")
    try:
        sink = _adapter.validate_python(fields | {"name": name})
    except ValidationError as error:
        raise SquatwatchError(f"{what}: {'; '.join(_problems(error.errors()))}") from None
    if unknown := sorted(set(sink.brands or ()) - brands):
        raise SquatwatchError(f"{what}: brands: {', '.join(unknown)} is not in the brands file; correct one of them")
    return sink


def _problems(errors: Sequence[ErrorDetails]) -> list[str]:
    """Return what is wrong; a list of which a value is wrong is not called too short as well."""
    of_values = {error["loc"][:-1] for error in errors}
    return [_problem(error) for error in errors if not (error["type"] == "too_short" and error["loc"] in of_values)]


def _problem(error: ErrorDetails) -> str:
    """Return the field and what is wrong; never the value, in case somebody wrote a password there."""
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return "transport: file, s3, splunk, webhook or email"
    place = ".".join(str(part) for part in error["loc"][1:])
    if error["type"] == "too_short":
        return f"{place}: name at least one"
    message = error["msg"].removeprefix("Value error, ").replace("valid tuple", "list, as in [a, b]")
    return f"{place}: {message}" if error["type"] != "extra_forbidden" else f"{place}: there is no such field"
