{{ config(materialized='view') }}

with history as (
    select * from {{ local(source('scored', 'detections_history')) }}
),

detections as (
    select * from {{ local(source('scored', 'detections')) }}
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
    history.run_date,
    history.detection_id,
    history.domain,
    history.domain_unicode,
    history.brand,
    history.score,
    history.threshold,
    history.is_detection,
    history.reason,
    history.technique,
    history.allowlist_reason,
    history.model_version,
    history.scored_at,
    coalesce(history.scored_at = in_force.scored_at, false) as is_current
from history
left join in_force using (run_date)
