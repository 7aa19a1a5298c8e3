-- every reason to excuse a name, then the first by precedence
with owned as (
    select
        domains.domain,
        1 as precedence,
        'brand' as allowlist_kind,
        'owned by ' || string_agg(brands.brand, ' and ' order by brands.brand) as allowlist_reason
    from {{ ref('int_domains') }} as domains
    inner join {{ ref('stg_brands') }} as brands on domains.domain = brands.brand_domain
    group by domains.domain
),

-- a name and the suffixes above it: github.io on the list excuses shop.github.io
names_above as (
    select
        domain,
        unnest(list_transform(
            range(1, len(string_split(domain, '.')) + 1),
            lambda i: array_to_string(string_split(domain, '.')[i:], '.')
        )) as name_above
    from {{ ref('int_domains') }}
),

analyst as (
    select
        names_above.domain,
        2 as precedence,
        'analyst' as allowlist_kind,
        'analyst: ' || entries.reason || coalesce(' (until ' || entries.expires_on || ')', '') as allowlist_reason
    from names_above
    inner join {{ ref('stg_allowlist') }} as entries on names_above.name_above = entries.domain
    qualify row_number() over (
        partition by names_above.domain
        order by entries.expires_on desc nulls first, length(entries.domain) desc, entries.reason
    ) = 1
),

-- rank in the packaged list is only known to be 10,000 at most
popular_by_rank as (
    select
        popularity.domain,
        3 as precedence,
        'popular_rank' as allowlist_kind,
        case popularity.list
            when 'tranco10k' then 'popular: rank <= ' || popularity.rank || ' in tranco10k'
            else 'popular: rank ' || popularity.rank || ' in ' || popularity.list
        end as allowlist_reason
    from {{ ref('stg_popularity') }} as popularity
    semi join {{ ref('int_domains') }} as domains on popularity.domain = domains.domain
    where popularity.rank <= {{ var('popular_rank') }}
    qualify row_number() over (partition by popularity.domain order by popularity.rank, popularity.list) = 1
),

-- a list of a million holds squats itself, so it excuses only what resembles no brand
popular_by_list as (
    select
        popularity.domain,
        4 as precedence,
        'popular_list' as allowlist_kind,
        'popular: in ' || popularity.list
        || coalesce(' at rank ' || popularity.rank, ' (unranked)') || ', resembles no brand' as allowlist_reason
    from {{ ref('stg_popularity') }} as popularity
    semi join {{ ref('int_domains') }} as domains on popularity.domain = domains.domain
    anti join {{ ref('int_candidate_pairs') }} as pairs on popularity.domain = pairs.domain
    qualify row_number() over (
        partition by popularity.domain order by popularity.rank nulls last, popularity.list
    ) = 1
),

reasons as (
    select * from owned
    union all
    select * from analyst
    union all
    select * from popular_by_rank
    union all
    select * from popular_by_list
)

select
    domain,
    allowlist_kind,
    allowlist_reason
from reasons
qualify row_number() over (partition by domain order by precedence) = 1
