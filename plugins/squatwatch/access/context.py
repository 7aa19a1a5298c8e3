"""What is known of a request when policies are asked: the condition keys, and their values."""

from __future__ import annotations

from datetime import datetime

from squatwatch.access.policies.patterns import Context
from squatwatch.access.principal import Principal
from squatwatch.access.request import Request

TARGET_MODEL = "sagemaker:TargetModel"
TAG = "aws:PrincipalTag/"
KEYS = frozenset(
    "aws:CurrentTime aws:EpochTime aws:PrincipalAccount aws:PrincipalArn aws:PrincipalType aws:RequestedRegion "
    "aws:SecureTransport aws:SourceIp aws:username".split()
) | {TARGET_MODEL}


def context_of(principal: Principal, request: Request, target_model: str | None, now: datetime) -> Context:
    """Return `{condition key in lower case: value}`; what the request has no value for is left out."""
    values = {
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalType": "User",
        "aws:RequestedRegion": principal.region,
        "aws:SecureTransport": str(request.is_tls).lower(),
        "aws:SourceIp": request.source_ip,
        "aws:username": principal.name,
        TARGET_MODEL: target_model,
    } | {f"{TAG}{name}": value for name, value in principal.tags.items()}
    return {key.lower(): value for key, value in values.items() if value is not None}


def is_known_key(key: str) -> bool:
    """Return whether requests may have a value for a condition key."""
    return key.lower() in {known.lower() for known in KEYS} or key.lower().startswith(TAG.lower())
