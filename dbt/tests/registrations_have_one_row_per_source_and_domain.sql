select
    source,
    domain
from {{ ref('stg_registrations') }}
group by source, domain
having count(*) > 1
