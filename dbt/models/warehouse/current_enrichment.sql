{{ config(materialized='view') }}

select * exclude (lookup_id)
from {{ local(source('warehouse', 'enrichment')) }}
qualify row_number() over (partition by domain order by looked_up_at desc, lookup_id desc) = 1
