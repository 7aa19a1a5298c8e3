-- New since last Monday: names raised for a brand for the first time, since the Monday before the newest date.
with newest as (select max(run_date) as run_date from dates where is_published)

select
    detections.run_date,
    brand,
    replace(domain_unicode, '.', '[.]') as domain,
    score,
    reason
from detections
cross join newest
where
    is_new
    and detections.run_date >= date_trunc('week', newest.run_date) -- a week begins on Monday
order by score desc, domain
limit 10;
