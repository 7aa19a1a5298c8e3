"""Sources of lists: one is chosen by name in the settings, and each is one small file, loaded where it is in use.

Imports `errors`, `files`, `lake`, `net`, `settings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from squatwatch.errors import SquatwatchError
from squatwatch.settings import SOURCE_NAMES, Settings
from squatwatch.sources.base import Receipt, Source
from squatwatch.sources.file import FileSource
from squatwatch.sources.sample import SampleSource, sample_dates

if TYPE_CHECKING:
    from squatwatch.sources.http import HttpSource
    from squatwatch.sources.zone.archive import ZoneArchive
    from squatwatch.sources.zone.czds import Czds

__all__ = ["Receipt", "Source", "newest_date", "source_named"]

T = TypeVar("T")


def source_named(settings: Settings, name: str) -> Source:
    """Return the source, configured. Raises SquatwatchError naming the setting that it lacks."""
    match name:
        case "sample":
            return SampleSource()
        case "file":
            template = _required(settings.file_template, name, "SQUATWATCH_FILE_TEMPLATE")
            return FileSource(name, template, settings.max_list_bytes)
        case "whoisds":
            return _http(settings, name, settings.whoisds_url, "SQUATWATCH_WHOISDS_URL")
        case "http":
            url = _required(settings.http_url, name, "SQUATWATCH_HTTP_URL")
            return _http(settings, name, url, "SQUATWATCH_HTTP_URL")
        case "s3":
            from squatwatch.sources.s3 import S3Source

            template = _required(settings.s3_url, name, "SQUATWATCH_S3_URL")
            return S3Source(name, template, settings.s3_connection, settings.max_list_bytes)
        case "zone":
            from squatwatch.sources.zone.source import ZoneSource

            tlds = _required(settings.zone_tlds, name, "SQUATWATCH_ZONE_TLDS")
            max_bytes = settings.zone_max_gib << 30
            return ZoneSource(
                name, settings.home, tuple(tlds), _zones(settings, max_bytes), settings.zone_keep_days, max_bytes
            )
    raise SquatwatchError(f"unknown source {name!r}: choose from {', '.join(SOURCE_NAMES)}")


def file_given_by_hand(path: Path, max_bytes: int) -> Source:
    """Return one file as source `input`; its path is taken as it stands. It may have so many bytes, unpacked."""
    return FileSource("input", str(path), max_bytes, given_by_hand=True)


def newest_date(source_names: Sequence[str]) -> date | None:
    """Return the newest date of the sample where it is the only source; None for live feeds."""
    return sample_dates()[-1] if source_names == ["sample"] else None


def _http(settings: Settings, name: str, template: SecretStr, setting: str) -> HttpSource:
    from squatwatch.sources.http import HttpSource

    return HttpSource(
        name,
        template,
        setting,
        max_bytes=settings.max_list_bytes,
        timeout_seconds=settings.http_timeout_seconds,
        attempts=settings.http_attempts,
    )


def _zones(settings: Settings, max_bytes: int) -> Czds | ZoneArchive:
    """Return a server where the template is a URL, else a folder."""
    from squatwatch.sources.zone.archive import ZoneArchive
    from squatwatch.sources.zone.czds import Czds

    template = settings.zone_url.get_secret_value()
    if len(settings.zone_tlds) > 1 and "{tld}" not in template:
        raise SquatwatchError(
            "SQUATWATCH_ZONE_URL names the same file for every zone: it has no {tld}; "
            "write {tld} where the name of the zone stands"
        )
    if "://" not in template:
        return ZoneArchive(template)
    return Czds(
        settings.zone_url,
        settings.zone_auth_url,
        settings.zone_connection,
        max_bytes,
        timeout_seconds=settings.http_timeout_seconds,
        attempts=settings.http_attempts,
    )


def _required(value: T | None, name: str, setting: str) -> T:
    if not value:
        raise SquatwatchError(f"source {name} needs {setting}: `squatwatch --help` and the README show examples")
    return value
