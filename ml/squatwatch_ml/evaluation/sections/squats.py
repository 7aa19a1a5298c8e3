"""Recall on real squats of brands that were never trained on, planted among a real day's names."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from squatwatch_ml.evaluation.accidents import is_accident
from squatwatch_ml.evaluation.bench import Bench, NotHere, Table, defanged
from squatwatch_ml.text.names import label_of
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.splits import LONG_BRAND, role_of_brand
from squatwatch_ml.training.measure import PER_NAMES

NOTE = (
    "Squats planted among the names of {day}, same threshold. They were linked to their brands by a lexical rule: this "
    "is recall on look-alike names, not on all phishing. Candidates: what the candidate step keeps. Raised: names of "
    "the day itself, squats and all, per brand and 150,000 names. Accidents: names that have the brand only in another "
    "word or name (`evaluation/accidents.py`)."
)

TO_REPORT_ON = "brands of 5 letters or more to report on"
NEEDS = "needs squats*.csv.gz and registrations/ in the folder of --data"


def tables(bench: Bench) -> list[Table]:
    """Return recall on real squats, by kind where brands are to report on or short.

    Raises NotHere without squats or a day to plant them in.
    """
    squats = planted_squats(bench)
    note = NOTE.format(day=bench.planted_day)
    groups = [
        {"squats of": title, **_figures(bench, rows), **_raised(bench, rows["brand"].unique().to_list())}
        for title, rows in grouped(squats)
    ]
    kinds = [
        {"kind": kind, "squats of": title, **_figures(bench, rows.filter(pl.col("match") == kind))}
        for title, rows in grouped(squats)
        for kind in sorted(rows["match"].unique())
        if title in (TO_REPORT_ON, "brands of 2 to 4 letters")
    ]
    brands = [
        {"brand": brand, "brand is to": role_of_brand(brand), **_figures(bench, rows)}
        for (brand,), rows in sorted(squats.group_by("brand"), key=lambda one: one[0])
    ]
    return [
        Table("squats", "Real squats of brands never trained on", note, pl.DataFrame(groups)),
        *([Table("squats_by_kind", "Real squats by kind", note, pl.DataFrame(kinds))] if kinds else []),
        Table("squats_by_brand", "Real squats by brand", note, pl.DataFrame(brands), listing=True),
        Table("squats_missed", "Real squats missed", "Domains are defanged.", _missed(bench, squats), listing=True),
    ]


def planted_squats(bench: Bench) -> pl.DataFrame:
    """Return one row per squat and its brand: domain, brand, match, has_learnt_brand, is_accident, and scores.

    Raises NotHere where there are no squats or no day to plant them in.
    """
    rows = [(row["squat_domain"].lower(), row["brand"], row.get("match") or "") for row in bench.lists.squats]
    day = planted_day(bench)
    if not rows:
        raise NotHere(NEEDS)
    squats = pl.DataFrame(rows, schema=["domain", "brand", "match"], orient="row").unique(["domain", "brand"])
    learnt = {skeleton(brand) for brand in bench.manifest["data"]["brands_learnt"]}
    known = [skeleton(brand) in learnt for brand in squats["brand"]]
    accidents = [is_accident(label_of(domain), brand) for domain, brand in squats.select("domain", "brand").iter_rows()]
    scores = bench.day(day)
    return (
        squats.with_columns(has_learnt_brand=pl.Series(known), is_accident=pl.Series(accidents))
        .join(scores, on=["domain", "brand"], how="left")
        .sort("brand", "domain")
    )


def planted_day(bench: Bench) -> str:
    """Return the day among whose names squats are planted. Raises NotHere where there is none."""
    if bench.planted_day is None:
        raise NotHere(NEEDS)
    return bench.planted_day


def grouped(squats: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the squats by length and role of the brand; those of brands that were trained on apart."""
    is_long = pl.col("brand").str.len_chars() >= LONG_BRAND
    role = pl.col("brand").map_elements(role_of_brand, return_dtype=pl.String)
    unseen = squats.filter(~pl.col("has_learnt_brand"))
    intended = unseen.filter(is_long & ~pl.col("is_accident"))
    groups = {
        TO_REPORT_ON: unseen.filter(is_long & (role == "report")),
        "the same without accidents": intended.filter(role == "report"),
        "brands of 5 letters or more to tune on": unseen.filter(is_long & (role == "tune")),
        "those without accidents": intended.filter(role == "tune"),
        "brands of 2 to 4 letters": unseen.filter(~is_long),
        "brands trained on": squats.filter(pl.col("has_learnt_brand")),
    }
    return ((title, rows) for title, rows in groups.items() if rows.height)


def _figures(bench: Bench, rows: pl.DataFrame) -> dict[str, float | None]:
    network = bench.matchers[0]
    recalls: dict[str, float | None] = {
        matcher.name: bench.raised(rows, matcher).height / rows.height if rows.height else None
        for matcher in bench.matchers
    }
    candidates = rows[network.name].drop_nulls().len() / rows.height if rows.height else None
    return {"brands": rows["brand"].n_unique(), "squats": rows.height, "candidates": candidates, **recalls}


def _raised(bench: Bench, brands: list[str]) -> dict[str, float]:
    """Count what the matchers raise among the day's own names for these brands, per brand and 150,000 names."""
    day = planted_day(bench)
    names = len(bench.lists.domains(day))
    own = bench.day(day).filter(~pl.col("is_planted") & pl.col("brand").is_in(brands))
    scale = PER_NAMES / names / len(brands)
    return {f"{matcher.name} raised": bench.raised(own, matcher).height * scale for matcher in bench.matchers}


def _missed(bench: Bench, squats: pl.DataFrame) -> pl.DataFrame:
    network = bench.matchers[0]
    raised = bench.raised(squats, network).select("domain", "brand")
    missed = squats.join(raised, on=["domain", "brand"], how="anti")
    return missed.select(defanged("domain"), "brand", "match", "is_accident", pl.col(network.name).alias("score"))
