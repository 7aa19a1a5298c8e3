-- A registrar wave: many names of one pattern in one day. Digits are written as `#`, so that a series is visible.
select
    run_date,
    brand,
    regexp_replace(split_part(domain_unicode, '.', 1), '[0-9]+', '#', 'g') as pattern,
    count(distinct domain) as names,
    count(distinct split_part(domain, '.', -1)) as tlds,
    list(replace(domain_unicode, '.', '[.]') order by domain)[:3] as examples
from detections
where is_detection
group by all
having names >= 3
order by names desc, run_date, pattern
limit 10;
