"""Every setting in one place: `SQUATWATCH_…` environment variables, with the defaults that need no configuration.

Settings that may carry a secret (a paid feed has its credentials in the URL) are `SecretStr`: they print as stars.
"""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from squatwatch.errors import SquatwatchError

SOURCE_NAMES = ("sample", "file", "whoisds", "http", "s3", "zone")

WHOISDS_URL = "https://www.whoisds.com/whois-database/newly-registered-domains/{base64}/nrd"
CZDS_URL = "https://czds-api.icann.org/czds/downloads/{tld}.zone"
CZDS_AUTH_URL = "https://account-api.icann.org/api/authenticate"
ZONE = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _known_sources(names: list[str]) -> list[str]:
    if not names:
        raise ValueError(f"name at least one source, of {', '.join(SOURCE_NAMES)}")
    for name in names:
        if name not in SOURCE_NAMES:
            raise ValueError(f"unknown source {name!r}: choose from {', '.join(SOURCE_NAMES)}")
    return list(dict.fromkeys(names))


def _zone_names(names: list[str]) -> list[str]:
    """Names of zones as files and URLs have them: A-labels in lower case, without dots around them."""
    zones = [name.strip(".").lower() for name in names]
    for zone in zones:
        if not ZONE.fullmatch(zone):
            raise ValueError(f"{zone!r} is not the name of a zone; write it as com or xn--p1ai")
    return list(dict.fromkeys(zones))


def _dns_servers(servers: list[str]) -> list[str]:
    for server in servers:
        address_and_port(server)
    return servers


def address_and_port(server: str) -> tuple[str, int]:
    """`192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`. Raises ValueError for what is none."""
    found = re.fullmatch(r"\[(.+)\]:(\d{1,5})|([^:]+):(\d{1,5})|\[?([^\[\]]+)\]?", server)
    if not found:
        raise ValueError(f"{server!r} is not the address of a resolver")
    host, port = found[1] or found[3] or found[5], int(found[2] or found[4] or 53)
    ip_address(host)
    return host, port


def _dbt_project() -> Path:
    return Path(__file__).resolve().parents[2] / "dbt"


class Settings(BaseSettings):
    """All settings; `SQUATWATCH_HOME=/srv/squatwatch` sets `home`, and so on."""

    model_config = SettingsConfigDict(env_prefix="SQUATWATCH_", extra="ignore", validate_default=True)

    home: Annotated[Path, AfterValidator(lambda path: path.expanduser().resolve())] = Field(
        Path("data"), description="Root of all data."
    )
    sources: Annotated[list[str], NoDecode, BeforeValidator(_split), AfterValidator(_known_sources)] = Field(
        ["sample"], description=f"Where lists come from, comma separated: {', '.join(SOURCE_NAMES)}."
    )

    file_template: str | None = Field(
        None,
        description="`file`: path of a date's list, e.g. /lists/{date:%Y-%m-%d}.zip or /lists/{date:%Y/%m/%d}.txt.gz.",
    )
    whoisds_url: SecretStr = Field(
        SecretStr(WHOISDS_URL), description="`whoisds`: URL template; {base64} is base64 of YYYY-MM-DD.zip."
    )
    http_url: SecretStr | None = Field(
        None, description="`http`: any URL template, e.g. https://feeds.example/{date:%Y%m%d}.csv.gz."
    )
    s3_url: str | None = Field(None, description="`s3`: s3://bucket/prefix/{date:%Y-%m-%d}.zip.")
    s3_connection: str = Field("aws_default", description="`s3`: the Airflow connection with the credentials.")

    zone_tlds: Annotated[list[str], NoDecode, BeforeValidator(_split), AfterValidator(_zone_names)] = Field(
        [], description="`zone`: zones whose new names are wanted, comma separated, e.g. com,net,xn--p1ai."
    )
    zone_url: SecretStr = Field(
        SecretStr(CZDS_URL),
        description="`zone`: URL template of a zone file, or a path: /zones/{tld}/{date:%Y-%m-%d}.zone.gz.",
    )
    zone_auth_url: SecretStr = Field(
        SecretStr(CZDS_AUTH_URL), description="`zone`: where login and password are exchanged for a token."
    )
    zone_connection: str = Field("czds", description="`zone`: the Airflow connection with login and password.")
    zone_keep_days: int = Field(10, ge=1, description="`zone`: a snapshot is kept this many days.")
    zone_max_gib: int = Field(16, ge=1, description="`zone`: a zone file larger than this, as received, is refused.")

    deadline_days: float = Field(
        4, gt=0, description="A list not published this many days after its date has ended fails."
    )
    poll_minutes: float = Field(30, gt=0, description="How often a list that is not there yet is asked for.")
    http_timeout_seconds: float = Field(60, gt=0, description="Longest silence of an HTTP server.")
    http_attempts: int = Field(4, ge=1, description="Attempts at a busy or resetting server before the step gives up.")
    max_list_mib: int = Field(256, ge=1, description="A list larger than this, unpacked, is refused.")

    brands_file: Path | None = Field(
        None, description="brands.csv to use instead of the seed (columns brand, brand_domain, alarm_budget)."
    )
    allowlist_file: Path | None = Field(
        None,
        description="allowlist.csv (columns domain, reason, expires_on); by default the data root's, else the seed.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy URL of the database of labels, alerts and lookups; by default SQLite in the data root.",
    )
    alerts_file: Path | None = Field(
        None, description="alerts.yml: where alerts are sent to, sink by sink; without it there are none."
    )
    alert_valid_days: int = Field(90, ge=1, description="How long after an alert its name is worth blocking.")
    alert_timeout_seconds: float = Field(30, gt=0, description="Longest silence of what alerts are sent to.")
    enrich: bool = Field(False, description="Whether DNS and registries are asked about the names that are flagged.")
    enrich_max_age_hours: float = Field(
        20, ge=0, description="A name that was answered for so lately is not asked about."
    )
    dns_servers: Annotated[list[str], NoDecode, BeforeValidator(_split), AfterValidator(_dns_servers)] = Field(
        [], description="Resolvers to ask, address or address:port, comma separated; by default the machine's own."
    )
    dns_timeout_seconds: float = Field(5, gt=0, description="How long a resolver may take for one question.")
    rdap_bootstrap_url: str = Field(
        "https://data.iana.org/rdap/dns.json", description="IANA's list of the registries' RDAP servers."
    )
    rdap_requests_per_second: float = Field(1, gt=0, description="Asked of one RDAP server at most.")
    rdap_timeout_seconds: float = Field(15, gt=0, description="Longest silence of an RDAP server.")
    popular_rank: int = Field(
        10_000, ge=0, description="A domain ranked this high in a popularity list is allowlisted."
    )
    feed_health_file: Path | None = Field(
        None, description="feed_health.yml to use instead of the shipped rules of feed health."
    )
    tranco_url: str = Field(
        "https://tranco-list.eu/top-1m.csv.zip", description="`refresh_popularity`: the Tranco list."
    )
    umbrella_url: str = Field(
        "https://s3-us-west-1.amazonaws.com/umbrella-static/top-1m.csv.zip",
        description="`refresh_popularity`: the Umbrella list.",
    )

    model: Path | None = Field(
        None, description="Folder of the model artifact; by default the one that was promoted, else the shipped one."
    )
    device: Literal["auto", "cpu", "gpu"] = Field("auto", description="Where the network runs.")
    engine: Literal["auto", "onnx", "tensorflow"] = Field(
        "auto", description="What runs it: TensorFlow where there is a GPU, else ONNX Runtime."
    )
    threads: int = Field(1, ge=0, description="Threads of the network on a CPU; 0 for one a core.")
    batch_size: int = Field(1024, ge=1, description="Pairs scored at a time.")
    score_floor: float = Field(0.1, ge=0, le=1, description="Pairs that score lower leave no row in detections.")
    alarm_budget: float = Field(
        3, gt=0, allow_inf_nan=False, description="Names a day that a brand may raise, where brands.csv says nothing."
    )
    threshold: float | None = Field(
        None, ge=0, le=1, description="One for all brands, over the calibrated ones and the model's."
    )

    retrain_labels: int = Field(
        50, ge=1, description="`train_detector`: so many new labels are enough to train without waiting for a week."
    )
    names_together: int = Field(
        600_000, ge=1, description="`backfill`: dates are built together up to so many names; 1 for one by one."
    )

    score_queue: str = Field("default", description="Airflow queue of the score task; `gpu` for a worker with one.")

    dbt_project: Path = Field(default_factory=_dbt_project, description="Folder of the dbt project.")


@cache
def settings() -> Settings:
    """The settings of this process, read from the environment once.

    Raises SquatwatchError naming each variable that does not fit.
    """
    return read_settings()


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment, with some given by the caller."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = "; ".join(
            f"SQUATWATCH_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()
        )
        raise SquatwatchError(f"a setting does not fit: {wrong}") from None
