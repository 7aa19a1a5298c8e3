-- Techniques by month: how names imitate brands, month by month.
select
    strftime(run_date, '%Y-%m') as month,
    technique,
    count(*) as detections,
    round(count(*) / sum(count(*)) over (partition by month), 3) as share
from detections
where is_detection
group by month, technique
order by month, detections desc, technique
limit 20;
