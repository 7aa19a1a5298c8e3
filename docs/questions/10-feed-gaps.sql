-- Feed gaps: dates without a list, partial dates, and lists that a feed check stopped or warned about.
with calendar as (
    select unnest(generate_series(min(run_date), max(run_date), interval 1 day))::date as run_date
    from dates
),

remarks as (
    select run_date, string_agg(source || ': ' || detail, '; ' order by source, check_name) as detail
    from feed_health
    where result in ('warned', 'stopped')
    group by run_date
)

select
    min(run_date) as from_date,
    max(run_date) as to_date,
    coalesce(state, 'no list') as state,
    detail
from (
    select *, run_date - row_number() over (partition by state, reason, detail order by run_date)::integer as stretch
    from calendar
    left join dates using (run_date)
    left join remarks using (run_date)
    where coalesce(state, '') <> 'done' or detail is not null
)
group by state, reason, detail, stretch
order by from_date
limit 10;
