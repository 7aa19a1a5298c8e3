-- A brand's history: how many names it raised on each date, how many of them were new, and its budget.
select
    run_date,
    flagged_count as detections,
    count(detections.domain) filter (is_new) as new,
    count(detections.domain) filter (is_reregistered) as registered_again,
    alarm_budget,
    max(score) as highest_score
from brand_alarms
left join (from detections where is_detection) as detections using (run_date, brand)
where brand = 'amazon'
group by run_date, flagged_count, alarm_budget
order by run_date desc
limit 10;
