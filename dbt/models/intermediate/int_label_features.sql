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
        vectors.label,
        map_from_entries(list((reference_ngrams.ngram_rank, vectors.ngram_count))) as counts
    from vectors
    inner join reference_ngrams using (ngram)
    where reference_ngrams.ngram_rank <= {{ var('top_ngram_count') }}
    group by vectors.label
),

-- of decimals, because their sum is exact in any order, and ordering the rows of a shard takes a gigabyte
on_topics as (
    select
        vectors.label,
        topic_ngrams.topic,
        sum((vectors.weight * topic_ngrams.loading)::decimal(18, 12)) as weight
    from vectors
    inner join topic_ngrams using (ngram)
    group by vectors.label, topic_ngrams.topic
),

topics as (
    select
        label,
        map_from_entries(list((topic, weight))) as weights
    from on_topics
    group by label
),

-- one row each, because a shard with every one of its labels joined to every n-gram did not fit into memory
ranks as (
    select list(ngram_rank order by ngram_rank) as every_rank
    from reference_ngrams
    where ngram_rank <= {{ var('top_ngram_count') }}
),

all_topics as (
    select list(distinct topic order by topic) as every_topic
    from topic_ngrams
)

select
    labels.label,
    list_transform(
        ranks.every_rank, lambda rank: coalesce(top_ngrams.counts[rank], 0)::bigint -- noqa: RF02
    ) as top_ngram_counts,
    list_transform(
        all_topics.every_topic, lambda topic: round(coalesce(topics.weights[topic], 0), 6)::double -- noqa: RF02
    ) as topic_weights
from labels
cross join ranks
cross join all_topics
left join top_ngrams using (label)
left join topics using (label)
