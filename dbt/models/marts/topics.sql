with run_dates as (
    select * from {{ ref('stg_run_dates') }}
),

topics as (
    select * from {{ ref('int_topics') }}
)

select
    run_dates.run_date,
    topics.topic,
    topics.ngrams,
    topics.loadings,
    topics.names
from topics
cross join run_dates
order by run_dates.run_date, topics.topic
