-- the entries in force on the run date, its last day included
with entries as (
    select
        domain,
        reason,
        cast(nullif(expires_on, '') as date) as expires_on
    from {{ ref('allowlist') }}
)

select *
from entries
where expires_on is null or expires_on >= date '{{ var("run_date") }}'
