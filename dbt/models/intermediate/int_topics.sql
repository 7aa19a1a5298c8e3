with topic_ngrams as (
    select * from {{ ref('int_topic_ngrams') }}
),

topic_vectors as (
    select * from {{ ref('int_topic_vectors') }}
),

strongest as (
    select
        topic,
        list(ngram order by abs(loading) desc, ngram asc)[:8] as ngrams,
        list(loading order by abs(loading) desc, ngram asc)[:8] as loadings
    from topic_ngrams
    group by topic
),

-- ordered, because a sum of floating-point numbers depends on their order
names as (
    select
        topic_ngrams.topic,
        topic_vectors.label,
        round(sum(topic_vectors.weight * topic_ngrams.loading order by topic_vectors.ngram), 6) as weight
    from topic_vectors
    inner join topic_ngrams using (ngram)
    group by topic_ngrams.topic, topic_vectors.label
),

examples as (
    select
        topic,
        list(label order by weight desc, label asc)[:8] as names
    from names
    group by topic
)

select
    strongest.topic,
    strongest.ngrams,
    strongest.loadings,
    examples.names
from strongest
inner join examples using (topic)
