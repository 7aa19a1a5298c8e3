select
    domains.run_date,
    domains.domain,
    domains.domain_unicode,
    domains.sources,
    allowlist.allowlist_reason,
    allowlist.allowlist_kind
from {{ ref('int_allowlist') }} as allowlist
inner join {{ ref('int_domains') }} as domains using (run_date, domain)
order by domains.run_date, domains.domain
