-- how common two neighbouring letters are in the names of much visited sites, with one added to every count
with pairs as (
    select unnest(list_transform(range(1, length(label)), lambda i: label[i:i + 1])) as bigram
    from {{ ref('stg_reference_names') }}
),

counted as (
    select
        bigram,
        count(*) as pair_count
    from pairs
    group by bigram
)

select
    bigram,
    log2((pair_count + 1) / (sum(pair_count) over () + 37 * 37)) as log2_probability
from counted
