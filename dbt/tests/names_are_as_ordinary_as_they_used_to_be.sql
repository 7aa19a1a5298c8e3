{{ config(severity='warn') }}

select
    run_date,
    oov_ratio,
    trailing_oov_ratio
from {{ local(ref('vocabulary')) }}
where
    run_date = (select max(run_date) from {{ local(ref('vocabulary')) }})
    and oov_ratio > 1.5 * trailing_oov_ratio
