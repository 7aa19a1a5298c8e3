with candidates as (
    select * from {{ ref('candidates') }}
),

set_aside as (
    select * from {{ ref('set_aside') }}
),

owned as (
    select distinct brand_domain
    from {{ ref('stg_brands') }}
)

-- a brand's own domain, or one set aside for any other reason, is never a candidate without that reason
select candidates.domain
from candidates
left join owned on candidates.domain = owned.brand_domain
left join set_aside using (run_date, domain)
where
    (owned.brand_domain is not null and coalesce(candidates.allowlist_reason, '') not like 'owned by %')
    or candidates.allowlist_reason is distinct from set_aside.allowlist_reason
