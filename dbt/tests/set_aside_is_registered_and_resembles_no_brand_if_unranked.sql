select domain
from {{ ref('set_aside') }}
anti join {{ ref('stg_registrations') }} using (domain)

union all

select domain
from {{ ref('set_aside') }}
semi join {{ ref('candidates') }} using (domain)
where allowlist_kind = 'popular_list'
