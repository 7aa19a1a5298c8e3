-- the same for every date of one release: stored with each, since it says what the date's vectors mean
select
    run_dates.run_date,
    ngrams.ngram_rank,
    ngrams.ngram,
    ngrams.occurrence_count,
    ngrams.name_count,
    ngrams.idf::double as idf
from {{ ref('int_reference_ngrams') }} as ngrams
cross join {{ ref('stg_run_dates') }} as run_dates
where ngrams.ngram_rank <= {{ var('top_ngram_count') }}
order by run_dates.run_date, ngrams.ngram_rank
