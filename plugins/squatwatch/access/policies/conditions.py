"""Conditions of a policy's statement: `{operator: {key: value or values}}`, all of which must hold.

A condition that cannot be judged, because its operator or its value is not known here, never opens the door: it counts
as met in a statement that denies, and as not met in one that allows. IAM itself refuses to store such a policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from squatwatch.access.policies.operators import OPERATORS, Operator
from squatwatch.access.policies.patterns import Context

IF_EXISTS = "IfExists"
SET_OPERATORS = ("ForAllValues", "ForAnyValue")


@dataclass(frozen=True)
class Condition:
    """One operator, one key, and the values of which one must fit (none, where the operator is negated)."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context, *, in_doubt: bool) -> bool:
        """Return whether a request meets the condition; `in_doubt` is the answer where that cannot be judged."""
        if self.problem:
            return in_doubt
        given = context.get(self.key.lower())
        set_operator, name, is_optional = _taken_apart(self.operator)
        if name == "Null":
            return ("true" if given is None else "false") in [value.lower() for value in self.values]
        operator = OPERATORS[name]
        if given is None:
            return set_operator == "ForAllValues" or (not set_operator and (is_optional or operator.is_negated))
        if not _can_compare(operator, given):
            return in_doubt
        return any(operator.compare(value, given, context) for value in self.values) != operator.is_negated

    @cached_property
    def problem(self) -> str | None:
        """Why the condition cannot be judged, None where it can."""
        set_operator, name, is_optional = _taken_apart(self.operator)
        if set_operator not in ("", *SET_OPERATORS) or name not in (*OPERATORS, "Null"):
            return f"the operator {self.operator} is not known here"
        if name == "Null" and (set_operator or is_optional):
            return f"the operator {self.operator} is not known here, Null stands alone"
        operator = OPERATORS["Bool" if name == "Null" else name]  # both compare with true and false
        wrong = next((value for value in self.values if not _can_compare(operator, value)), None)
        return None if wrong is None else f"{self.operator} cannot compare {self.key} with {wrong!r}"


def conditions_of(block: dict[str, dict[str, list[str]]]) -> Iterator[Condition]:
    """Yield each condition of a statement's block."""
    for operator, keys in block.items():
        for key, values in keys.items():
            yield Condition(operator, key, tuple(values))


def _taken_apart(operator: str) -> tuple[str, str, bool]:
    """Return `(set operator or "", operator, whether it ends with IfExists)`."""
    set_operator, _, name = operator.rpartition(":")
    return set_operator, name.removesuffix(IF_EXISTS), name.endswith(IF_EXISTS)


def _can_compare(operator: Operator, value: str) -> bool:
    try:
        operator.check_value(value)
    except (ValueError, OverflowError):
        return False
    return True
