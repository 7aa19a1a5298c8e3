-- a brand's own domain, or one set aside for any other reason, is never a candidate without that reason
select candidates.domain
from {{ ref('candidates') }} as candidates
left join
    (select distinct brand_domain from {{ ref('stg_brands') }}) as owned
    on candidates.domain = owned.brand_domain
left join {{ ref('set_aside') }} as set_aside
    on candidates.run_date = set_aside.run_date and candidates.domain = set_aside.domain
where
    (owned.brand_domain is not null and coalesce(candidates.allowlist_reason, '') not like 'owned by %')
    or candidates.allowlist_reason is distinct from set_aside.allowlist_reason
