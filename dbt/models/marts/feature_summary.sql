with run_dates as (
    select * from {{ ref('stg_run_dates') }}
),

features as (
    select * from {{ ref('registration_features') }}
),

candidates as (
    select * from {{ ref('candidates') }}
),

set_aside as (
    select * from {{ ref('set_aside') }}
),

measured as (
    select
        features.run_date,
        count(*) as domain_count,
        count(*) filter (features.candidate_brand_count = 0 and set_aside.domain is null) as resembles_no_brand_count,
        {{ exact_mean('features.label_length') }} as mean_label_length,
        {{ exact_mean('features.vowel_ratio') }} as mean_vowel_ratio,
        {{ exact_mean('features.digit_ratio') }} as mean_digit_ratio,
        {{ exact_mean('features.entropy') }} as mean_entropy,
        {{ exact_mean('features.top_ngram_ratio') }} as mean_top_ngram_ratio,
        {{ exact_mean('features.oov_ratio') }} as mean_oov_ratio,
        {{ exact_mean('features.tfidf_mean') }} as mean_tfidf,
        {{ exact_mean('features.bigram_log2_probability') }} as mean_bigram_log2_probability,
        {{ exact_mean('(features.bigram_log2_probability < -12)::integer') }} as random_ratio,
        {{ exact_mean('(features.hyphen_count > 0)::integer') }} as hyphenated_ratio,
        {{ exact_mean('features.is_idn::integer') }} as idn_ratio,
        {{ exact_mean('features.has_mixed_script::integer') }} as mixed_script_ratio
    from features
    left join set_aside using (run_date, domain)
    group by features.run_date
),

candidate_counts as (
    select
        run_date,
        count(*) as candidate_pair_count,
        count(distinct domain) filter (allowlist_reason is null) as candidate_domain_count
    from candidates
    group by run_date
),

set_aside_counts as (
    select
        run_date,
        count(*) as set_aside_count
    from set_aside
    group by run_date
)

select
    run_dates.run_date,
    coalesce(measured.domain_count, 0) as domain_count,
    coalesce(candidate_counts.candidate_domain_count, 0) as candidate_domain_count,
    coalesce(set_aside_counts.set_aside_count, 0) as set_aside_count,
    coalesce(measured.resembles_no_brand_count, 0) as resembles_no_brand_count,
    coalesce(candidate_counts.candidate_pair_count, 0) as candidate_pair_count,
    measured.mean_label_length,
    measured.mean_vowel_ratio,
    measured.mean_digit_ratio,
    measured.mean_entropy,
    measured.mean_top_ngram_ratio,
    measured.mean_oov_ratio,
    measured.mean_tfidf,
    measured.mean_bigram_log2_probability,
    measured.random_ratio,
    measured.hyphenated_ratio,
    measured.idn_ratio,
    measured.mixed_script_ratio
from run_dates
left join measured using (run_date)
left join candidate_counts using (run_date)
left join set_aside_counts using (run_date)
order by run_dates.run_date
