{{ config(materialized='view') }}

with scored as (
    select * from {{ local(source('scored', 'detections')) }}
),

sightings as (
    select * from {{ local(source('warehouse', 'sightings')) }}
),

-- what no date knows of itself: when a name was first flagged, and when it was seen
first_raised as (
    select
        detection_id,
        min(run_date) as first_raised_on
    from scored
    where is_detection
    group by detection_id
),

sighted as (
    select
        domain,
        list(run_date order by run_date) as dates
    from sightings
    group by domain
),

dated as (
    select
        scored.*,
        first_raised.first_raised_on,
        sighted.dates[1] as first_seen_on,
        list_filter(sighted.dates, lambda seen_on: seen_on < scored.run_date)[-1] as previously_seen_on -- noqa: RF02
    from scored
    left join first_raised using (detection_id)
    left join sighted using (domain)
)

select
    run_date,
    detection_id,
    domain,
    domain_unicode,
    brand,
    score,
    threshold,
    is_detection,
    reason,
    technique,
    matched_text,
    aligned,
    component_resemblance,
    component_placement,
    component_surroundings,
    component_words,
    first_seen_on,
    previously_seen_on,
    is_detection and first_raised_on = run_date as is_new,
    coalesce(run_date - previously_seen_on > {{ var('reregistration_gap_days') }}, false) as is_reregistered,
    sources,
    allowlist_reason,
    model_version,
    scored_at,
    device
from dated
