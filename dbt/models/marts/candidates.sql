with candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

domains as (
    select * from {{ ref('int_domains') }}
),

allowlist as (
    select * from {{ ref('int_allowlist') }}
)

select
    domains.run_date,
    candidate_pairs.domain,
    domains.domain_unicode,
    domains.label,
    domains.public_suffix,
    domains.tld,
    candidate_pairs.brand,
    candidate_pairs.skeleton,
    candidate_pairs.skeleton_similarity,
    candidate_pairs.edit_distance,
    domains.sources,
    allowlist.allowlist_reason
from candidate_pairs
inner join domains using (domain)
left join allowlist using (run_date, domain)
order by domains.run_date, candidate_pairs.domain, candidate_pairs.brand
