"""The first step of a request: what is a registrable domain, and its label, by the rules of the step `load`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from squatwatch.names.suffixes import public_suffixes

# most names are plain: small letters, digits and hyphens in two labels, neither of which hides another script
PLAIN = re.compile(r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.[a-z]{2,63}")


class CutName(NamedTuple):
    """A name as the pipeline has it: `domain` in A-labels, `label` in Unicode; or the reason why it is none."""

    domain: str | None
    label: str | None
    error: str | None = None


def cut_names(names: Sequence[str]) -> list[CutName]:
    """Return each name cut, in order: `www.` is a reason to reject it, as a list's line would be."""
    suffixes = public_suffixes(name if PLAIN.fullmatch(name) else None for name in names)
    plain = {name: name.split(".") for name in names}
    others = [name for name, suffix in zip(names, suffixes, strict=True) if suffix is None or suffix != plain[name][-1]]
    cut = _normalised(list(dict.fromkeys(others))) if others else {}
    return [cut.get(name) or CutName(name, plain[name][0]) for name in names]


def _normalised(names: Sequence[str]) -> dict[str, CutName]:
    """Return the names as the step `load` cuts and rejects them."""
    import polars as pl

    from squatwatch.ingest.normalise import examine, with_label

    lines = pl.DataFrame({"text": names, "reason": None}, schema={"text": pl.String, "reason": pl.String})
    examined = examine(lines)
    cut = with_label(examined.filter(pl.col("reason").is_null())).select("text", "domain", "label")
    rejected = examined.filter(pl.col("reason").is_not_null()).select("text", "reason")
    return {name: CutName(domain, label) for name, domain, label in cut.iter_rows()} | {
        name: CutName(None, None, reason) for name, reason in rejected.iter_rows()
    }
