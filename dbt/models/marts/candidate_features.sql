with candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

domains as (
    select * from {{ ref('int_domains') }}
),

brand_similarity as (
    select * from {{ ref('int_brand_similarity') }}
),

label_features as (
    select * from {{ ref('int_label_features') }}
)

select
    domains.run_date,
    candidate_pairs.domain,
    candidate_pairs.brand,
    coalesce(brand_similarity.brand_tfidf_similarity, 0) as brand_tfidf_similarity,
    label_features.top_ngram_counts,
    label_features.topic_weights
from candidate_pairs
inner join domains using (domain)
left join brand_similarity using (domain, brand)
left join label_features on lower(domains.label) = label_features.label
order by domains.run_date, candidate_pairs.domain, candidate_pairs.brand
