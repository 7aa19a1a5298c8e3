{{ config(materialized='view') }}

with labels as (
    select * from {{ local(source('warehouse', 'labels')) }}
)

select
    detection_id,
    domain,
    brand,
    run_date,
    verdict,
    is_squat,
    note,
    user_name,
    labelled_at,
    model_version,
    score
from labels
where is_current
