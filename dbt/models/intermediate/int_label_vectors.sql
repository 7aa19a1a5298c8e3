with labels as (
    select lower(names.label) as label
    from {{ ref('int_candidate_pairs') }}
    inner join {{ ref('int_names') }} as names using (domain)
    union
    select brand
    from {{ ref('stg_brands') }}
)

{{ tfidf_vectors('labels') }}
