with lists as (
    select * from {{ local(source('warehouse', 'load_counts')) }}
),

compared as (
    select
        *,
        median(kept_count) filter (where is_received) over (
            partition by source order by run_date
            range between interval {{ var('trailing_days') }} days preceding and interval 1 day preceding
        ) as trailing_kept_count
    from lists
)

select
    run_date,
    source,
    is_received,
    line_count,
    kept_count,
    reject_count,
    trailing_kept_count,
    kept_count / nullif(trailing_kept_count, 0) as volume_ratio
from compared
order by run_date, source
