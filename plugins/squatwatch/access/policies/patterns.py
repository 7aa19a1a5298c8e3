"""Texts of a policy that are compared: `*` and `?`, and policy variables such as `${aws:username}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, str]  # what is known of a request, by condition key in lower case

# ${*}, ${?} and ${$} stand for the character itself; a default stands after a comma: ${aws:PrincipalTag/team, 'none'}
VARIABLE = re.compile(r"\$\{(?P<name>[^},]+?)\s*(?:,\s*'(?P<default>[^']*)')?\}")
CHARACTERS = {"*", "?", "$"}
ARN_PARTS = 6


def is_equal(wanted: str, given: str, context: Context) -> bool:
    """Return whether a text is the wanted one, variables filled in. A variable that has no value equals nothing."""
    return _matches(wanted, given, context, wildcards=False)


def is_equal_ignoring_case(wanted: str, given: str, context: Context) -> bool:
    """Return the same, where upper and lower case are equal."""
    return _matches(wanted, given, context, wildcards=False, ignore_case=True)


def is_like(wanted: str, given: str, context: Context) -> bool:
    """Return whether a text is like the wanted one, in which `*` stands for any text and `?` for one character."""
    return _matches(wanted, given, context)


def is_arn_like(wanted: str, given: str, context: Context) -> bool:
    """Return whether an ARN is like the wanted one, part by part: a `*` never reaches over a colon before the resource.

    Parts that are missing at the end of the wanted one may be anything, as in IAM.
    """
    if wanted == "*":
        return True
    parts, given_parts = wanted.split(":", ARN_PARTS - 1), given.split(":", ARN_PARTS - 1)
    parts += ["*"] * (ARN_PARTS - len(parts))
    return len(given_parts) == ARN_PARTS and all(
        is_like(part, given_part, context) for part, given_part in zip(parts, given_parts, strict=True)
    )


def is_action_like(wanted: str, given: str) -> bool:
    """Return whether an action (`sagemaker:InvokeEndpoint`) is the wanted one; upper and lower case are equal."""
    return _matches(wanted, given, {}, ignore_case=True)


def has_unknown_variable(text: str, context: Context) -> bool:
    """Return whether a text has a variable for which the request has no value."""
    return any(_value(variable, context) is None for variable in VARIABLE.finditer(text))


def _matches(wanted: str, given: str, context: Context, *, wildcards: bool = True, ignore_case: bool = False) -> bool:
    pieces: list[str] = []
    end = 0
    for variable in VARIABLE.finditer(wanted):
        value = _value(variable, context)
        if value is None:
            return False
        pieces += [_regex(wanted[end : variable.start()], wildcards), re.escape(value)]
        end = variable.end()
    pieces.append(_regex(wanted[end:], wildcards))
    return _compiled("".join(pieces), ignore_case).fullmatch(given) is not None


def _value(variable: re.Match[str], context: Context) -> str | None:
    name = variable["name"].strip()
    return name if name in CHARACTERS else context.get(name.lower(), variable["default"])


def _regex(text: str, wildcards: bool) -> str:
    escaped = re.escape(text)
    return re.sub(r"(\\\*)+", ".*", escaped).replace(r"\?", ".") if wildcards else escaped


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
