"""A policy document as IAM has it, read strictly: an element that nobody knows is an error, no silent hole."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_pascal

from squatwatch.access.policies.conditions import Condition, conditions_of


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_text(value: Any) -> Any:
    """Return a value of a condition as IAM compares it: true and 1 may stand without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Value = Annotated[str, BeforeValidator(_as_text)]
Action = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$")]
Resource = Annotated[str, StringConstraints(pattern=r"^(\*|arn:.+)$")]
# IAM completes an ARN that ends early; what an exception would then except is not said anywhere
WholeResource = Annotated[str, StringConstraints(pattern=r"^(\*|arn(:[^:]*){4}:.+)$")]
Values = Annotated[list[Value], Field(min_length=1), BeforeValidator(_as_list)]
Actions = Annotated[list[Action], Field(min_length=1), BeforeValidator(_as_list)]
Resources = Annotated[list[Resource], Field(min_length=1), BeforeValidator(_as_list)]
Keys = Annotated[dict[str, Values], Field(min_length=1)]  # an operator without a key would be a condition always met
Exceptions = Annotated[list[WholeResource], Field(min_length=1), BeforeValidator(_as_list)]


class Element(BaseModel):
    """A part of a policy: its keys are written `LikeThis`, and no other key may stand there."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_pascal)


class Statement(Element):
    """A statement: its effect, on which actions and resources, under which conditions."""

    sid: str = ""
    effect: Literal["Allow", "Deny"]
    action: Actions | None = None
    not_action: Actions | None = None
    resource: Resources | None = None
    not_resource: Exceptions | None = None
    condition: dict[str, Keys] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.action is None) == (self.not_action is None):
            raise ValueError("it needs either Action or NotAction")
        if (self.resource is None) == (self.not_resource is None):
            raise ValueError("it needs either Resource or NotResource")
        return self

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions, one by one."""
        return tuple(conditions_of(self.condition))


class Policy(Element):
    """A policy document. Without a version it is one of 2008, which has no policy variables."""

    version: Literal["2012-10-17", "2008-10-17"] = "2008-10-17"
    id: str = ""
    statement: Annotated[list[Statement], Field(min_length=1), BeforeValidator(_as_list)]

    @model_validator(mode="after")
    def _variables_need_the_newer_version(self) -> Self:
        if self.version == "2008-10-17" and any("${" in text for text in self._texts()):
            raise ValueError('policy variables ("${…}") need "Version": "2012-10-17"')
        return self

    def _texts(self) -> Iterator[str]:
        for statement in self.statement:
            yield from statement.resource or statement.not_resource or ()
            yield from (value for condition in statement.conditions for value in condition.values)
