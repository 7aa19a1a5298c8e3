"""The access file: account, region, and the users with their keys, tags and policies. It is read strictly."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from squatwatch.access.policies.policy_document import Policy
from squatwatch.access.principal import Principal
from squatwatch.settings import HomePath

UserName = Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]{1,64}$")]
Secret = Annotated[SecretStr, Field(min_length=1)]


class Strict(BaseModel):
    """A part of the access file, in which no other key may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AccessKey(Strict):
    """A key, and its secret or the file in which the secret stands; temporary credentials have a token and an end."""

    access_key_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{3,128}$")]
    secret_access_key: Secret | None = None
    secret_access_key_file: HomePath | None = None
    session_token: Secret | None = None
    expires_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.secret_access_key is None) == (self.secret_access_key_file is None):
            raise ValueError("it needs either secret_access_key or secret_access_key_file")
        if self.expires_at and not self.session_token:
            raise ValueError("expires_at is for temporary credentials: add their session_token, or remove it")
        return self

    def is_expired(self, now: datetime) -> bool:
        """Return whether the time of temporary credentials is over."""
        return self.expires_at is not None and self.expires_at <= now


class User(Strict):
    """A user: the keys (two, while one replaces the other; none locks the user out), tags and policies."""

    access_keys: list[AccessKey]
    tags: dict[str, str] = Field(default_factory=dict)
    policies: list[Policy] = Field(default_factory=list)


class AccessRules(Strict):
    """The whole access file."""

    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")] = "us-east-1"
    users: dict[UserName, User]  # none: nobody may ask

    @model_validator(mode="after")
    def _each_key_once(self) -> Self:
        count = Counter(key.access_key_id for user in self.users.values() for key in user.access_keys)
        if twice := [key for key, number in count.items() if number > 1]:
            raise ValueError(f"the access key {', '.join(sorted(twice))} stands more than once; give each user its own")
        return self

    @cached_property
    def holders(self) -> dict[str, tuple[str, AccessKey]]:
        """The `(name of the user, key)` of each access key's id."""
        return {key.access_key_id: (name, key) for name, user in self.users.items() for key in user.access_keys}

    def principal(self, name: str, access_key_id: str) -> Principal:
        """Return the user who asks with a key."""
        return Principal(name, self.account, self.region, access_key_id, self.users[name].tags)

    def secret_files(self) -> list[Path]:
        """Return the files in which secrets stand."""
        keys = [key for user in self.users.values() for key in user.access_keys]
        return [key.secret_access_key_file for key in keys if key.secret_access_key_file]

    def holds_secrets(self) -> bool:
        """Return whether secrets stand in the access file itself."""
        return any(
            key.secret_access_key or key.session_token for user in self.users.values() for key in user.access_keys
        )
