with brand_resemblance as (
    select
        domain,
        count(*) as candidate_brand_count,
        max(skeleton_similarity) as brand_similarity
    from {{ ref('int_candidate_pairs') }}
    group by domain
)

select
    domains.run_date,
    domains.domain,
    characters.level_count,
    characters.length,
    characters.label_length,
    characters.vowel_ratio,
    characters.digit_ratio,
    characters.hyphen_count,
    characters.hyphen_ratio,
    characters.entropy,
    characters.longest_run,
    characters.longest_consonant_run,
    characters.longest_digit_run,
    ngrams.distinct_bigram_ratio,
    ngrams.bigram_log2_probability,
    ngrams.top_ngram_ratio,
    ngrams.oov_ratio,
    ngrams.tfidf_mean,
    ngrams.tfidf_max,
    domains.tld,
    domains.is_idn,
    domains.is_idna_valid,
    characters.has_mixed_script,
    nearest.skeleton,
    nearest.nearest_brand,
    nearest.nearest_brand_distance,
    nearest.nearest_brand_similarity,
    coalesce(brand_resemblance.candidate_brand_count, 0) as candidate_brand_count,
    brand_resemblance.brand_similarity
from {{ ref('int_domains') }} as domains
inner join {{ ref('int_character_features') }} as characters using (domain)
inner join {{ ref('int_nearest_brand') }} as nearest using (domain)
left join {{ ref('int_ngram_features') }} as ngrams using (domain)
left join brand_resemblance using (domain)
order by domains.run_date, domains.domain
