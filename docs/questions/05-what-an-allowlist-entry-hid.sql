-- What an allowlist entry hid: the names that each reason excused, and how many of them would be detections without it.
select
    allowlist_kind,
    allowlist_reason,
    count(distinct set_aside.domain) as names,
    count(distinct set_aside.domain) filter (score >= threshold) as would_be_detections,
    list(distinct replace(set_aside.domain_unicode, '.', '[.]') order by replace(set_aside.domain_unicode, '.', '[.]'))[:3]
        as examples
from set_aside
left join detections using (run_date, domain, allowlist_reason)
group by allowlist_kind, allowlist_reason
order by would_be_detections desc, names desc, allowlist_reason
limit 10;
