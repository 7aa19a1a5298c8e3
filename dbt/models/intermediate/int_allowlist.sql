-- every reason to excuse a name, then the first by precedence
with owned as (
    select
        names.domain,
        'owned by ' || string_agg(brands.brand, ' and ' order by brands.brand) as allowlist_reason
    from {{ ref('int_names') }} as names
    inner join {{ ref('stg_brands') }} as brands on names.domain = brands.brand_domain
    group by names.domain
),

-- a name and the suffixes above it: github.io on the list excuses shop.github.io
names_above as (
    select
        run_date,
        domain,
        unnest(list_transform(
            range(1, len(string_split(domain, '.')) + 1),
            lambda i: array_to_string(string_split(domain, '.')[i:], '.')
        )) as name_above
    from {{ ref('int_domains') }}
),

-- an entry counts up to the day it expires on, that day included
analyst as (
    select
        names_above.run_date,
        names_above.domain,
        'analyst: ' || entries.reason || coalesce(' (until ' || entries.expires_on || ')', '') as allowlist_reason
    from names_above
    inner join {{ ref('stg_allowlist') }} as entries on names_above.name_above = entries.domain
    where entries.expires_on is null or entries.expires_on >= names_above.run_date
    qualify row_number() over (
        partition by names_above.run_date, names_above.domain
        order by entries.expires_on desc nulls first, length(entries.domain) desc, entries.reason
    ) = 1
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
    select domains.run_date, owned.domain, 1 as precedence, 'brand' as allowlist_kind, owned.allowlist_reason
    from owned
    inner join {{ ref('int_domains') }} as domains using (domain)
    union all
    select run_date, domain, 2, 'analyst', allowlist_reason
    from analyst
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
