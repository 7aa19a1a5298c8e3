with pairs as (
    select
        domain,
        unnest(list_transform(range(1, length(label)), lambda i: lower(label)[i:i + 1])) as bigram
    from {{ ref('int_names') }}
),

unseen as (
    select log2(1 / (sum(greatest(length(label) - 1, 0)) + 37 * 37)) as log2_probability
    from {{ ref('stg_reference_names') }}
)

select
    domain,
    count(distinct bigram) / count(*) as distinct_bigram_ratio,
    -- a sum of floating-point numbers depends on their order
    round(avg(coalesce(bigrams.log2_probability, unseen.log2_probability) order by bigram), 6)
        as bigram_log2_probability
from pairs
cross join unseen
left join {{ ref('int_bigrams') }} as bigrams using (bigram)
group by domain
