with popularity as (
    select * from {{ source('lake', 'popularity') }}
)

select
    domain,
    list,
    rank
from popularity
