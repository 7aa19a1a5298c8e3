select
    domain,
    list,
    rank
from {{ source('lake', 'popularity') }}
