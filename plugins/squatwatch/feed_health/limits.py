"""Limits of a figure, and the strengths of a check: what stops a date and what is only told."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

Number = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Severity = Literal["stop", "tell"]


class Strict(BaseModel):
    """A block of the rules file, in which every key and type is known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Limits(Strict):
    """What a figure may be: absolute."""

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
        """Least and most of a figure whose usual value is `usual`, None where there is too little history."""
        return self.least, self.most


class ShareLimits(Limits):
    """The same for a share of names or lines."""

    least: Share | None = None
    most: Share | None = None


class UsualLimits(Limits):
    """Absolute, and against the usual; where both are given, both hold."""

    least_of_usual: Number | None = None
    most_of_usual: Number | None = None
    most_above_usual: Number | None = None

    def in_force(self, usual: float | None) -> tuple[float | None, float | None]:
        if usual is None:
            return self.least, self.most
        leasts = [self.least, _times(self.least_of_usual, usual)]
        mosts = [self.most, _times(self.most_of_usual, usual), _plus(self.most_above_usual, usual)]
        return max(_given(leasts), default=None), min(_given(mosts), default=None)


class UsualShareLimits(ShareLimits, UsualLimits):
    """Both for a share."""


AnyLimits = TypeVar("AnyLimits", bound=Limits)


class Rule(Strict, Generic[AnyLimits]):
    """A check in up to two strengths; with neither it is switched off."""

    stop: AnyLimits | None = None
    tell: AnyLimits | None = None

    def strengths(self, usual: float | None) -> list[tuple[Severity, float | None, float | None]]:
        """Severity, least and most of each strength that can be judged, the stronger one first."""
        given: list[tuple[Severity, Limits | None]] = [("stop", self.stop), ("tell", self.tell)]
        limits = [(severity, *each.in_force(usual)) for severity, each in given if each]
        return [(severity, least, most) for severity, least, most in limits if (least, most) != (None, None)]


class MissingRule(Rule[ShareLimits]):
    missing_below: Share


class FloodRule(Rule[ShareLimits]):
    flood_times: Annotated[float, Field(gt=1)]


def _given(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _times(factor: float | None, usual: float) -> float | None:
    return None if factor is None else factor * usual


def _plus(difference: float | None, usual: float) -> float | None:
    return None if difference is None else usual + difference
