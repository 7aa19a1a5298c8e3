{{ config(severity='warn') }}

select
    run_date,
    source,
    volume_ratio
from {{ local(ref('feed_volumes')) }}
where
    run_date = (select max(run_date) from {{ local(ref('feed_volumes')) }})
    and (not is_received or volume_ratio not between 0.5 and 2)
