-- title:     Escalation of high-potential leads
-- stage:     operations
-- home:      operations, detail
-- rows:      (select *, 'within 1 hour' as measure from journey_units('escalated', $scope, every_channel(60))
--            union all
--            select *, 'within 24 hours' as measure from journey_units('escalated', $scope, every_channel(1440)))
-- headline:  both
-- unit:      ratio
-- of:        flagged leads
-- first:     within 1 hour
-- direction: higher_is_better
-- reads:     Of 100 leads flagged as high potential, how many had a closer's first touch within an hour, and within a day.
-- needs:     leads.priority_at, handoffs.first_sales_touch_at
-- links:     handoffs.lead
-- windows:   handoffs
-- horizon:   none
-- also:      judge_on, measure, age_minutes, touched_before_count
-- across:    The promise is the same in both channels, so the shares may be compared at the same number of minutes.
-- caveat:    Leads touched before they were flagged are left out, as their touch answers no flag; they are counted beside it.
-- caveat:    Minutes count around the clock, nights and weekends included. From and to are days of the flag.
-- answers:   S0.6, S0.30
with

-- A lead nobody has touched yet is open, not slow; one that is lost first can no longer be escalated.
at_ages as (

    select *
    from incidence_at('escalated', $scope, [60, 1440])

),

first_touches as (

    select
        lead_id,
        min(first_sales_touch_at) as touched_at
    from snapshot.fact_handoffs
    where first_sales_touch_on <= $scope['as_of']::date
    group by lead_id

),

touched_before as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        count(*) as lead_count
    from leads_as_of($scope['as_of']::date) as leads
    inner join snapshot.fact_leads as facts using (lead_id)
    inner join first_touches using (lead_id)
    where
        first_touches.touched_at < facts.priority_at
        and facts.priority_at::date <= $scope['as_of']::date
        and in_days($scope, facts.priority_at::date)
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)
    group by all

)

select
    slice,
    channel,
    at_ages.events as numerator,
    at_ages.unit_count as denominator,
    at_ages.share as estimate,
    at_ages.low,
    at_ages.high,
    at_ages.n_old_enough,
    at_ages.status,
    at_ages.judge_on,
    case at_ages.age_days when 60 then 'within 1 hour' else 'within 24 hours' end as measure,
    at_ages.age_days as age_minutes,
    coalesce(touched_before.lead_count, 0) as touched_before_count
from at_ages
left join touched_before using (slice, channel)
