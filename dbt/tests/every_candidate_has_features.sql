select
    run_date,
    domain,
    brand
from {{ ref('candidates') }}
anti join {{ ref('candidate_features') }} using (run_date, domain, brand)
