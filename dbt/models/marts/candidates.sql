select
    domains.run_date,
    pairs.domain,
    domains.domain_unicode,
    domains.label,
    domains.public_suffix,
    domains.tld,
    pairs.brand,
    pairs.skeleton,
    pairs.skeleton_similarity,
    pairs.edit_distance,
    domains.sources,
    allowlist.allowlist_reason
from {{ ref('int_candidate_pairs') }} as pairs
inner join {{ ref('int_domains') }} as domains using (domain)
left join {{ ref('int_allowlist') }} as allowlist using (run_date, domain)
order by domains.run_date, pairs.domain, pairs.brand
