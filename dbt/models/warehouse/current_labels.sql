{{ config(materialized='view') }}

select * exclude (label_id, is_current)
from {{ local(source('warehouse', 'labels')) }}
where is_current
