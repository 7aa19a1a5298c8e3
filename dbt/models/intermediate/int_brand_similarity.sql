-- the cosine of two vectors of length 1 is the sum of the products
with products as (
    select
        pairs.domain,
        pairs.brand,
        label_vectors.ngram,
        label_vectors.weight * brand_vectors.weight as product
    from {{ ref('int_candidate_pairs') }} as pairs
    inner join {{ ref('int_names') }} as names using (domain)
    inner join {{ ref('int_label_vectors') }} as label_vectors on label_vectors.label = lower(names.label)
    inner join {{ ref('int_label_vectors') }} as brand_vectors
        on brand_vectors.label = pairs.brand and brand_vectors.ngram = label_vectors.ngram
)

select
    domain,
    brand,
    -- a sum of floating-point numbers depends on their order
    round(sum(product order by ngram), 6) as brand_tfidf_similarity
from products
group by domain, brand
