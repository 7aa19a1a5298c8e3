with registrations as (
    select * from {{ ref('stg_registrations') }}
)

-- a name listed by two sources is one name; everything but the source follows from the name
select
    run_date,
    domain,
    any_value(domain_unicode) as domain_unicode,
    any_value(label) as label,
    any_value(public_suffix) as public_suffix,
    any_value(tld) as tld,
    any_value(is_idn) as is_idn,
    any_value(is_idna_valid) as is_idna_valid,
    list_sort(list(source)) as sources
from registrations
group by run_date, domain
