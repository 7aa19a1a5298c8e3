{{ config(severity='warn') }}

with feed_volumes as (
    select * from {{ local(ref('feed_volumes')) }}
)

select
    run_date,
    source,
    volume_ratio
from feed_volumes
where
    run_date = (select max(newest.run_date) from feed_volumes as newest)
    and (not is_received or volume_ratio not between 0.5 and 2)
