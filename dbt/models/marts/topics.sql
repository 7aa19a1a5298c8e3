with strongest as (
    select
        topic,
        list(ngram order by abs(loading) desc, ngram)[:8] as ngrams,
        list(loading order by abs(loading) desc, ngram)[:8] as loadings
    from {{ ref('int_topic_ngrams') }}
    group by topic
),

-- a sum of floating-point numbers depends on their order
names as (
    select
        ngrams.topic,
        vectors.label,
        round(sum(vectors.weight * ngrams.loading order by vectors.ngram), 6) as weight
    from {{ ref('int_topic_vectors') }} as vectors
    inner join {{ ref('int_topic_ngrams') }} as ngrams using (ngram)
    group by ngrams.topic, vectors.label
),

examples as (
    select
        topic,
        list(label order by weight desc, label)[:8] as names
    from names
    group by topic
)

select
    run_dates.run_date,
    strongest.topic,
    strongest.ngrams,
    strongest.loadings,
    examples.names
from strongest
inner join examples using (topic)
cross join {{ ref('stg_run_dates') }} as run_dates
order by run_dates.run_date, strongest.topic
