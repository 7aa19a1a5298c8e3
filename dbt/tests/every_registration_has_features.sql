select
    run_date,
    domain
from {{ ref('stg_registrations') }}
anti join {{ ref('registration_features') }} using (run_date, domain)
