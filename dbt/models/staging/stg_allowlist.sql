with allowlist as (
    select * from {{ ref('allowlist') }}
)

select
    domain,
    reason,
    cast(nullif(expires_on, '') as date) as expires_on
from allowlist
