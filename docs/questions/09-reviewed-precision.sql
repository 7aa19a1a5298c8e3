-- Reviewed precision: how many of the judged detections were squats, by model and technique.
select
    detections.model_version,
    technique,
    count(*) as reviewed,
    count(*) filter (is_squat) as squats,
    round(squats / reviewed, 3) as precision
from detections
inner join current_labels using (detection_id)
where is_detection and is_squat is not null
group by all
order by reviewed desc, technique;
