with reference_ngrams as (
    select * from {{ ref('int_reference_ngrams') }}
),

unseen as (
    {{ unseen_ngram() }}
)

select
    ngram,
    ngram_rank <= {{ var('top_ngram_count') }} as is_top,
    idf,
    log2_probability
from reference_ngrams
union all
select
    null as ngram,
    false as is_top,
    idf,
    log2_probability
from unseen
