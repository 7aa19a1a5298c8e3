"""Settings of sources: where lists come from and how long they are waited for."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from squatwatch.settings.values import Words

SourceName = Literal["sample", "file", "whoisds", "http", "s3", "zone"]
SOURCE_NAMES: tuple[SourceName, ...] = get_args(SourceName)

WHOISDS_URL = "https://www.whoisds.com/whois-database/newly-registered-domains/{base64}/nrd"
CZDS_URL = "https://czds-api.icann.org/czds/downloads/{tld}.zone"
CZDS_AUTH_URL = "https://account-api.icann.org/api/authenticate"
ZONE = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def _known_sources(names: list[str]) -> list[str]:
    if not names:
        raise ValueError(f"name at least one source, of {', '.join(SOURCE_NAMES)}")
    for name in names:
        if name not in SOURCE_NAMES:
            raise ValueError(f"unknown source {name!r}: choose from {', '.join(SOURCE_NAMES)}")
    return list(dict.fromkeys(names))


def _zone_names(names: list[str]) -> list[str]:
    """Return names of zones as files and URLs have them: A-labels in lower case, without dots around them."""
    zones = [name.strip(".").lower() for name in names]
    for zone in zones:
        if not ZONE.fullmatch(zone):
            raise ValueError(f"{zone!r} is not the name of a zone; write it as com or xn--p1ai")
    return list(dict.fromkeys(zones))


class SourceSettings(BaseModel):
    """Settings of where lists come from and how long they are waited for."""

    sources: Annotated[Words, AfterValidator(_known_sources)] = Field(
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

    zone_tlds: Annotated[Words, AfterValidator(_zone_names)] = Field(
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

    @property
    def max_list_bytes(self) -> int:
        """Return how many bytes a list may have, unpacked."""
        return self.max_list_mib << 20
