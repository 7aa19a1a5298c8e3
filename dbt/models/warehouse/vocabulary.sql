with days as (
    select * from {{ local(source('warehouse', 'feature_summary')) }}
)

select
    run_date,
    domain_count,
    mean_oov_ratio as oov_ratio,
    avg(mean_oov_ratio) over recent as trailing_oov_ratio,
    random_ratio,
    idn_ratio
from days
window
    recent as (
        order by run_date
        range between interval {{ var('trailing_days') }} days preceding and interval 1 day preceding
    )
order by run_date
