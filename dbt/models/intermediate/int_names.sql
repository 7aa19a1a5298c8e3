with domains as (
    select * from {{ ref('int_domains') }}
)

-- what a name looks like does not depend on the date: a name listed on two of the dates is looked at once
select
    domain,
    any_value(label) as label,
    any_value(is_idn) as is_idn
from domains
group by domain
order by domain
