"""Policies and requests made at random: for every rule of IAM that is known here there are some that it decides.

Left out is what the simulator judges otherwise, and IAM's own documents as we do (`test_policy.py` has these cases): a
policy variable without a value in a negated condition or in NotResource, `${*}` where nothing is a pattern, addresses
of both families, `0.0.0.0/0`, times in seconds, an ARN that ends early in NotResource. What IAM refuses to store, such
as an unknown operator, the simulator does not judge at all.
"""

from __future__ import annotations

from random import Random

ACTION = "sagemaker:InvokeEndpoint"
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/"
PRINCIPAL = "arn:aws:iam::123456789012:user/analyst"
MODELS = ["acme/1", "acme/2", "globex/1", "team-a/model", "Acme/1", "a.b/1", "${aws:username}"]
TAG = "aws:PrincipalTag/team"

ACTIONS = [
    ACTION, "sagemaker:invokeendpoint", "SageMaker:InvokeEndpoint", "sagemaker:*", "sagemaker:Invoke*", "*",
    "sagemaker:InvokeEndpoint?sync", "sagemaker:InvokeEndpoin?", "sagemaker:Describe*", "s3:*", "sagemaker:*Endpoint",
]  # fmt: skip
RESOURCES = [
    "*", f"{ENDPOINT}squatwatch", f"{ENDPOINT}*", f"{ENDPOINT}squat*", f"{ENDPOINT}squatwatc?", f"{ENDPOINT}other",
    "arn:aws:sagemaker:*:123456789012:endpoint/*", "arn:aws:sagemaker:us-*:*:*", "arn:aws:sagemaker:*:*:endpoint/s*h",
    "arn:aws:sagemaker:us-east-1:999999999999:endpoint/*", "arn:*:sagemaker:us-east-1:123456789012:endpoint/*",
    f"{ENDPOINT}${{aws:username}}", f"{ENDPOINT}${{{TAG}}}", f"{ENDPOINT}${{{TAG}, 'squatwatch'}}",
    "arn:aws:sagemaker:us-east-1:*squatwatch", "arn:aws:sagemaker:*", f"{ENDPOINT}SQUATWATCH", f"{ENDPOINT}squat${{*}}",
]  # fmt: skip
TEXTS = [
    "acme/1", "acme/*", "*", "globex/?", "acme", "Acme/1", "a?b/1", "a.b/1", "${aws:username}", "${aws:username}/*",
    "team-a", "analyst", f"${{{TAG}}}/model", "*/1", "a*1", "",
]  # fmt: skip
PATTERNS = [*TEXTS, "${$}{aws:username}", "acme/${*}", "acme/${?}"]
ARNS = [
    PRINCIPAL,
    "arn:aws:iam::*:user/analyst",
    "arn:aws:iam::123456789012:user/${aws:username}",
    "arn:aws:iam::*:role/*",
]
TIMES = ["2026-11-29T12:00:00Z", "2026-11-29T11:59:59Z", "2026-12-01", "2026-11-01"]
STRINGS = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]
VALUES = {
    **{name: (["sagemaker:TargetModel", TAG, "aws:username", "SAGEMAKER:targetmodel"], TEXTS) for name in STRINGS},
    **{name: (["sagemaker:TargetModel", TAG], PATTERNS) for name in ("StringLike", "StringNotLike")},
    **{name: (["aws:PrincipalArn"], ARNS) for name in ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals")},
    "Bool": (["aws:SecureTransport"], ["true", "false", "True"]),
    "Null": (["sagemaker:TargetModel", TAG, "aws:username"], ["true", "false"]),
    **{
        name: (["aws:SourceIp"], ["192.0.2.0/24", "192.0.2.7", "198.51.100.0/24", "198.51.0.0/16"])
        for name in ("IpAddress", "NotIpAddress")
    },
    **{
        f"Date{name}": (["aws:CurrentTime"], TIMES)
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    },
}  # fmt: skip


def some(rng: Random, choices: list[str]) -> str | list[str]:
    """One of them alone, or a list of up to three."""
    return rng.choice(choices) if rng.random() < 0.5 else rng.sample(choices, min(len(choices), rng.randint(1, 3)))


def condition_block(rng: Random) -> dict:
    block: dict = {}
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        operator = rng.choice(list(VALUES))
        keys, values = VALUES[operator]
        if operator != "Null":
            before, after = rng.choice(
                [("", ""), ("", ""), ("", "IfExists"), ("ForAnyValue:", ""), ("ForAllValues:", "")]
            )
            operator = f"{before}{operator}{after}"
        if "Not" in operator:
            values = [value for value in values if "${aws" not in value]
        block.setdefault(operator, {})[rng.choice(keys)] = some(rng, values)
    return block


def statement(rng: Random) -> dict:
    whole = [arn for arn in RESOURCES if "${aws" not in arn and arn.count(":") in (0, 5)]
    resource, arns = rng.choice([("Resource", RESOURCES)] * 5 + [("NotResource", whole)])
    made = {
        "Effect": rng.choice(["Allow", "Allow", "Deny"]),
        rng.choice(["Action"] * 5 + ["NotAction"]): some(rng, ACTIONS),
        resource: some(rng, arns),
    }
    block = condition_block(rng)
    return made | ({"Condition": block} if block else {})


def policy(rng: Random) -> dict:
    statements = [statement(rng) for _ in range(rng.randint(1, 3))]
    return {"Version": "2012-10-17", "Statement": statements[0] if len(statements) == 1 else statements}


def context(rng: Random) -> dict[str, str]:
    known = {
        "aws:username": "analyst",
        "aws:PrincipalArn": PRINCIPAL,
        "aws:SecureTransport": rng.choice(["true", "false"]),
        "aws:SourceIp": rng.choice(["192.0.2.7", "198.51.100.9"]),
        "aws:CurrentTime": "2026-11-29T12:00:00Z",
        "sagemaker:TargetModel": rng.choice(MODELS),
        TAG: rng.choice(["team-a", "squatwatch", "*"]),
    }
    return {key: value for key, value in known.items() if rng.random() < 0.85}


def case(seed: int) -> dict:
    rng = Random(seed)
    return {
        "policies": [policy(rng) for _ in range(rng.choice([1, 1, 2]))],
        "action": ACTION,
        "resource": f"{ENDPOINT}squatwatch",
        "principal": PRINCIPAL,
        "context": context(rng),
    }
