"""The condition operators of IAM that are known here: how a value of a policy is compared with one of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from squatwatch.access.policies.patterns import Context, is_arn_like, is_equal, is_equal_ignoring_case, is_like

Compare = Callable[[str, str, Context], bool]  # (value in the policy, value of the request, context)


@dataclass(frozen=True)
class Operator:
    """A comparison, perhaps negated, and a check that raises ValueError for values that it cannot compare with."""

    compare: Compare
    is_negated: bool = False
    check_value: Callable[[str], object] = str


def _in_network(wanted: str, given: str, context: Context) -> bool:
    address = ip_address(given)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in _network(wanted)


def _dates(compare: Callable[[datetime, datetime], bool]) -> Compare:
    return lambda wanted, given, context: compare(_date(given), _date(wanted))


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _date(text: str) -> datetime:
    """Return a time of a policy: ISO 8601, or seconds since 1970."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _true_or_false(text: str) -> None:
    if text.lower() not in ("true", "false"):
        raise ValueError("it is neither true nor false")


OPERATORS = {
    "StringEquals": Operator(is_equal),
    "StringNotEquals": Operator(is_equal, True),
    "StringEqualsIgnoreCase": Operator(is_equal_ignoring_case),
    "StringNotEqualsIgnoreCase": Operator(is_equal_ignoring_case, True),
    "StringLike": Operator(is_like),
    "StringNotLike": Operator(is_like, True),
    "ArnEquals": Operator(is_arn_like),
    "ArnNotEquals": Operator(is_arn_like, True),
    "ArnLike": Operator(is_arn_like),
    "ArnNotLike": Operator(is_arn_like, True),
    "Bool": Operator(is_equal_ignoring_case, False, _true_or_false),
    "IpAddress": Operator(_in_network, False, _network),
    "NotIpAddress": Operator(_in_network, True, _network),
    "DateEquals": Operator(_dates(lambda given, wanted: given == wanted), False, _date),
    "DateNotEquals": Operator(_dates(lambda given, wanted: given == wanted), True, _date),
    "DateLessThan": Operator(_dates(lambda given, wanted: given < wanted), False, _date),
    "DateLessThanEquals": Operator(_dates(lambda given, wanted: given <= wanted), False, _date),
    "DateGreaterThan": Operator(_dates(lambda given, wanted: given > wanted), False, _date),
    "DateGreaterThanEquals": Operator(_dates(lambda given, wanted: given >= wanted), False, _date),
}
