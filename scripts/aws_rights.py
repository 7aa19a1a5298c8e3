"""Write what the roles of infra/aws may do with the data root: infra/aws/rights/*.json.

    python scripts/aws_rights.py

The calls are listed once, in plugins/squatwatch/store/s3_policy.py; a test holds that these files follow it. Terraform
fills in what stands in `${…}`.
"""

from __future__ import annotations

import json
from pathlib import Path

from squatwatch.store.s3_policy import Policy, Role, bucket_policy, policy_of

FOLDER = Path(__file__).resolve().parents[1] / "infra/aws/rights"
URL = "s3://${bucket}/data"
KEY = "arn:${partition}:kms:${region}:${account}:key/${key}"


def main() -> None:
    for name, policy in policies().items():
        (FOLDER / f"{name}.json").write_text(text_of(policy))


def policies() -> dict[str, Policy]:
    """Return the policies by the names of their files: of the roles that the stack has, and of its bucket."""
    roles = (Role.READER, Role.WORKER, Role.PRUNE)
    return {role.value: policy_of(role, URL, KEY) for role in roles} | {"bucket": bucket_policy(URL, KEY)}


def text_of(policy: Policy) -> str:
    """Return a policy as its file has it."""
    return json.dumps(policy, indent=2) + "\n"


if __name__ == "__main__":
    main()
