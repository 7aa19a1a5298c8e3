"""What does not fit in an access file, in words that name the user, the policy and the statement, and no secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from squatwatch.access.context import is_known_key
from squatwatch.access.policies.policy_document import Statement
from squatwatch.access.principals import AccessRules

REASONS = {
    "extra_forbidden": "there is no such key; remove it",
    "missing": "it is missing; add it",
    "string_pattern_mismatch": "it has another form; docs/serving-access.md shows the right one",
}
ONE_OF = {"access_keys": "access key", "policies": "policy", "Statement": "statement"}


class KeyTwice(ValueError):
    """A key stands twice in an object: JSON itself takes the last and loses the first unseen."""


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object. Raises KeyTwice where a key stands in it twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise KeyTwice(f"an object has the key {twice!r} twice; remove one of them")
    return found


def complaints(error: ValidationError) -> str:
    """Return where something does not fit, and what; never the value, which may be a secret."""
    return "; ".join(_complaint(problem) for problem in error.errors(include_url=False, include_input=False))


def warnings_about(file: str, rules: AccessRules) -> Iterator[str]:
    """Yield what can be served and is not what its author meant; each begins with `file`."""
    for place, statement in _statements(rules):
        for condition in statement.conditions:
            if problem := condition.problem:
                effect = "counts as met, so it denies" if statement.effect == "Deny" else "is never met"
                yield f"{file}, {place}: {problem}; the condition {effect}; correct it"
            elif not is_known_key(condition.key):
                yield f"{file}, {place}: no request has the condition key {condition.key}; correct its name"


def _statements(rules: AccessRules) -> Iterator[tuple[str, Statement]]:
    for name, user in rules.users.items():
        for policy_number, policy in enumerate(user.policies, 1):
            for number, statement in enumerate(policy.statement, 1):
                yield f"user {name}, policy {policy_number}, statement {number}", statement


def _complaint(problem: Any) -> str:
    reason = REASONS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    place = _place(problem["loc"])
    return f"{place}: {reason}" if place else reason


def _place(parts: tuple[str | int, ...]) -> str:
    """Return people's words for the place of an error: user anna, policy 1, statement 2, Effect."""
    words: list[str] = []
    for part in parts:
        if isinstance(part, int):
            words[-1] = f"{ONE_OF.get(words[-1], words[-1])} {part + 1}"
        elif words and words[-1] == "users":
            words[-1] = f"user {part}"
        elif part != "[key]":
            words.append(part)
    return ", ".join(words)
