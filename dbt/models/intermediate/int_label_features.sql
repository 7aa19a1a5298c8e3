with candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

names as (
    select * from {{ ref('int_names') }}
),

reference_ngrams as (
    select * from {{ ref('int_reference_ngrams') }}
),

vectors as (
    select * from {{ ref('int_label_vectors') }}
),

topic_ngrams as (
    select * from {{ ref('int_topic_ngrams') }}
),

labels as (
    select distinct lower(names.label) as label
    from candidate_pairs
    inner join names using (domain)
),

top_ngrams as (
    select
        labels.label,
        list(coalesce(vectors.ngram_count, 0)::bigint order by reference_ngrams.ngram_rank) as top_ngram_counts
    from labels
    cross join reference_ngrams
    left join vectors using (label, ngram)
    where reference_ngrams.ngram_rank <= {{ var('top_ngram_count') }}
    group by labels.label
),

-- ordered, because a sum of floating-point numbers depends on their order
on_topics as (
    select
        vectors.label,
        topic_ngrams.topic,
        sum(vectors.weight * topic_ngrams.loading order by vectors.ngram) as weight
    from vectors
    inner join topic_ngrams using (ngram)
    group by vectors.label, topic_ngrams.topic
),

topics as (
    select distinct topic
    from topic_ngrams
),

on_every_topic as (
    select
        labels.label,
        -- without + 0 some would be -0.0
        list(round(coalesce(on_topics.weight, 0), 6) + 0 order by topics.topic) as topic_weights
    from labels
    cross join topics
    left join on_topics using (label, topic)
    group by labels.label
)

select
    labels.label,
    top_ngrams.top_ngram_counts,
    on_every_topic.topic_weights
from labels
left join top_ngrams using (label)
left join on_every_topic using (label)
