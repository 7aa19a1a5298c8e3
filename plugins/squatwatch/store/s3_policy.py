"""The rights that a data root in S3 needs: one list of the calls that are made, and the policies that follow."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Role(StrEnum):
    """Roles that ask a bucket. Each asks what is in the list below and nothing else."""

    READER = "reader"  # query, export, status, sync
    WORKER = "worker"  # every step, publish and move
    MIRROR = "mirror"  # a worker that publishes with SQUATWATCH_STORE_MIRROR
    PRUNE = "prune"  # squatwatch store prune


class Call(NamedTuple):
    """A call of S3 below a part of the data root, and the roles that make it."""

    action: str  # the name of the right to make it
    part: str
    roles: frozenset[Role]


EVERYBODY = frozenset(Role)
WORKERS = frozenset({Role.WORKER, Role.MIRROR})
MIRRORS, PRUNES = frozenset({Role.MIRROR}), frozenset({Role.PRUNE})

CALLS = (
    Call("s3:ListBucket", "commits/", EVERYBODY),
    Call("s3:ListBucket", "catalog/", EVERYBODY),
    Call("s3:ListBucket", "objects/", EVERYBODY),
    Call("s3:ListBucket", "prune/", WORKERS | PRUNES),
    Call("s3:ListBucket", "checkpoints/", WORKERS),
    Call("s3:ListBucket", "published/", MIRRORS),
    Call("s3:GetObject", "commits/", EVERYBODY),
    Call("s3:GetObject", "catalog/", EVERYBODY),
    Call("s3:GetObject", "objects/", EVERYBODY - PRUNES),
    Call("s3:GetObject", "published/_mirror.json", MIRRORS),
    Call("s3:GetObject", "checkpoints/", WORKERS),
    Call("s3:GetObject", "cluster.json", WORKERS),
    Call("s3:PutObject", "cluster.json", WORKERS),
    Call("s3:PutObject", "checkpoints/", WORKERS),
    Call("s3:PutObject", "objects/", WORKERS),
    Call("s3:PutObject", "commits/", WORKERS),
    Call("s3:PutObject", "catalog/", WORKERS),
    Call("s3:PutObject", "published/", MIRRORS),
    Call("s3:PutObject", "prune/", PRUNES),
    Call("s3:DeleteObject", "checkpoints/", WORKERS),
    Call("s3:DeleteObject", "catalog/", WORKERS),
    Call("s3:DeleteObject", "published/", MIRRORS),
    Call("s3:DeleteObject", "objects/", PRUNES),
    Call("s3:DeleteObject", "prune/", PRUNES),
)
NEVER_REPLACED = ("commits/", "catalog/", "cluster.json")
KMS_ACTIONS = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}  # that S3 needs for a call

Policy = dict[str, Any]


def policy_of(role: Role, url: str, kms_key: str | None = None) -> Policy:
    """Return the IAM policy of least rights of a role, for the data root at `s3://bucket/prefix`."""
    bucket, root = _arns(url, kms_key)
    parts: dict[str, list[str]] = {}
    for call in CALLS:
        if role in call.roles:
            parts.setdefault(call.action, []).append(call.part)
    listed = [f"{_prefix(url)}{part}*" for part in parts.pop("s3:ListBucket")]
    statements = [
        _allow("List", "s3:ListBucket", bucket) | {"Condition": {"StringLike": {"s3:prefix": listed}}},
        *(_allow(action[3:], action, *(f"{root}{part}*" for part in parts[action])) for action in parts),
    ]
    if kms_key:
        statements.append(_use_of_key(kms_key, [KMS_ACTIONS[action] for action in parts if action in KMS_ACTIONS]))
    return {"Version": "2012-10-17", "Statement": statements}


def bucket_policy(url: str, kms_key: str | None = None) -> Policy:
    """Return the policy of the bucket: TLS only, commits stay as they are, all is encrypted with the key."""
    bucket, root = _arns(url, kms_key)
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    statements = [
        _deny("OnlyOverTLS", "s3:*", [bucket, f"{root}*"], plain),
        _deny(
            "NothingIsReplaced",
            "s3:PutObject",
            [f"{root}{part}*" for part in NEVER_REPLACED],
            {"Null": {"s3:if-none-match": "true"}},
        ),
        _deny("CommitsStay", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [f"{root}commits/*"]),
    ]
    if kms_key:
        header, value = (
            ("s3:x-amz-server-side-encryption-aws-kms-key-id", kms_key)
            if kms_key.startswith("arn:") and ":key/" in kms_key
            else ("s3:x-amz-server-side-encryption", "aws:kms")
        )
        statements.append(_deny("OnlyEncrypted", "s3:PutObject", [f"{root}*"], {"StringNotEquals": {header: value}}))
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(name: str, action: str | list[str], *resources: str) -> Policy:
    return {"Sid": name, "Effect": "Allow", "Action": action, "Resource": list(resources)}


def _deny(name: str, action: str | list[str], resources: list[str], condition: Policy | None = None) -> Policy:
    denied = {"Sid": name, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources}
    return denied | ({"Condition": condition} if condition else {})


def _use_of_key(kms_key: str, actions: Iterable[str]) -> Policy:
    """Return the statement for a key that is named by its ARN, its ID or an alias."""
    keys = f"arn:{_partition(kms_key)}:kms:*:*:key"
    if "alias/" in kms_key:
        alias = kms_key[kms_key.index("alias/") :]
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
        return _allow("Key", list(actions), f"{keys}/*") | {"Condition": condition}
    return _allow("Key", list(actions), kms_key if kms_key.startswith("arn:") else f"{keys}/{kms_key}")


def _arns(url: str, kms_key: str | None) -> tuple[str, str]:
    """Return the ARN of the bucket, and what those of all objects of the data root begin with."""
    bucket = f"arn:{_partition(kms_key)}:s3:::{urlsplit(url).netloc}"
    return bucket, f"{bucket}/{_prefix(url)}"


def _partition(kms_key: str | None) -> str:
    """Return the part of AWS, such as `aws-cn`, that the key's ARN names; a bucket's own ARN names no other."""
    return kms_key.split(":")[1] if kms_key and kms_key.startswith("arn:") else "aws"


def _prefix(url: str) -> str:
    prefix = urlsplit(url).path.strip("/")
    return f"{prefix}/" if prefix else ""
