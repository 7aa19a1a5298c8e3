{{ config(severity='warn') }}

select
    run_date,
    score_psi
from {{ local(ref('score_drift')) }}
where
    run_date = (select max(run_date) from {{ local(ref('score_drift')) }})
    and reference_date_count >= 7
    and score_psi > 0.25
