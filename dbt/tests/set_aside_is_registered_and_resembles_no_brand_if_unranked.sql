select domain
from {{ ref('set_aside') }}
anti join {{ ref('stg_registrations') }} using (run_date, domain)

union all

select set_aside.domain
from {{ ref('set_aside') }} as set_aside
semi join {{ ref('candidates') }} using (run_date, domain)
where set_aside.allowlist_kind = 'popular_list'
