{{ config(materialized='view') }}

with rankings as (
    select * from {{ local(source('warehouse', 'rankings')) }}
),

detections as (
    select * from {{ local(source('scored', 'detections')) }}
),

current_labels as (
    select * from {{ ref('current_labels') }}
),

-- a name that feeds repeat is one name of its wave
names as (
    select
        rankings.wave_id,
        rankings.brand,
        rankings.domain,
        min(rankings.run_date) as first_run_date,
        max(rankings.run_date) as last_run_date,
        max(rankings.squat) as squat,
        bool_or(detections.is_detection) as is_flagged,
        bool_or(rankings.is_lifted) as is_lifted,
        arg_max(detections.technique, rankings.run_date) as technique,
        any_value(current_labels.verdict) as verdict,
        any_value(current_labels.is_squat) as is_squat
    from rankings
    inner join detections using (run_date, detection_id)
    left join current_labels using (detection_id)
    where rankings.wave_id is not null
    group by rankings.wave_id, rankings.brand, rankings.domain
)

select
    wave_id,
    brand,
    min(first_run_date) as first_run_date,
    max(last_run_date) as last_run_date,
    count(*) as name_count,
    count(*) filter (where is_flagged) as flagged_count,
    count(*) filter (where is_lifted and not is_flagged) as lifted_count,
    max(squat) as squat,
    arg_max(domain, (squat, domain)) as example,
    mode(technique order by technique) as technique,
    count(*) filter (where is_squat) as squat_count,
    count(*) filter (where not is_squat) as harmless_count,
    count(*) filter (where verdict is null) as unjudged_count
from names
group by wave_id, brand
