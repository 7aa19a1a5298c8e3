select
    brand,
    brand_domain
from {{ ref('brands') }}
