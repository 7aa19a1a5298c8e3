-- a brand's own domain, or one set aside for any other reason, is never a candidate without that reason
select candidates.domain
from {{ ref('candidates') }} as candidates
left join {{ ref('stg_brands') }} as brands on candidates.domain = brands.brand_domain
left join {{ ref('set_aside') }} as set_aside on candidates.domain = set_aside.domain
where
    (brands.brand is not null and candidates.allowlist_reason is distinct from 'owned by ' || brands.brand)
    or candidates.allowlist_reason is distinct from set_aside.allowlist_reason
