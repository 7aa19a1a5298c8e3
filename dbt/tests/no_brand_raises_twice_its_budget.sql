{{ config(severity='warn') }}

with brand_alarms as (
    select * from {{ local(ref('brand_alarms')) }}
)

-- on the newest date, over a week or more
select
    brand,
    trailing_flagged_per_day,
    alarm_budget
from brand_alarms
where
    run_date = (select max(newest.run_date) from brand_alarms as newest)
    and trailing_date_count >= 7
    and trailing_flagged_per_day > {{ var('budget_tolerance') }} * alarm_budget
