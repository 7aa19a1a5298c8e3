with run_dates as (
    select * from {{ ref('stg_run_dates') }}
),

reference_ngrams as (
    select * from {{ ref('int_reference_ngrams') }}
)

-- the same for every date of one release, and stored with each because it says what the date's vectors mean
select
    run_dates.run_date,
    reference_ngrams.ngram_rank,
    reference_ngrams.ngram,
    reference_ngrams.occurrence_count,
    reference_ngrams.name_count,
    reference_ngrams.idf::double as idf
from reference_ngrams
cross join run_dates
where reference_ngrams.ngram_rank <= {{ var('top_ngram_count') }}
order by run_dates.run_date, reference_ngrams.ngram_rank
