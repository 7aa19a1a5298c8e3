select run_date
from {{ source('lake', 'run_dates') }}
