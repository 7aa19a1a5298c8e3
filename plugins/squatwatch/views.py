"""What analysts see beyond the partitions as they are: the SQL of two views, and what their columns mean."""

from __future__ import annotations

from dataclasses import dataclass

RUN_DATE = "The day whose list of newly registered domains was examined."
FIRST_SEEN_ON = "First run date, of all dates loaded, on which any source listed the domain."
MODEL_VERSION = "Version of the model that the thresholds belong to."


@dataclass(frozen=True)
class Described:
    """A table as analysts see it: what it holds and what each column means."""

    name: str
    comment: str
    columns: dict[str, str]
    partition: str = "run_date"


DETECTIONS_VIEW = """
create view detections as
with scored as (select * from {partitions}),
first_seen as (
    select domain, min(run_date) as first_seen_on
    from registrations
    where domain in (select domain from scored)
    group by domain
)
select
    run_date, detection_id, domain, domain_unicode, brand, score, threshold, is_detection, reason, technique,
    matched_text, aligned, component_resemblance, component_placement, component_surroundings, component_words,
    first_seen_on, sources, allowlist_reason, model_version, scored_at, device
from scored
left join first_seen using (domain)
"""


# counted anew from the scores, so that dates scored before the calibration are checked as well
BUDGET_CHECK_VIEW = """
create view budget_check as
with scored as (select run_date, domain, brand, score, allowlist_reason, model_version from {partitions}),
dates as (select distinct run_date, model_version from scored),
flagged as (
    select run_date, brand, count(*) as flagged_count
    from scored
    inner join thresholds using (model_version, brand)
    where score >= threshold and allowlist_reason is null
    group by run_date, brand
)
select
    run_date, brand, model_version, alarm_budget, threshold, coalesce(flagged_count, 0) as flagged_count,
    coalesce(flagged_count, 0) <= 2 * alarm_budget as is_held
from dates
inner join thresholds using (model_version)
left join flagged using (run_date, brand)
"""


BRANDS = Described(
    "brands",
    "The brands looked for. One row per brand and owned domain.",
    {"brand": "Name of the brand, lower case.", "brand_domain": "A domain that the brand owns."},
)

BUDGET_CHECK = Described(
    "budget_check",
    "Names that each brand raises against its alarm budget. One row per run_date and brand that has a calibrated "
    "threshold for the model that scored the date.",
    {
        "brand": "Name of the brand.",
        "alarm_budget": "Names a day that the brand may raise, as it was when calibrated.",
        "threshold": "The calibrated threshold of now, whatever the date was scored with.",
        "flagged_count": "Names of the date at or above it and not allowlisted.",
        "is_held": "At most twice the budget?",
    },
)
