"""When a request was signed, and whether that is near enough to now.

The window is five minutes to each side. The real service has five minutes for most services, SageMaker among them, and
fifteen for S3.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from squatwatch.access.refused import incomplete, invalid
from squatwatch.access.request import Request

WINDOW = timedelta(minutes=5)
TIMESTAMP = "%Y%m%dT%H%M%SZ"


def signed_at(request: Request) -> datetime:
    """Return the time in X-Amz-Date, else in Date, which HTTP writes in its own way. Raises Refused without either."""
    if value := request.header("x-amz-date"):
        return _basic(value)
    if value := request.header("date"):
        try:
            moment = parsedate_to_datetime(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)  # -0000 has no zone
        except (ValueError, OverflowError):
            return _basic(value)
    raise incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")


def check_freshness(signed: datetime, now: datetime) -> None:
    """Raise Refused where the request was signed too long ago, or by a clock that is ahead."""
    minutes = int(WINDOW.total_seconds() // 60)
    if signed < now - WINDOW:
        raise invalid(
            f"Signature expired: {stamp(signed)} is now earlier than {stamp(now - WINDOW)} "
            f"({stamp(now)} - {minutes} min.)"
        )
    if signed > now + WINDOW:
        raise invalid(
            f"Signature not yet current: {stamp(signed)} is still later than {stamp(now + WINDOW)} "
            f"({stamp(now)} + {minutes} min.)"
        )


def stamp(moment: datetime) -> str:
    """Return a UTC time as signatures write it: 20261129T104328Z."""
    return moment.strftime(TIMESTAMP)


def _basic(value: str) -> datetime:
    try:
        return datetime.strptime(value.strip(), TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        raise incomplete(
            "Date must be in ISO-8601 'basic format'. Got a value of another form. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        ) from None
