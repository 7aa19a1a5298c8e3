with reference_names as (
    select * from {{ ref('stg_reference_names') }}
),

-- n-grams that no reference name has are not here: macros/ngrams.sql says what they weigh
counted as (
    {{ ngram_counts('reference_names', 'label') }}
),

ngrams as (
    select
        ngram,
        sum(ngram_count)::bigint as occurrence_count,
        count(*) as name_count
    from counted
    group by ngram
),

totals as (
    select
        count(*) as name_count,
        sum(length(label) - 1) as bigram_count
    from reference_names
)

select
    ngrams.ngram,
    ngrams.occurrence_count,
    ngrams.name_count,
    row_number() over (order by ngrams.occurrence_count desc, ngrams.ngram asc) as ngram_rank,
    {{ smooth_idf('ngrams.name_count', 'totals.name_count') }} as idf,
    case
        when length(ngrams.ngram) = 2
            then {{ bigram_log2_probability('ngrams.occurrence_count', 'totals.bigram_count') }}
    end as log2_probability
from ngrams
cross join totals
