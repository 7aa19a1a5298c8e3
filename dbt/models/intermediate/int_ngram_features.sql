with names as (
    select * from {{ ref('int_names') }}
),

-- grouping by a number takes half the time of grouping by a name
numbered as materialized (
    select
        row_number() over () as number,
        domain,
        lower(label) as label
    from names
),

ngrams as (
    {{ weighed_ngrams('numbered', 'number') }}
),

measured as (
    select
        number,
        count(*) filter (length(ngram) = 2) as distinct_bigram_count,
        sum(ngram_count) filter (length(ngram) = 2) as bigram_count,
        sum(ngram_count * log2_probability) filter (length(ngram) = 2) as bigram_log2_sum,
        sum(ngram_count) as ngram_count,
        sum(ngram_count) filter (ngram_rank is null) as unseen_ngram_count,
        sum(ngram_count) filter (ngram_rank <= {{ var('top_ngram_count') }}) as top_ngram_count,
        sum(ngram_count * idf) as tfidf_sum,
        max(ngram_count * idf) as tfidf_max
    from ngrams
    group by number
)

select
    numbered.domain,
    measured.distinct_bigram_count / measured.bigram_count as distinct_bigram_ratio,
    round(measured.bigram_log2_sum / measured.bigram_count, 6) as bigram_log2_probability,
    coalesce(measured.top_ngram_count, 0) / measured.ngram_count as top_ngram_ratio,
    coalesce(measured.unseen_ngram_count, 0) / measured.ngram_count as oov_ratio,
    round(measured.tfidf_sum / measured.ngram_count, 6) as tfidf_mean,
    measured.tfidf_max::double as tfidf_max
from measured
inner join numbered using (number)
