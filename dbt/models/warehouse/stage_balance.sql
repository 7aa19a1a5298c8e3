with load_counts as (
    select * from {{ local(source('warehouse', 'load_counts')) }}
),

registrations as (
    select * from {{ local(source('warehouse', 'registrations')) }}
),

rejects as (
    select * from {{ local(source('warehouse', 'rejects')) }}
),

features as (
    select * from {{ local(source('warehouse', 'feature_summary')) }}
),

score_counts as (
    select * from {{ local(source('warehouse', 'score_counts')) }}
),

detections as (
    select * from {{ local(source('scored', 'detections')) }}
),

-- what goes into a stage comes out of it, is rejected or set aside; each count from what another step wrote
lists as (
    select
        run_date,
        sum(line_count) as line_count,
        sum(duplicate_count) as duplicate_count
    from load_counts
    group by run_date
),

registered as (
    select
        run_date,
        count(*) as row_count
    from registrations
    group by run_date
),

rejected as (
    select
        run_date,
        count(*) as row_count
    from rejects
    group by run_date
),

scored as (
    select
        run_date,
        count(*) as row_count,
        count(*) filter (is_detection) as detection_count,
        count(*) filter (score >= threshold and allowlist_reason is not null) as allowlisted_count
    from detections
    group by run_date
),

stages as (
    select
        lists.run_date,
        'load' as stage,
        lists.line_count as in_count,
        coalesce(registered.row_count, 0) as out_count,
        coalesce(rejected.row_count, 0) as rejected_count,
        lists.duplicate_count as set_aside_count
    from lists
    left join registered using (run_date)
    left join rejected using (run_date)

    union all

    -- a name that several sources list is one domain
    select
        features.run_date,
        'transform' as stage,
        features.domain_count as in_count,
        features.candidate_domain_count as out_count,
        features.resembles_no_brand_count as rejected_count,
        features.set_aside_count
    from features

    union all

    select
        score_counts.run_date,
        'score' as stage,
        features.candidate_pair_count as in_count,
        coalesce(scored.detection_count, 0) as out_count,
        score_counts.below_floor_count
        + coalesce(scored.row_count - scored.detection_count - scored.allowlisted_count, 0) as rejected_count,
        coalesce(scored.allowlisted_count, 0) as set_aside_count
    from score_counts
    inner join features using (run_date)
    left join scored using (run_date)
)

select
    run_date,
    stage,
    cast(in_count as bigint) as in_count,
    cast(out_count as bigint) as out_count,
    cast(rejected_count as bigint) as rejected_count,
    cast(set_aside_count as bigint) as set_aside_count,
    in_count = out_count + rejected_count + set_aside_count as is_balanced
from stages
order by run_date, stage
