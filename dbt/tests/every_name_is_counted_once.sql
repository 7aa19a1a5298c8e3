-- each count comes from a table of its own
select run_date
from {{ ref('feature_summary') }}
where domain_count <> candidate_domain_count + set_aside_count + resembles_no_brand_count
