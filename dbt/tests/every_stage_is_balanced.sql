select
    run_date,
    stage
from {{ local(ref('stage_balance')) }}
where not is_balanced
