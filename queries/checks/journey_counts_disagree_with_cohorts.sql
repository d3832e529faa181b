-- title:    The units followed on a journey are not those that set out
-- severity: fail
-- remedy:   A defect of ours, not of the files: report it with the mapping; the previous snapshot stays in force.
with

set_out as (

    select
        journey,
        date_trunc('week', started_on)::date as cohort_week,
        channel,
        sum(unit_count)::bigint as unit_count
    from snapshot.cohort_counts
    group by all

),

followed as (

    select
        journey,
        cohort_week,
        channel,
        sum(unit_count)::bigint as unit_count
    from snapshot.journey_counts
    group by all

)

select
    'leads' as extract,
    null::varchar as file,
    null::bigint as line,
    concat(
        journey,
        ' ',
        cohort_week,
        ' ',
        channel,
        ': ',
        coalesce(set_out.unit_count, 0),
        ' set out, ',
        coalesce(followed.unit_count, 0),
        ' followed'
    ) as found
from set_out
full outer join followed using (journey, cohort_week, channel)
where set_out.unit_count is distinct from followed.unit_count
