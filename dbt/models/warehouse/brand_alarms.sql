with brand_domains as (
    select * from {{ local(source('warehouse', 'brands')) }}
),

detections as (
    select * from {{ local(source('scored', 'detections')) }}
),

scored_dates as (
    select * from {{ local(source('warehouse', 'score_counts')) }}
),

brands as (
    select
        brand,
        any_value(alarm_budget) as alarm_budget
    from brand_domains
    group by brand
),

flagged as (
    select
        run_date,
        brand,
        count(*) as flagged_count
    from detections
    where is_detection
    group by run_date, brand
),

days as (
    select
        scored_dates.run_date,
        brands.brand,
        brands.alarm_budget,
        coalesce(flagged.flagged_count, 0) as flagged_count
    from scored_dates
    cross join brands
    left join flagged using (run_date, brand)
)

select
    run_date,
    brand,
    flagged_count,
    alarm_budget,
    avg(flagged_count) over recent as trailing_flagged_per_day,
    count(*) over recent as trailing_date_count
from days
window
    recent as (
        partition by brand order by run_date
        range between interval {{ var('trailing_days') | int - 1 }} days preceding and current row
    )
order by run_date, brand
