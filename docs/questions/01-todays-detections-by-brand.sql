-- Today's detections by brand: how many names each brand raised on the newest date, and the one with the highest score.
select
    brand,
    count(*) as detections,
    count(*) filter (is_new) as new,
    max_by(replace(domain_unicode, '.', '[.]'), score) as surest,
    max(score) as score
from detections
where is_detection and run_date = (select max(run_date) from dates where is_published)
group by brand
order by detections desc, brand
limit 10;
