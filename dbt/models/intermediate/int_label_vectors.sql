with candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

names as (
    select * from {{ ref('int_names') }}
),

brands as (
    select * from {{ ref('stg_brands') }}
),

labels as (
    select lower(names.label) as label
    from candidate_pairs
    inner join names using (domain)
    union
    select brand as label
    from brands
)

{{ tfidf_vectors('labels') }}
