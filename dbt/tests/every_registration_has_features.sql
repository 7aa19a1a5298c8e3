select domain
from {{ ref('stg_registrations') }}
anti join {{ ref('registration_features') }} using (domain)
