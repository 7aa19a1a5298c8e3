"""Limits of a figure, and the strengths of a check: what stops a date and what only gives a warning."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

Number = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Severity = Literal["stop", "warn"]
FORMER_WARN = "tell"  # the key of `warn` in the rules of releases up to 0.2.0


class RulesBlock(BaseModel):
    """A block of the rules file, in which every key and type is known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Limits(RulesBlock):
    """Absolute limits of a figure."""

    least: Number | None = None
    most: Number | None = None

    @model_validator(mode="after")
    def _say_something(self) -> Limits:
        if all(value is None for _, value in self):
            raise ValueError("it has no limit")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least {self.least:g} is above most {self.most:g}")
        return self

    def in_force(self, usual: float | None) -> tuple[float | None, float | None]:
        """Return least and most of a figure whose usual value is `usual`, None where there is too little history."""
        return self.least, self.most


class ShareLimits(Limits):
    """Absolute limits of a share of names or lines."""

    least: Share | None = None
    most: Share | None = None


class UsualLimits(Limits):
    """Limits that are absolute, and against the usual; where both are given, both hold."""

    least_of_usual: Number | None = None
    most_of_usual: Number | None = None
    most_above_usual: Number | None = None

    def in_force(self, usual: float | None) -> tuple[float | None, float | None]:
        """Return least and most, those against the usual included where it is known."""
        if usual is None:
            return self.least, self.most
        leasts = [self.least, _times(self.least_of_usual, usual)]
        mosts = [self.most, _times(self.most_of_usual, usual), _plus(self.most_above_usual, usual)]
        return max(_given(leasts), default=None), min(_given(mosts), default=None)


class UsualShareLimits(ShareLimits, UsualLimits):
    """Absolute limits and limits against the usual, of a share."""


AnyLimits = TypeVar("AnyLimits", bound=Limits)


class Rule(RulesBlock, Generic[AnyLimits]):
    """A check in up to two strengths; with neither it is switched off."""

    stop: AnyLimits | None = None
    warn: AnyLimits | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_former_word(cls, block: Any) -> Any:
        """Take `tell`, as users' files may still have it, for `warn`."""
        if not isinstance(block, dict) or FORMER_WARN not in block:
            return block
        if "warn" in block:
            raise ValueError(f"`{FORMER_WARN}` is the former word for `warn`; keep `warn` only")
        return {"warn" if key == FORMER_WARN else key: value for key, value in block.items()}

    def strengths(self, usual: float | None) -> list[tuple[Severity, float | None, float | None]]:
        """Return severity, least and most of each strength that has limits here, the stronger one first."""
        given: list[tuple[Severity, Limits | None]] = [("stop", self.stop), ("warn", self.warn)]
        in_force = [(severity, *limits.in_force(usual)) for severity, limits in given if limits]
        return [(severity, least, most) for severity, least, most in in_force if (least, most) != (None, None)]


class MissingRule(Rule[ShareLimits]):
    """Limits of what is missing; missing is what has at most `missing_below` of its usual names."""

    missing_below: Share


class FloodRule(Rule[ShareLimits]):
    """Limits of a flood; flooded is what has at least `flood_times` its usual names."""

    flood_times: Annotated[float, Field(gt=1)]


def _given(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _times(factor: float | None, usual: float) -> float | None:
    return None if factor is None else factor * usual


def _plus(difference: float | None, usual: float) -> float | None:
    return None if difference is None else usual + difference
