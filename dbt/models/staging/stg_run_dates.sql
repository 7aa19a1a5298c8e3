with run_dates as (
    select * from {{ source('lake', 'run_dates') }}
)

select run_date
from run_dates
