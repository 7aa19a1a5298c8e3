"""A list's lines become registrations, duplicates or rejects; together they are all of its lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from squatwatch.lake.tables import REGISTRATIONS, REJECTS
from squatwatch.names import idn
from squatwatch.names.suffixes import LONGEST_LABEL, LONGEST_NAME, public_suffixes

AT_ONCE = 100_000  # lines that are examined at a time: bounds what is needed beside lines and names


@dataclass(frozen=True)
class Normalised:
    """The outcome of one list."""

    registrations: pl.DataFrame
    rejects: pl.DataFrame
    line_count: int
    duplicate_count: int


def normalise(source: str, lines: pl.DataFrame) -> Normalised:
    """Split `lines` (see `lines.lines_of`) into registrations and rejects of `source`.

    Raises AssertionError where a line got lost; that would be a fault here, not in the list.
    """
    examined = (examine(lines[start : start + AT_ONCE]) for start in range(0, max(1, lines.height), AT_ONCE))
    kept, rejects = map(pl.concat, zip(*map(_parted, examined), strict=True))
    unique = kept.filter(pl.col("domain").is_first_distinct())
    result = Normalised(
        registrations=_registrations(source, unique),
        rejects=_rejects(source, rejects),
        line_count=lines.height,
        duplicate_count=kept.height - unique.height,
    )
    accounted = result.registrations.height + result.duplicate_count + result.rejects.height
    if accounted != result.line_count:
        raise AssertionError(f"{source}: {result.line_count} lines in, {accounted} accounted for")
    return result


def examine(lines: pl.DataFrame) -> pl.DataFrame:
    """Return lines with `domain`, `public_suffix` and `reason` (null where the line is a registrable domain) added."""
    domain = pl.col("domain")
    return (
        lines.with_columns(name=_tidy(pl.col("text")))
        .with_columns(reason=pl.coalesce("reason", _reason_as_written(pl.col("name"))))
        .with_columns(domain=_to_a_labels())
        .with_columns(reason=pl.coalesce("reason", _reason_as_domain(domain)))
        .with_columns(public_suffix=pl.when(pl.col("reason").is_null()).then(domain).map_batches(_public_suffixes))
        .with_columns(reason=pl.coalesce("reason", _reason_by_suffix(domain, pl.col("public_suffix"))))
    )


def _parted(examined: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is needed of the lines that are registrable domains, and the others."""
    is_kept = pl.col("reason").is_null()
    return examined.filter(is_kept).select("domain", "public_suffix"), examined.filter(~is_kept)


def _tidy(text: pl.Expr) -> pl.Expr:
    """Return the text in lower case, without white space or BOM around; full stops of other scripts are dots."""
    dots = text.str.strip_chars(" \t\r\n\u00a0\ufeff").str.replace_all("[\u3002\uff0e\uff61]", ".")
    return dots.str.to_lowercase().str.strip_suffix(".")


def _reason_as_written(name: pl.Expr) -> pl.Expr:
    ipv4 = r"^\d{1,3}(\.\d{1,3}){3}(:\d+)?$"
    ipv6 = r"^\[?[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*\]?$"
    return _first_reason(
        not_utf8=name.is_null(),
        empty=name == "",
        too_long=name.str.len_chars() > LONGEST_NAME,
        url=name.str.contains(r"^[a-z][a-z0-9+.-]*:/|^//|^[a-z0-9.-]+/"),
        email=name.str.contains(r"^[^\s@<>]+@[^\s@<>]+$"),
        ip_address=name.str.contains(ipv4) | name.str.contains(ipv6),
    )


def _to_a_labels() -> pl.Expr:
    """Return ASCII names as they are; the few others go one by one through `idna`."""
    name = pl.col("name")
    is_open = pl.col("reason").is_null()
    is_ascii = name.str.len_bytes() == name.str.len_chars()
    encoded = pl.when(is_open & ~is_ascii).then(name).map_batches(lambda names: _each(names, idn.to_ascii), pl.String)
    return pl.when(is_open & is_ascii).then(name).otherwise(encoded)


def _reason_as_domain(domain: pl.Expr) -> pl.Expr:
    return _first_reason(
        bad_idn=domain.is_null(),
        empty_label=domain.str.contains(r"^\.|\.\.|\.$"),
        bad_character=domain.str.contains(r"[^a-z0-9.-]"),
        label_too_long=domain.str.contains(rf"[^.]{{{LONGEST_LABEL + 1},}}"),
        too_long=domain.str.len_chars() > LONGEST_NAME,
        bad_hyphen=domain.str.contains(r"(^|\.)-|-(\.|$)"),
        single_label=~domain.str.contains(".", literal=True),
    )


def _reason_by_suffix(domain: pl.Expr, suffix: pl.Expr) -> pl.Expr:
    below = domain.str.count_matches(".", literal=True) - suffix.str.count_matches(".", literal=True)
    return _first_reason(unknown_tld=suffix.is_null(), public_suffix=domain == suffix, subdomain=below > 1)


def _first_reason(**conditions: pl.Expr) -> pl.Expr:
    """Return the name of the first condition that holds, else null."""
    return pl.coalesce(
        pl.when(condition.fill_null(False)).then(pl.lit(reason)) for reason, condition in conditions.items()
    )


def _registrations(source: str, kept: pl.DataFrame) -> pl.DataFrame:
    domain, suffix = pl.col("domain"), pl.col("public_suffix")
    is_odd = domain.str.contains(r"(^|\.)..--")  # only these can displease IDNA; the rest are plain letters
    valid = pl.when(is_odd).then(domain).map_batches(lambda names: _each(names, idn.is_valid, pl.Boolean), pl.Boolean)
    named = with_label(kept).with_columns(
        source=pl.lit(source),
        tld=domain.str.split(".").list.last(),
        is_idna_valid=pl.coalesce(valid, pl.lit(True)),
    )
    return REGISTRATIONS.conform(named.with_columns(suffix)).sort("domain")


def with_label(kept: pl.DataFrame) -> pl.DataFrame:
    """Return registrable domains with `is_idn`, `domain_unicode` and their `label` added: Unicode, without suffix."""
    domain = pl.col("domain")
    is_idn = domain.str.contains(r"(^|\.)xn--")
    decoded = pl.when(is_idn).then(domain).map_batches(lambda names: _each(names, idn.to_unicode), pl.String)
    a_label = domain.str.split(".").list.first()
    return kept.with_columns(domain_unicode=pl.coalesce(decoded, domain), is_idn=is_idn).with_columns(
        label=pl.when(is_idn).then(pl.col("domain_unicode").str.split(".").list.first()).otherwise(a_label)
    )


def _rejects(source: str, rejects: pl.DataFrame) -> pl.DataFrame:
    readable = [line[:200].decode("utf-8", "backslashreplace") for line in rejects["received"]]
    return REJECTS.conform(rejects.with_columns(source=pl.lit(source), line=pl.Series(readable, dtype=pl.String)))


def _public_suffixes(domains: pl.Series) -> pl.Series:
    return pl.Series(domains.name, public_suffixes(domains), dtype=pl.String)


def _each(values: pl.Series, function: Callable[[str], object], dtype: type[pl.DataType] = pl.String) -> pl.Series:
    """Return `function` of each value, nulls left alone."""
    return pl.Series(values.name, [None if value is None else function(value) for value in values], dtype=dtype)
