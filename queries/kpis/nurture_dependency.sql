-- title:     Nurture dependency
-- stage:     qualification
-- home:      outbound, detail
-- rows:      (select * exclude (goal), goal['measure'] as measure, goal['arrived_on'] as arrived_on,
--            coalesce(recycled_on <= goal['arrived_on'], false) as is_counted
--            from arrivals where is_old_enough and goal['arrived_on'] is not null
--            union all by name
--            select *, 'leads_entering_nurture' as measure from journey_units('recycled', $scope, $horizon))
-- headline:  outbound
-- unit:      ratio
-- of:        won deals
-- first:     deals_won_after_nurture
-- direction: none
-- reads:     Of 100 deals won, how many had been sent back to nurture before they were won.
-- needs:     leads.created_at, leads.recycled_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at
-- horizon:   inbound 180, outbound 540
-- also:      horizon_days, measure
-- across:    High is the nature of outbound, not a fault: its leads are met before they are ready.
-- caveat:    Wins (and qualified leads) are those reached by the age shown, of leads at least that old: young leads win only
--   quickly and without nurture. Leads followed only from a later age are left out of these two lines.
-- caveat:    From and to are days of creation of the lead. At least 20 wins (or qualified leads) are needed.
-- caveat:    Nurture is the date recycled_at, one per lead. Merging leads may lose it, and the share is then too low.
-- answers:   S0.15, S1.45
with

-- Equal age for all: a share of wins to date would leave out the late ones, which are those that passed nurture.
leads as (

    select
        slice,
        channel,
        lead_id,
        horizon_of($horizon, channel) as horizon_days,
        potential_days >= greatest(horizon_of($horizon, channel), 1) and entry_age < 0 as is_old_enough,
        recycled_on,
        case when date_diff('day', created_on, won_on) <= horizon_of($horizon, channel) then won_on end as won_on,
        case when date_diff('day', created_on, qualified_on) <= horizon_of($horizon, channel) then qualified_on end as qualified_on
    from scope_leads($scope)

),

arrivals as (

    select
        slice,
        channel,
        lead_id,
        horizon_days,
        is_old_enough,
        recycled_on,
        unnest([
            {'measure': 'deals_won_after_nurture', 'arrived_on': won_on},
            {'measure': 'leads_qualified_after_nurture', 'arrived_on': qualified_on},
        ]) as goal
    from leads

),

totals as (

    select
        slice,
        channel,
        horizon_days,
        goal['measure'] as measure,
        count(*) as lead_count,
        count(*) filter (where is_old_enough) as old_count,
        count(*) filter (where is_old_enough and goal['arrived_on'] is not null) as arrived_count,
        count(*) filter (where is_old_enough and recycled_on <= goal['arrived_on']) as nurtured_count
    from arrivals
    group by slice, channel, horizon_days, goal['measure']

),

-- Two gates: leads old enough, and 20 of them that arrived (w20).
gated as (

    select
        *,
        case
            when old_count >= 30 and arrived_count < 20 then 'too_few'
            else maturity_status(old_count, lead_count)
        end as status
    from totals

)

select
    slice,
    channel,
    nurtured_count as numerator,
    arrived_count as denominator,
    case when status in ('ok', 'provisional') then safe_ratio(nurtured_count, arrived_count) end as estimate,
    case when status in ('ok', 'provisional') then wilson_low(nurtured_count, arrived_count, z_of(95)) end as low,
    case when status in ('ok', 'provisional') then wilson_high(nurtured_count, arrived_count, z_of(95)) end as high,
    old_count as n_old_enough,
    status,
    horizon_days,
    measure
from gated

union all

-- Entering nurture is a milestone of the lead: closed before it competes.
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
    age_days as horizon_days,
    'leads_entering_nurture' as measure
from incidence_at('recycled', $scope, [$horizon['inbound'], $horizon['outbound']])
where age_days = horizon_of($horizon, channel)
