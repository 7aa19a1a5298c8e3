with reference_names as (
    select * from {{ ref('stg_reference_names') }}
),

reference_ngrams as (
    select * from {{ ref('int_reference_ngrams') }}
),

vectors as (
    {{ tfidf_vectors('reference_names') }}
)

-- only n-grams that are long enough to read, and common enough to occur together with others
select
    vectors.label,
    vectors.ngram,
    vectors.weight
from vectors
inner join reference_ngrams using (ngram)
where length(vectors.ngram) = 3 and reference_ngrams.name_count >= 30
