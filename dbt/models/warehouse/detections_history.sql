{{ config(materialized='view') }}

with verdicts as (
    select * from {{ local(source('verdicts', 'detections_history')) }}
),

detections as (
    select * from {{ local(source('verdicts', 'detections')) }}
),

-- a date is scored at one moment
in_force as (
    select
        run_date,
        max(scored_at) as scored_at
    from detections
    group by run_date
)

select
    verdicts.run_date,
    verdicts.detection_id,
    verdicts.domain,
    verdicts.domain_unicode,
    verdicts.brand,
    verdicts.score,
    verdicts.threshold,
    verdicts.is_detection,
    verdicts.reason,
    verdicts.technique,
    verdicts.allowlist_reason,
    verdicts.model_version,
    verdicts.scored_at,
    coalesce(verdicts.scored_at = in_force.scored_at, false) as is_current
from verdicts
left join in_force using (run_date)
