with excused_names as (
    select * from {{ ref('int_excused_names') }}
),

domains as (
    select * from {{ ref('int_domains') }}
),

names as (
    select * from {{ ref('int_names') }}
),

popularity as (
    select * from {{ ref('stg_popularity') }}
),

candidate_pairs as (
    select * from {{ ref('int_candidate_pairs') }}
),

-- a million names, which are read once
popular as materialized (
    select
        popularity.domain,
        popularity.list,
        popularity.rank
    from popularity
    semi join names on popularity.domain = names.domain
),

-- rank in the packaged list is only known to be 10,000 at most
popular_by_rank as (
    select
        domain,
        case list
            when 'tranco10k' then 'popular: rank <= ' || rank || ' in tranco10k'
            else 'popular: rank ' || rank || ' in ' || list
        end as allowlist_reason
    from popular
    where rank <= {{ var('popular_rank') }}
    qualify row_number() over (partition by domain order by rank, list) = 1
),

-- a list of a million contains squats too, so it excuses only what resembles no brand
popular_by_list as (
    select
        popular.domain,
        'popular: in ' || popular.list
        || coalesce(' at rank ' || popular.rank, ' (unranked)') || ', resembles no brand' as allowlist_reason
    from popular
    anti join candidate_pairs on popular.domain = candidate_pairs.domain
    qualify row_number() over (partition by popular.domain order by popular.rank nulls last, popular.list) = 1
),

reasons as (
    select
        run_date,
        domain,
        if(allowlist_kind = 'brand', 1, 2) as precedence,
        allowlist_kind,
        allowlist_reason
    from excused_names

    union all

    select
        domains.run_date,
        popular_by_rank.domain,
        3 as precedence,
        'popular_rank' as allowlist_kind,
        popular_by_rank.allowlist_reason
    from popular_by_rank
    inner join domains using (domain)

    union all

    select
        domains.run_date,
        popular_by_list.domain,
        4 as precedence,
        'popular_list' as allowlist_kind,
        popular_by_list.allowlist_reason
    from popular_by_list
    inner join domains using (domain)
)

select
    run_date,
    domain,
    allowlist_kind,
    allowlist_reason
from reasons
qualify row_number() over (partition by run_date, domain order by precedence) = 1
