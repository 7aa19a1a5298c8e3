{{ config(severity='warn') }}

with vocabulary as (
    select * from {{ local(ref('vocabulary')) }}
)

select
    run_date,
    oov_ratio,
    trailing_oov_ratio
from vocabulary
where
    run_date = (select max(newest.run_date) from vocabulary as newest)
    and oov_ratio > 1.5 * trailing_oov_ratio
