-- title:     Won by age, half-year by half-year
-- stage:     close
-- home:      outbound, report
-- rows:      (select *, half_year_of(started_on) as measure from journey_units('won', $scope, $horizon))
-- headline:  outbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads created in a half-year, how many are won by the time they are this old.
-- needs:     leads.created_at, opportunities.outcome, opportunities.closed_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- horizon:   inbound 180, outbound 540
-- also:      age_days, measure, created_from, created_to, judge_on
-- across:    Each line is one channel at one age: whether younger cohorts follow the older ones, never who is ahead.
-- caveat:    Half-years hold whole weeks; a week belongs to the half-year in which it ends.
-- caveat:    A line ends where fewer than 30 of its leads are old enough.
-- answers:   S1.86
with

half_years as (

    select
        created_from,
        created_to,
        half_year_of(created_from) as measure
    from (
        select
            date_trunc('week', starts_on)::date as created_from,
            date_trunc('week', starts_on + interval 6 month)::date - 1 as created_to
        from (
            select unnest(range(first_on, $scope['as_of']::timestamp + interval 6 month, interval 6 month))::date as starts_on
            from (select date_trunc('year', min(started_on))::timestamp as first_on from scope_cohort('won', $scope)) as began
        ) as halves
    ) as whole_weeks

),

-- The same curve as everywhere, cut by half-year too.
curves as (

    select
        * replace (case when $scope['slice_by'] is null then 'all' else substr(slice, 9) end as slice),
        left(slice, 7) as measure
    from incidence_at(
        'won',
        struct_update($scope, slice_by := concat_ws(' ', 'half_year', $scope['slice_by'])),
        (
            select
                range(
                    0,
                    1 + greatest(
                        max(date_diff('day', created_from, $scope['as_of']::date)), $horizon['inbound'], $horizon['outbound']
                    )
                )
            from half_years
        )
    )

),

by_age as (

    select
        half_years.created_from,
        half_years.created_to,
        curves.*
    from half_years
    inner join curves using (measure)
    where
        curves.age_days <= greatest(
            date_diff('day', half_years.created_from, $scope['as_of']::date), $horizon['inbound'], $horizon['outbound']
        )

),

turning_points as (

    select
        *,
        events > coalesce(lag(events) over (partition by slice, channel, measure order by age_days), 0) as is_step
    from by_age

)

select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    share as estimate,
    low,
    high,
    n_old_enough,
    status,
    age_days,
    measure,
    created_from,
    created_to,
    judge_on
from turning_points
where
    is_step
    or age_days = 0
    or list_contains([7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540], age_days)
    or age_days in ($horizon['inbound'], $horizon['outbound'])
