-- Techniques by month: how names imitate, and whether that changes.
pivot (
    select technique, strftime(run_date, '%Y-%m') as month
    from detections
    where is_detection
)
on month
using count(*)
order by technique;
