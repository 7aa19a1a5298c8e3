"""Values for the templates of the brand and model views: figures, and the charts drawn from them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from squatwatch.labels.verdicts import VERDICTS
from squatwatch.review.charts import brand_view, charts, model_view, what_if
from squatwatch.review.charts.reading import DAYS, newest, score_text
from squatwatch.settings import Settings
from squatwatch.warehouse.dbt_variables import drift_limits, trailing_days


def brands_values(settings: Settings) -> dict[str, Any]:
    """Return the values of brands.html."""
    brands = brand_view.all_brands(settings)
    return {
        "days": DAYS,
        "last": brands[0].last if brands else None,
        "brands": [
            {
                "brand": brand,
                "href": f"brands/{quote(brand.name, safe='')}",
                "sparkline": charts.sparkline(
                    brand.counts, brand.budget, f"{brand.name}: {brand.total} in {DAYS} days"
                ),
            }
            for brand in brands
        ],
    }


def brand_values(settings: Settings, name: str) -> dict[str, Any] | None:
    """Return the values of brand.html, None for an unknown brand."""
    if not (brand := brand_view.one_brand(settings, name)):
        return None
    labels = [f"{day:%d %b}" for day in brand.days]
    weeks = brand_view.weeks_of(brand)
    levels = [(brand.budget, f"budget {brand.budget:g}")] if brand.budget else []
    by_week = ([f"{day:%d %b}" for day, _ in weeks], [value for _, value in weeks], levels)
    links = [f"../{day_link(day, name)}" for day in brand.days]
    title = f"Names flagged for {name} on each day"
    return {
        "brand": brand,
        "days": DAYS,
        "day_link": day_link,
        "flagged": charts.bars(labels, brand.counts, brand.budget, title, links=links),
        "weeks": charts.lines(*by_week, f"{name}: names flagged a day, by week", digits=1) if len(weeks) > 5 else None,
        "detections": brand_view.detections_of(settings, brand),
        "verdicts": VERDICTS,
        "score_text": score_text,
        **_threshold_values(settings, brand, labels),
    }


def day_link(day: date, brand: str) -> str:
    """Return the address of the brand's detections of a day, from the page's root."""
    return f"?{urlencode({'date': day, 'brand': brand})}"


def _threshold_values(settings: Settings, brand: brand_view.Brand, labels: list[str]) -> dict[str, Any]:
    if not (newest_scored := newest(settings.home)):
        return {"in_force": None}
    _, model_version = newest_scored
    in_force = what_if.threshold_in_force(settings, brand.name, model_version)
    if not in_force:
        return {"in_force": None}
    names = what_if.names_of(settings, brand.name, brand.last)
    slider = what_if.for_the_slider(names, brand.days, settings.score_floor, in_force.threshold)
    now = slider["steps"][slider["in_force"]]
    scored = [None if was is None else n for was, n in zip(brand.counts, now["counts"], strict=True)]
    slider |= {"budget": brand.budget, "scored_days": sum(count is not None for count in scored)}
    return {
        "in_force": in_force,
        "model_version": model_version,
        "floor": settings.score_floor,
        "slider": slider,
        "now": now,
        "what_if": charts.bars(labels, scored, brand.budget, "Names that the chosen threshold would flag", ghosts=True),
        "other_days": what_if.days_of_other_models(settings.home, model_version, brand.last),
    }


def models_values(settings: Settings) -> dict[str, Any]:
    """Return the values of models.html."""

    def shares(reviewed: model_view.Reviewed) -> Markup:
        precision, interval = reviewed.precision, reviewed.interval
        if precision is None or interval is None:  # nobody has judged a name
            return Markup("")
        title = f"{reviewed.squats} of {reviewed.judged} judged names are squats"
        return charts.share(precision, *interval, title)

    distribution = model_view.distribution(settings)
    tenths = [f".{n}–.{n + 1}" if n < 9 else ".9–1" for n in range(10)]
    return {
        "models": model_view.models(settings),
        "trailing_days": trailing_days(settings.dbt_project),
        "share": shares,
        "distribution": distribution,
        "histogram": distribution
        and charts.histogram(
            tenths, distribution.counts, distribution.flagged, distribution.usual, f"Scores of {distribution.run_date}"
        ),
        **_drift_values(settings),
    }


def _drift_values(settings: Settings) -> dict[str, Any]:
    days = model_view.drift(settings.home)
    versions = [(n, day["model_version"]) for n, day in enumerate(days) if day["model_version"]]
    changes = [(n, now) for (_, before), (n, now) in pairwise(versions) if now != before]
    values = [day["score_psi"] for day in days]
    labels = [f"{day['run_date']:%d %b}" for day in days]
    limits = drift_limits(settings.dbt_project)
    moved, still = (f"{limit:g}".lstrip("0") for limit in (limits.moved, limits.still))
    levels = [(limits.moved, f"moved: > {moved}"), (limits.still, f"still: < {still}")]
    drawn = charts.lines(labels, values, levels, "Score drift (PSI) by date", changes)
    return {
        "drift": drawn if any(value is not None for value in values) else None,
        "psi": values[-1] if values else None,
        "limits": limits,
    }
