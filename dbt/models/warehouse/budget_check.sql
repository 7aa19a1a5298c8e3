{{ config(materialized='view') }}

with detections as (
    select * from {{ local(source('scored', 'detections')) }}
),

thresholds as (
    select * from {{ local(source('warehouse', 'thresholds')) }}
),

score_counts as (
    select * from {{ local(source('warehouse', 'score_counts')) }}
),

dates as (
    select distinct
        run_date,
        model_version
    from score_counts
),

-- counted anew from the scores, so that dates scored before the calibration are checked as well
flagged as (
    select
        detections.run_date,
        detections.brand,
        count(*) as flagged_count
    from detections
    inner join thresholds using (model_version, brand)
    where detections.score >= thresholds.threshold and detections.allowlist_reason is null
    group by detections.run_date, detections.brand
)

select
    dates.run_date,
    thresholds.brand,
    dates.model_version,
    thresholds.alarm_budget,
    thresholds.threshold,
    coalesce(flagged.flagged_count, 0) as flagged_count,
    coalesce(flagged.flagged_count, 0) <= {{ var('budget_tolerance') }} * thresholds.alarm_budget as is_held
from dates
inner join thresholds using (model_version)
left join flagged using (run_date, brand)
