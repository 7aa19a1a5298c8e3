with domains as (
    select * from {{ ref('int_domains') }}
),

allowlist as (
    select * from {{ ref('int_allowlist') }}
)

select
    domains.run_date,
    domains.domain,
    domains.domain_unicode,
    domains.sources,
    allowlist.allowlist_reason,
    allowlist.allowlist_kind
from allowlist
inner join domains using (run_date, domain)
order by domains.run_date, domains.domain
