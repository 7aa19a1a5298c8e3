select
    domain,
    brand
from {{ ref('candidates') }}
group by domain, brand
having count(*) > 1
