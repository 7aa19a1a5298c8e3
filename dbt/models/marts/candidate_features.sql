select
    domains.run_date,
    pairs.domain,
    pairs.brand,
    coalesce(similarity.brand_tfidf_similarity, 0) as brand_tfidf_similarity,
    labels.top_ngram_counts,
    labels.topic_weights
from {{ ref('int_candidate_pairs') }} as pairs
inner join {{ ref('int_domains') }} as domains using (domain)
left join {{ ref('int_brand_similarity') }} as similarity using (domain, brand)
left join {{ ref('int_label_features') }} as labels on lower(domains.label) = labels.label
order by domains.run_date, pairs.domain, pairs.brand
