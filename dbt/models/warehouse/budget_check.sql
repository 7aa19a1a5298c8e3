{{ config(materialized='view') }}

-- counted anew from the scores, so that dates scored before the calibration are checked as well
with scored as (
    select
        run_date,
        domain,
        brand,
        score,
        allowlist_reason,
        model_version
    from {{ local(source('verdicts', 'detections')) }}
),

thresholds as (
    select
        model_version,
        brand,
        threshold,
        alarm_budget
    from {{ local(source('warehouse', 'thresholds')) }}
),

dates as (
    select distinct
        run_date,
        model_version
    from {{ local(source('warehouse', 'score_counts')) }}
),

flagged as (
    select
        scored.run_date,
        scored.brand,
        count(*) as flagged_count
    from scored
    inner join thresholds using (model_version, brand)
    where scored.score >= thresholds.threshold and scored.allowlist_reason is null
    group by scored.run_date, scored.brand
)

select
    dates.run_date,
    thresholds.brand,
    dates.model_version,
    thresholds.alarm_budget,
    thresholds.threshold,
    coalesce(flagged.flagged_count, 0) as flagged_count,
    coalesce(flagged.flagged_count, 0) <= 2 * thresholds.alarm_budget as is_held
from dates
inner join thresholds using (model_version)
left join flagged using (run_date, brand)
