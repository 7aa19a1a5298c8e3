with domains as (
    select * from {{ ref('int_domains') }}
),

character_features as (
    select * from {{ ref('int_character_features') }}
),

ngram_features as (
    select * from {{ ref('int_ngram_features') }}
),

nearest_brand as (
    select * from {{ ref('int_nearest_brand') }}
),

candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

brand_resemblance as (
    select
        domain,
        count(*) as candidate_brand_count,
        max(skeleton_similarity) as brand_similarity
    from candidate_pairs
    group by domain
)

select
    domains.run_date,
    domains.domain,
    character_features.level_count,
    character_features.length,
    character_features.label_length,
    character_features.vowel_ratio,
    character_features.digit_ratio,
    character_features.hyphen_count,
    character_features.hyphen_ratio,
    character_features.entropy,
    character_features.longest_run,
    character_features.longest_consonant_run,
    character_features.longest_digit_run,
    ngram_features.distinct_bigram_ratio,
    ngram_features.bigram_log2_probability,
    ngram_features.top_ngram_ratio,
    ngram_features.oov_ratio,
    ngram_features.tfidf_mean,
    ngram_features.tfidf_max,
    domains.tld,
    domains.is_idn,
    domains.is_idna_valid,
    character_features.has_mixed_script,
    nearest_brand.skeleton,
    nearest_brand.nearest_brand,
    nearest_brand.nearest_brand_distance,
    nearest_brand.nearest_brand_similarity,
    coalesce(brand_resemblance.candidate_brand_count, 0) as candidate_brand_count,
    brand_resemblance.brand_similarity
from domains
inner join character_features using (domain)
inner join nearest_brand using (domain)
left join ngram_features using (domain)
left join brand_resemblance using (domain)
order by domains.run_date, domains.domain
