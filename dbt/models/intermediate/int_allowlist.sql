-- every reason to excuse a name, then the first by precedence
with excused as (
    select * from {{ ref('int_excused_names') }}
),

-- rank in the packaged list is only known to be 10,000 at most
popular_by_rank as (
    select
        popularity.domain,
        case popularity.list
            when 'tranco10k' then 'popular: rank <= ' || popularity.rank || ' in tranco10k'
            else 'popular: rank ' || popularity.rank || ' in ' || popularity.list
        end as allowlist_reason
    from {{ ref('stg_popularity') }} as popularity
    semi join {{ ref('int_names') }} as names on popularity.domain = names.domain
    where popularity.rank <= {{ var('popular_rank') }}
    qualify row_number() over (partition by popularity.domain order by popularity.rank, popularity.list) = 1
),

-- a list of a million holds squats itself, so it excuses only what resembles no brand
popular_by_list as (
    select
        popularity.domain,
        'popular: in ' || popularity.list
        || coalesce(' at rank ' || popularity.rank, ' (unranked)') || ', resembles no brand' as allowlist_reason
    from {{ ref('stg_popularity') }} as popularity
    semi join {{ ref('int_names') }} as names on popularity.domain = names.domain
    anti join {{ ref('int_candidate_pairs') }} as pairs on popularity.domain = pairs.domain
    qualify row_number() over (
        partition by popularity.domain order by popularity.rank nulls last, popularity.list
    ) = 1
),

reasons as (
    select
        run_date,
        domain,
        if(allowlist_kind = 'brand', 1, 2) as precedence,
        allowlist_kind,
        allowlist_reason
    from excused
    union all
    select domains.run_date, popular.domain, 3, 'popular_rank', popular.allowlist_reason
    from popular_by_rank as popular
    inner join {{ ref('int_domains') }} as domains using (domain)
    union all
    select domains.run_date, popular.domain, 4, 'popular_list', popular.allowlist_reason
    from popular_by_list as popular
    inner join {{ ref('int_domains') }} as domains using (domain)
)

select
    run_date,
    domain,
    allowlist_kind,
    allowlist_reason
from reasons
qualify row_number() over (partition by run_date, domain order by precedence) = 1
