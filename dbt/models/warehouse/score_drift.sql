-- population stability index of a date's scores against those of the dates before it, by the same model
with counts as (
    select * from {{ local(source('warehouse', 'score_counts')) }}
),

detections as (
    select * from {{ local(source('scored', 'detections')) }}
),

bins as (
    select unnest(range(0, 11)) as bin
),

-- bin 0 is what scored below the floor and left no row, 1 to 10 are tenths of the score
filled as (
    select
        run_date,
        cast(least(floor(score * 10), 9) + 1 as bigint) as bin,
        count(*) as pair_count
    from detections
    group by all
    union all
    select
        run_date,
        0 as bin,
        below_floor_count as pair_count
    from counts
),

daily as (
    select
        counts.run_date,
        counts.model_version,
        bins.bin,
        coalesce(filled.pair_count, 0) as pair_count
    from counts
    cross join bins
    left join filled using (run_date, bin)
),

compared as (
    select
        *,
        sum(pair_count) over recent as reference_count,
        count(*) over recent as reference_date_count
    from daily
    window recent as (
        partition by model_version, bin order by run_date
        range between interval {{ var('trailing_days') }} days preceding and interval 1 day preceding
    )
),

-- half a pair in every bin, so that an empty one has a logarithm
shares as (
    select
        *,
        (pair_count + 0.5) / (sum(pair_count) over by_date + 5.5) as share,
        (reference_count + 0.5) / (sum(reference_count) over by_date + 5.5) as reference_share
    from compared
    window by_date as (partition by run_date)
)

select
    run_date,
    any_value(model_version) as model_version,
    cast(sum(pair_count) as bigint) as pair_count,
    any_value(reference_date_count) as reference_date_count,
    case
        when any_value(reference_date_count) > 0
            then round(sum((share - reference_share) * ln(share / reference_share) order by bin), 6)
    end as score_psi
from shares
group by run_date
order by run_date
