{{ config(materialized='view') }}

with lookups as (
    select * from {{ local(source('warehouse', 'enrichment')) }}
)

select
    domain,
    looked_up_at,
    dns_state,
    dns_problem,
    a,
    aaaa,
    ns,
    mx,
    soa,
    rdap_state,
    rdap_problem,
    registrar,
    registered_on,
    statuses
from lookups
qualify row_number() over (partition by domain order by looked_up_at desc, lookup_id desc) = 1
