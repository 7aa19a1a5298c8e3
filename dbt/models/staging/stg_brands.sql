with brands as (
    select * from {{ ref('brands') }}
)

select
    brand,
    brand_domain
from brands
