{{ config(severity='warn') }}

with score_drift as (
    select * from {{ local(ref('score_drift')) }}
)

select
    run_date,
    score_psi
from score_drift
where
    run_date = (select max(newest.run_date) from score_drift as newest)
    and reference_date_count >= 7
    and score_psi > {{ var('score_psi_moved') }}
