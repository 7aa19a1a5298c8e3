with registrations as (
    select * from {{ source('lake', 'registrations') }}
)

select
    run_date,
    source,
    domain,
    domain_unicode,
    label,
    public_suffix,
    tld,
    is_idn,
    is_idna_valid
from registrations
