"""The rules of feed health, `feed_health.yml`: which checks stop a date, which warn, and their limits.

The file is read strictly. A key that nobody knows, a limit that can never matter and a share above 1 are errors:
a gate that silently does not close is worse than none.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from squatwatch.errors import SquatwatchError
from squatwatch.feed_health.limits import (
    FloodRule,
    Limits,
    MissingRule,
    Rule,
    RulesBlock,
    ShareLimits,
    UsualLimits,
    UsualShareLimits,
)
from squatwatch.files.yamlfile import load_yaml
from squatwatch.ingest.load import InputName
from squatwatch.settings import SourceName

SHIPPED = Path(__file__).parent / "feed_health.yml"

Dates = Annotated[int, Field(ge=1)]


class Checks(RulesBlock):
    """A rule for each check."""

    received: Rule[Limits] | None = None
    name_count: Rule[UsualLimits] | None = None
    reject_share: Rule[UsualShareLimits] | None = None
    idn_share: Rule[UsualShareLimits] | None = None
    three_level_share: Rule[UsualShareLimits] | None = None
    missing_tlds: MissingRule | None = None
    missing_initials: MissingRule | None = None
    tld_flood: FloodRule | None = None
    seen_before: Rule[ShareLimits] | None = None
    overlap: Rule[ShareLimits] | None = None
    repeated_list: Rule[Limits] | None = None


class History(RulesBlock):
    """The numbers of dates that a date is compared with."""

    dates: Dates
    usual_from_dates: Dates
    weekday_from_dates: Dates


class Rules(RulesBlock):
    """The whole rules file."""

    history: History
    checks: Checks
    sources: dict[Literal[SourceName, InputName], Checks] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> Rules:
        if missing := [name for name, rule in self.checks if rule is None]:
            raise ValueError(f"checks lacks {', '.join(missing)}; `{missing[0]}: {{}}` switches a check off")
        return self

    def of(self, source: str) -> dict[str, Any]:
        """Return the rule of each check for a source, its own where it has one."""
        own = next((checks for name, checks in self.sources.items() if name == source), Checks())
        return {name: getattr(own, name) or rule for name, rule in self.checks}

    def fingerprint(self) -> str:
        """Return what stands for the rules; comments and order in the file do not count."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def read_rules(file: Path | None) -> Rules:
    """Return the rules of the file, the shipped ones where there is none.

    Raises SquatwatchError naming the file, the key and the value that does not do.
    """
    path = file or SHIPPED
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SquatwatchError(
            f"the feed health rules {path} cannot be read ({error}); correct SQUATWATCH_FEED_HEALTH_FILE"
        ) from None
    return _parsed(path, text)


@cache
def _parsed(path: Path, text: str) -> Rules:
    """Parse once for all dates of a process: it takes longer than the footers of a window."""
    try:
        return Rules.model_validate(load_yaml(text) or {})
    except yaml.YAMLError as error:
        wrong = " ".join(str(error).split())
    except ValidationError as error:
        wrong = "; ".join(_complaint(problem) for problem in error.errors(include_url=False))
    raise SquatwatchError(f"the feed health rules {path} do not fit: {wrong}")


def _complaint(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    given = "" if isinstance(error["input"], dict | BaseModel) else f" is {error['input']!r}"
    reasons = {
        "extra_forbidden": "there is no such key",
        "missing": "it is missing",
        "model_type": "it has to be a block of keys",
    }
    reason = reasons.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"{key}{given}: {reason}" if key else reason
