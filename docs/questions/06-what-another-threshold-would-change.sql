-- What a threshold of .8 would have added: and what it would have removed, with the same threshold for every brand.
select
    count(*) filter (is_detection) as detections,
    count(*) filter (score >= .8 and not is_detection) as added,
    count(*) filter (score < .8 and is_detection) as dropped,
    list(replace(domain_unicode, '.', '[.]') order by score desc) filter (score < .8 and is_detection)[:3] as dropped_first
from detections
where allowlist_reason is null;
