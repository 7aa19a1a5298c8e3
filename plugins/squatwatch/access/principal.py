"""Who asks: the user to whom the key of a verified signature belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Principal:
    """A user, as policies and logs name it. It holds no secret."""

    name: str
    account: str
    region: str
    access_key_id: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The user's ARN."""
        return f"arn:aws:iam::{self.account}:user/{self.name}"

    def endpoint_arn(self, endpoint: str) -> str:
        """Return the ARN of an endpoint of this account and region."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:endpoint/{endpoint}"
