{{ config(severity='warn') }}

-- on the newest date, over a week or more
select
    brand,
    trailing_flagged_per_day,
    alarm_budget
from {{ local(ref('brand_alarms')) }}
where
    run_date = (select max(run_date) from {{ local(ref('brand_alarms')) }})
    and trailing_date_count >= 7
    and trailing_flagged_per_day > 2 * alarm_budget
