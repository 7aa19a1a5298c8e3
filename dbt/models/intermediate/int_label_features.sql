with labels as (
    select distinct lower(names.label) as label
    from {{ ref('int_candidate_pairs') }}
    inner join {{ ref('int_names') }} as names using (domain)
),

top_ngrams as (
    select
        labels.label,
        list(coalesce(vectors.ngram_count, 0)::bigint order by ngrams.ngram_rank) as top_ngram_counts
    from labels
    cross join {{ ref('int_reference_ngrams') }} as ngrams
    left join {{ ref('int_label_vectors') }} as vectors using (label, ngram)
    where ngrams.ngram_rank <= {{ var('top_ngram_count') }}
    group by labels.label
),

-- a sum of floating-point numbers depends on their order
on_topics as (
    select
        vectors.label,
        ngrams.topic,
        sum(vectors.weight * ngrams.loading order by vectors.ngram) as weight
    from {{ ref('int_label_vectors') }} as vectors
    inner join {{ ref('int_topic_ngrams') }} as ngrams using (ngram)
    group by vectors.label, ngrams.topic
),

topics as (
    select
        labels.label,
        -- without + 0 some would be -0.0
        list(round(coalesce(on_topics.weight, 0), 6) + 0 order by topics.topic) as topic_weights
    from labels
    cross join (select distinct topic from {{ ref('int_topic_ngrams') }}) as topics
    left join on_topics using (label, topic)
    group by labels.label
)

select
    labels.label,
    top_ngrams.top_ngram_counts,
    topics.topic_weights
from labels
left join top_ngrams using (label)
left join topics using (label)
