-- Reviewed precision: of the detections that somebody judged, how many were squats, by model and technique.
select
    model_version,
    technique,
    count(*) as reviewed,
    count(*) filter (verdict = 'squat') as squats,
    round(squats / reviewed, 3) as precision
from detections
inner join labels using (domain, brand)
where is_detection
group by model_version, technique
order by reviewed desc, technique;
