"""A server that refuses what a policy does not allow: moto itself does not look at resources and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, urlsplit

from faulty_proxy import Fault

ACTIONS = {"GET": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}


def refusing(policy: dict[str, Any], used: set[tuple[str, str]]) -> Callable[[str, str], Fault]:
    """A fault of a proxy: 403 for a request that the IAM policy does not allow. `used` has the rights of others."""

    def fault(method: str, path: str) -> Fault:
        action, resource, prefix = _asked(method, path)
        for statement in policy["Statement"]:
            if statement["Action"] != action:
                continue
            for pattern in _allowed(statement, resource, prefix):
                used.add((action, pattern))
                return None
        return (403, "AccessDenied")

    return fault


def _asked(method: str, path: str) -> tuple[str, str, str]:
    """The action of a request, the ARN of what it is about, and the prefix of a listing."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    if method == "GET" and query.get("list-type") == ["2"]:
        return "s3:ListBucket", f"arn:aws:s3:::{parts.path.strip('/')}", query["prefix"][0]
    return (ACTIONS[method] if not query else method), f"arn:aws:s3:::{parts.path.strip('/')}", ""


def _allowed(statement: dict[str, Any], resource: str, prefix: str) -> Iterator[str]:
    """The patterns of the statement that the request fits."""
    if "Condition" not in statement:
        yield from (pattern for pattern in statement["Resource"] if fnmatchcase(resource, pattern))
    elif resource in statement["Resource"]:
        yield from (pattern for pattern in patterns_of(statement) if fnmatchcase(prefix, pattern))


def patterns_of(statement: dict[str, Any]) -> list[str]:
    """The prefixes that may be listed, or the resources of other actions."""
    condition = statement.get("Condition")
    return condition["StringLike"]["s3:prefix"] if condition else statement["Resource"]
