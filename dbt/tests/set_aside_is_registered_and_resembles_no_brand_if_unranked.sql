select domain
from {{ ref('set_aside') }}
anti join {{ ref('stg_registrations') }} using (run_date, domain)

union all

select domain
from {{ ref('set_aside') }}
semi join {{ ref('candidates') }} using (run_date, domain)
where allowlist_kind = 'popular_list'
