-- What topics are found in: the reference names as vectors, of which only n-grams are kept that are long enough to
-- read and common enough to go together with others.
with vectors as (
    {{ tfidf_vectors(ref('stg_reference_names')) }}
)

select
    vectors.label,
    vectors.ngram,
    vectors.weight
from vectors
inner join {{ ref('int_reference_ngrams') }} as ngrams using (ngram)
where length(vectors.ngram) = 3 and ngrams.name_count >= 30
