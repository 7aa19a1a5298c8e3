with candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

names as (
    select * from {{ ref('int_names') }}
),

vectors as (
    select * from {{ ref('int_label_vectors') }}
),

-- the cosine of two vectors of length 1 is the sum of these
products as (
    select
        candidate_pairs.domain,
        candidate_pairs.brand,
        label_vectors.ngram,
        label_vectors.weight * brand_vectors.weight as product
    from candidate_pairs
    inner join names using (domain)
    inner join vectors as label_vectors on lower(names.label) = label_vectors.label
    inner join vectors as brand_vectors
        on candidate_pairs.brand = brand_vectors.label and label_vectors.ngram = brand_vectors.ngram
)

select
    domain,
    brand,
    -- ordered, because a sum of floating-point numbers depends on their order
    round(sum(product order by ngram), 6) as brand_tfidf_similarity
from products
group by domain, brand
