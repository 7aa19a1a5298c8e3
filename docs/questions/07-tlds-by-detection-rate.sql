-- TLDs by detection rate: the share of imitations in each top-level domain with a thousand names or more.
with registered as (
    select tld, count(*) as names
    from registrations
    group by tld
    having names >= 1000
),

raised as (
    select split_part(domain, '.', -1) as tld, count(distinct domain) as detections
    from detections
    where is_detection
    group by tld
)

select
    tld,
    names,
    coalesce(detections, 0) as detections,
    round(1000 * coalesce(detections, 0) / names, 2) as per_1000
from registered
left join raised using (tld)
order by per_1000 desc, tld
limit 10;
