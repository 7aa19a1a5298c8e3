-- What an allowlist entry hid: names that would be detections, had nothing excused them.
select
    allowlist_reason,
    count(*) as hidden,
    list(distinct replace(domain_unicode, '.', '[.]'))[:3] as examples
from detections
where score >= threshold and allowlist_reason is not null
group by allowlist_reason
order by hidden desc, allowlist_reason
limit 10;
